"""`given:` of a scenario: the world at the start."""
