from __future__ import annotations

from collections.abc import Iterator

import pytest
from support.processes import Running, running


@pytest.fixture(scope="module")
def simulator() -> Iterator[Running]:
    """The demo world as `kucoin-simulator` starts it, shared by the tests of a file."""
    with running() as started:
        yield started
