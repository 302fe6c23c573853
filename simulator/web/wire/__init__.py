"""Bytes: connections, requests as they are read, damage to answers."""
