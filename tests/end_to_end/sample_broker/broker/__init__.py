"""A small broker: its users connect their KuCoin account and let the broker pay out of it."""
