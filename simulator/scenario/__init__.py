"""The situation: what is true at the start. Files of data, read with every problem named at its place."""
