"""The situations, one module for each topic. `catalogue` joins them."""
