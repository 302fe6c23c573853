"""The lives of things: what an id names, what became of it, the calls that touched it; and the flow of a user."""
