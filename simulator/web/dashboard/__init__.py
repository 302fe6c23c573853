"""The dashboard at `/_sim/`: what the simulator knows and did, and the controls of it, for a person with a browser."""
