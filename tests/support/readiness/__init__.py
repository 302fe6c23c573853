"""Brokers' runs in which situations are met, and what they do there."""
