"""How a scenario's text is read: shapes, scalars, patterns, and the reader that holds one against the other."""
