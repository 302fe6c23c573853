"""Values of the world as the control surface shows them. The schema of each result is next to the function."""
