"""The engine of spot orders: acceptance, fills, ends, prices. It has no endpoint of its own."""
