"""The typed client of a simulator, for tests: the standard library and nothing else."""
