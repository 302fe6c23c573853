"""What runs inside of a namespace, around the user's command: a process of its own, with the standard library alone."""
