"""In place of uvloop, for a server that is to run on asyncio although uvloop is installed."""

raise ImportError("hidden by the benchmark")
