"""The world that a scenario gives."""
