"""The page itself, sections 3 to 9: login and consent, tokens, API keys, broker withdrawals."""
