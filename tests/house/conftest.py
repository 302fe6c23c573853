"""Tests of the house read sources and pages, or start processes: nothing of theirs is traced for coverage."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

HOUSE: Final = Path(__file__).parent


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark them, before tests are put in order by their marks."""
    for item in items:
        if item.path.is_relative_to(HOUSE):
            item.add_marker(pytest.mark.no_cover)
