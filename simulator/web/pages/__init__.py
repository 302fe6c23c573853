"""The pages that a person sees: login, consent, security set-up, front page."""
