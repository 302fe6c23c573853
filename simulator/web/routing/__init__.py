"""The routing of a request to its workspace."""
