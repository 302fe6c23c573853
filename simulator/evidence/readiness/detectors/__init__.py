"""How it is told from the calls whether a client was in a situation, and what it did there."""
