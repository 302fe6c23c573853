"""Small programs that run in the user's interpreter: they resolve, connect, and print what they saw as JSON."""
