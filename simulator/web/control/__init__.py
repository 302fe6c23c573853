"""The control surface, `/_sim`."""
