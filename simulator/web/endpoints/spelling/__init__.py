"""How each reply is spelled in JSON, without its envelope: KuCoin's field names, in the order of its samples."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from simulator.core.gateway.paging import Paged
from simulator.core.value import Reply

Spellings = dict[type[Reply], Callable[[Any], Any]]
"""A reply -> the data of its answer."""


def page(found: Paged, spell: Callable[[Any], Any]) -> dict[str, Any]:
    """A page of a list, each row spelled."""
    return {
        "currentPage": found.page.number,
        "pageSize": found.page.size,
        "totalNum": found.total,
        "totalPage": -(-found.total // found.page.size),
        "items": [spell(each) for each in found.items],
    }
