"""`doctor`: proves that a process reaches the simulator, layer by layer, and names what stands in its way."""
