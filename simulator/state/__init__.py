"""The state of an exchange as JSON data, and back."""
