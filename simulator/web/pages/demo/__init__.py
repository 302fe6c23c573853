"""The demo broker: a small broker's site at `/demo`, whose program is the reference integration."""
