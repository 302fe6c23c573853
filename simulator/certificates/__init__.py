"""Certificates for KuCoin's names: an authority of this installation, and what it signs."""
