"""Disconnection protection: a user's orders are canceled unless the switch is set anew in time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from msgspec.structs import replace

from simulator.core.data import Data
from simulator.core.endpoint import REST, Endpoint
from simulator.core.gateway.parameters import JsonWhole, Text
from simulator.core.gateway.permissions import SPOT_TRADING
from simulator.core.gateway.rate_limits import Pool
from simulator.core.gateway.requests import Body, FieldProblem, Fields
from simulator.core.gateway.signature import SignedRequest
from simulator.core.refusals import Reason
from simulator.core.spec import DAY, SECOND
from simulator.core.trading.placing import find_symbol
from simulator.core.value import Reply, Value
from simulator.core.world import ApiKey, DeadManSwitch, Draft, Due, DueKind, Now, World

OFF: Final = -1
LEAST_TIMEOUT: Final = 5
LONGEST_TIMEOUT: Final = DAY // SECOND
MOST_SYMBOLS: Final = 50
TIMEOUT: Final = JsonWhole(
    "timeout",
    f"Seconds, {LEAST_TIMEOUT} to {LONGEST_TIMEOUT}; -1 = off",
    required=True,
    least=OFF,
    most=LONGEST_TIMEOUT,
)
SYMBOLS: Final = Text("symbols", f"Up to {MOST_SYMBOLS} symbols with commas between them; all without")


class SetDeadManSwitch(Value, frozen=True):
    """`POST /api/v1/hf/orders/dead-cancel-all`."""

    signed: SignedRequest
    body: Body


class GetDeadManSwitch(Value, frozen=True):
    """`GET /api/v1/hf/orders/dead-cancel-all/query`."""

    signed: SignedRequest


class SwitchSetData(Data, frozen=True):
    """Now, and when the orders are canceled, in seconds; 0 = never."""

    current_time: int
    trigger_time: int


class SwitchData(Data, frozen=True):
    """The switch, times in seconds; `symbols` with commas between them, "" = all."""

    timeout: int
    symbols: str
    current_time: int
    trigger_time: int


class SwitchSet(Reply, frozen=True):
    """The switch as it is from now on, if it is on."""

    switch: DeadManSwitch | None
    at: int

    def data(self) -> SwitchSetData:
        """Both times."""
        return SwitchSetData(self.at // SECOND, self.switch.trigger_at // SECOND if self.switch else 0)


class SwitchFound(Reply, frozen=True):
    """The user's switch, if it is on."""

    switch: DeadManSwitch | None
    at: int

    def data(self) -> SwitchData | None:
        """The switch; null if it is off."""
        switch = self.switch
        if switch is None:
            return None
        symbols = ",".join(switch.symbols)
        return SwitchData(switch.timeout, symbols, self.at // SECOND, switch.trigger_at // SECOND)


def set_dead_man_switch(world: World, key: ApiKey, body: Mapping[str, object], now: Now) -> tuple[World, SwitchSet]:
    """Set the switch, set it anew, or turn it off; once it has canceled the orders it is off [H104/dead-cancel]."""
    fields = Fields(body)
    timeout = TIMEOUT.read(fields)
    if timeout is None:
        raise FieldProblem(TIMEOUT.name, "is compulsory")
    if OFF < timeout < LEAST_TIMEOUT:
        raise FieldProblem(TIMEOUT.name, f"must be -1, or at least {LEAST_TIMEOUT}", timeout)
    symbols = tuple(dict.fromkeys(filter(None, SYMBOLS.read(fields).split(","))))
    if len(symbols) > MOST_SYMBOLS:
        raise FieldProblem(SYMBOLS.name, f"must be at most {MOST_SYMBOLS}", len(symbols))
    for symbol in symbols:
        find_symbol(world, symbol)
    draft, at, switch = Draft(world), now.business, None
    if timeout == OFF:
        draft.agenda = draft.agenda.without(DueKind.DEAD_MAN_SWITCH, key.user)
    else:
        switch = DeadManSwitch(timeout, symbols, at, at + timeout * SECOND)
        draft.agenda = draft.agenda.having(Due(switch.trigger_at, DueKind.DEAD_MAN_SWITCH, key.user))
    draft.put(replace(draft.trader(key.user), dead_man_switch=switch))
    return draft.done(), SwitchSet(switch=switch, at=at)


def get_dead_man_switch(world: World, key: ApiKey, command: GetDeadManSwitch, now: Now) -> tuple[World, SwitchFound]:
    """The switch of the key's user."""
    return world, SwitchFound(switch=world.trader(key.user).dead_man_switch, at=now.business)


ENDPOINTS: Final = (
    Endpoint(
        set_dead_man_switch,
        SetDeadManSwitch,
        REST,
        call="POST /api/v1/hf/orders/dead-cancel-all",
        parameters=(TIMEOUT, SYMBOLS),
        example={"timeout": "5", "symbols": "BTC-USDT"},
        permission=SPOT_TRADING,
        pool=Pool.SPOT,
        weight=2,
        refusals={Reason.PARAMETER_INVALID, Reason.SYMBOL_UNKNOWN},
    ),
    Endpoint(
        get_dead_man_switch,
        GetDeadManSwitch,
        REST,
        call="GET /api/v1/hf/orders/dead-cancel-all/query",
        permission=SPOT_TRADING,
        pool=Pool.SPOT,
        weight=2,
        refusals=frozenset(),
    ),
)
