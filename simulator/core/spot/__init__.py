"""Spot trading: orders and what came of them."""
