"""The keys of a scenario, each declared once."""
