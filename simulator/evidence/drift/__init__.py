"""Drift: what a recording of the real service has otherwise than the simulator, found without a look at any value."""
