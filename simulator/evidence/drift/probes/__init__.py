"""Probes: calls that settle assumed rules of the ledger without moving money."""
