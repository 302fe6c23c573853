from __future__ import annotations

from collections.abc import Iterator

import pytest
from support.processes import Running, running

collect_ignore = ["sample_broker"]
"""A project of its own, whose tests `test_users_code.py` runs as its users would."""


@pytest.fixture(scope="module")
def simulator() -> Iterator[Running]:
    """The demo world as `kucoin-simulator` starts it, shared by the tests of a file."""
    with running() as started:
        yield started
