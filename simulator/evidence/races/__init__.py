"""Every order of logged calls on forks of the world before them: the outcomes, and what would break."""
