"""A registry of workspaces without a wire."""

from __future__ import annotations

import pytest
from support.wire import still_app
from support.workspaces import Hand

from simulator.web.routing.workspaces import Workspaces


@pytest.fixture
def hand() -> Hand:
    """The clock of idle times."""
    return Hand()


@pytest.fixture
def known(hand: Hand) -> Workspaces:
    """A registry beside the demo world, with room for three."""
    return Workspaces(still_app().desk, capacity=3, clock=hand)
