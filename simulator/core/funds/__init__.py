"""The engine that moves money. It has no endpoint of its own."""
