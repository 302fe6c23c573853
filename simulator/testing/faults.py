"""Faults of a workspace: what goes wrong, and how often it did."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .client import Client
from .transport import in_thread

if TYPE_CHECKING:
    from .replies import ArmedFault


class KucoinFaults:
    """The faults in force in a workspace."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def add(self, fault: Mapping[str, Any] | None = None, /, **keys: Any) -> ArmedFault:
        """Add a fault, with the keys of a scenario: `add(operation="withdraw", times=1, network="reset")`."""
        return self._client.add_fault({**(fault or {}), **keys})

    def clear(self) -> None:
        """Take all faults away."""
        self._client.put_faults({"faults": []})

    def listed(self) -> list[ArmedFault]:
        """The faults in force, each with `hits` and `seen`."""
        return self._client.faults()["faults"]

    def hits(self, fault: ArmedFault | str | None = None) -> int:
        """How many calls had a fault: any, or one fault, given as `add` returned it or by its id."""
        name = fault["id"] if isinstance(fault, Mapping) else fault
        counts = {armed["id"]: armed["hits"] for armed in self.listed()}
        if name is not None and name not in counts:
            raise LookupError(f"no fault {name}; there are {', '.join(counts) or 'none'}")
        return sum(counts.values()) if name is None else counts[name]


class AsyncKucoinFaults:
    """A `KucoinFaults` whose methods are awaited.

    `await kucoin_faults_async.add(operation="withdraw", network="reset")`.
    """

    def __init__(self, faults: KucoinFaults) -> None:
        self.sync = faults

    async def add(self, fault: Mapping[str, Any] | None = None, /, **keys: Any) -> ArmedFault:
        """Add a fault, with the keys of a scenario."""
        return await in_thread(lambda: self.sync.add(fault, **keys), lambda: None)

    async def clear(self) -> None:
        """Take all faults away."""
        await in_thread(self.sync.clear, lambda: None)

    async def listed(self) -> list[ArmedFault]:
        """The faults in force, each with `hits` and `seen`."""
        return await in_thread(self.sync.listed, lambda: None)

    async def hits(self, fault: ArmedFault | str | None = None) -> int:
        """How many calls had a fault: any, or one fault."""
        return await in_thread(lambda: self.sync.hits(fault), lambda: None)
