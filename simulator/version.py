"""The version: here and nowhere else. The build, the command line and the control surface read it."""

__version__ = "0.1.0"
