"""How a call of the control surface is declared, read, answered and described, and what its problems look like."""
