"""Export and import of an exchange's state as JSON."""
