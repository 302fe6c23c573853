"""KuCoin's chapter "Account & Funding": what a key may ask and do about its user's accounts."""
