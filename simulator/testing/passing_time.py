"""Time in a test: the clock of the exchange, and with it the clock of the test's own process."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from contextlib import ExitStack
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, Literal

from .client import Client
from .problems import SimulatorError
from .transport import in_thread

if TYPE_CHECKING:
    from .replies import AdvanceClockReply

Also = Literal["time_machine", "freezegun"]
INSTALL: Final = {"time_machine": "time-machine", "freezegun": "freezegun"}


class KucoinClock:
    """The business clock of a workspace, on which tokens, codes and transactions expire and withdrawals settle.

    `also` moves the clock of this process as far, by time-machine or freezegun: by what the test has begun of it, else
    by one that begins now and ends with `close`. The exchange's wall clock goes with it, because that is what
    KC-API-TIMESTAMP and authenticator codes are compared with.
    """

    def __init__(self, client: Client) -> None:
        self._client = client
        self._begun = ExitStack()

    @property
    def now(self) -> dt.datetime:
        """The instant of the business clock, in UTC."""
        return _instant(self._client.clock()["milliseconds"])

    def advance(
        self,
        by: str | dt.timedelta | None = None,
        *,
        to: str | dt.datetime | None = None,
        to_event: str | None = None,
        offset: str | None = None,
        user: str | None = None,
        client: str | None = None,
        also: Also | None = None,
    ) -> AdvanceClockReply:
        """Move the clock forward: by a duration such as `61m`, to an instant, or to the next event of a kind.

        The reply has the `events` that happened on the way.
        """
        module = _library(also) if also else None
        before = self._client.clock()
        if isinstance(by, dt.timedelta):
            by = f"{by // dt.timedelta(milliseconds=1)}ms"
        if isinstance(to, dt.datetime):
            to = to.astimezone(dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        reply = self._client.advance_clock(
            by=by, to=to, to_event=to_event, offset=offset, user=user, client=client, wall=True if also else None
        )
        if module:
            begin = _FREEZEGUN if also == "freezegun" else _TIME_MACHINE
            begin(module, reply["wall"] - before["wall"], reply["wall"], self._begun)
        return reply

    def freeze(self) -> None:
        """Let the business clock stand still; only `advance` moves it."""
        self._client.patch_clock(mode="frozen")

    def run(self, scale: float | None = None) -> None:
        """Let the business clock run: with the wall clock, or `scale` times as fast."""
        if scale is None:
            self._client.patch_clock(mode="real")
        else:
            self._client.patch_clock(scale=str(scale))

    def close(self) -> None:
        """End what `also` has begun: the clock of this process is the machine's again."""
        self._begun.close()


class AsyncKucoinClock:
    """A `KucoinClock` whose methods are awaited: `await kucoin_clock_async.advance("61m")`."""

    def __init__(self, clock: KucoinClock) -> None:
        self.sync = clock

    async def now(self) -> dt.datetime:
        """The instant of the business clock, in UTC."""
        return await in_thread(lambda: self.sync.now, lambda: None)

    async def advance(self, by: str | dt.timedelta | None = None, **more: Any) -> AdvanceClockReply:
        """Move the clock forward, as `KucoinClock.advance` does."""
        return await in_thread(lambda: self.sync.advance(by, **more), lambda: None)

    async def freeze(self) -> None:
        """Let the business clock stand still; only `advance` moves it."""
        await in_thread(self.sync.freeze, lambda: None)

    async def run(self, scale: float | None = None) -> None:
        """Let the business clock run: with the wall clock, or `scale` times as fast."""
        await in_thread(lambda: self.sync.run(scale), lambda: None)


def _instant(milliseconds: int) -> dt.datetime:
    return dt.datetime.fromtimestamp(milliseconds / 1000, dt.UTC)


def _library(also: str) -> Any:
    if also not in INSTALL:
        raise ValueError(f"also={also!r}: must be one of {', '.join(INSTALL)}")
    try:
        return import_module(also)
    except ImportError:
        raise SimulatorError(f"also={also!r} needs the library: pip install {INSTALL[also]}") from None


Begin = Callable[[Any, int, int, ExitStack], None]


def _time_machine(module: Any, distance: int, wall: int, begun: ExitStack) -> None:
    """Shift the traveller that there is, or begin to travel. `distance` and `wall` are in ms."""
    stack = getattr(module, "traveller_stack", None) or getattr(module, "coordinates_stack", None)
    if stack:
        stack[-1].shift(distance / 1000)
    else:
        traveller = module.travel(wall / 1000, tick=True)
        traveller.start()
        begun.callback(traveller.stop)


def _freezegun(module: Any, distance: int, wall: int, begun: ExitStack) -> None:
    """Move the frozen time that there is, or begin one that ticks."""
    factories = import_module("freezegun.api").freeze_factories
    if factories:
        factories[-1].tick(dt.timedelta(milliseconds=distance))
    else:
        freezer = module.freeze_time(_instant(wall), tick=True, ignore=["_pytest.timing"])
        freezer.start()
        begun.callback(freezer.stop)


_TIME_MACHINE: Final[Begin] = _time_machine
_FREEZEGUN: Final[Begin] = _freezegun
