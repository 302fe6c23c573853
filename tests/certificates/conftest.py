"""One authority for all tests that only use it."""

from __future__ import annotations

import pytest

from simulator.certificates.authority import Authority, in_memory


@pytest.fixture(scope="session")
def authority_in_memory() -> Authority:
    """An authority that is in memory only."""
    return in_memory()
