"""Which wrong recipe makes the signature that came."""
