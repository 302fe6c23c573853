"""Which situations that cost money or access a client has met, and what it did in them: the material of the report."""
