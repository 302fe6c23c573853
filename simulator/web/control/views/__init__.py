"""Values of the world as the control surface shows them: beside each function stands the schema of its result."""
