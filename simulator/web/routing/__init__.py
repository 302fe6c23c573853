"""From a request to the workspace that it is for."""
