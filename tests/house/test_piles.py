"""The house's rule about piles: nothing that a client can add to, call by call, stands in a tuple or a list."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, Generic, TypeVar, get_args, get_origin, get_type_hints

from msgspec import Struct
from rpds import HashTrieMap, List, Queue

from simulator.core.gateway.pools import Pools
from simulator.core.world import TABLES, World
from simulator.evidence.tally import TallyKey
from simulator.scenario.staging.armed import Standing

COPIED: Final = (tuple, list, dict, set, frozenset)
"""What is copied as a whole when one more is added."""
SCENARIO, CHOICE, BOUNDED = "a scenario or the control surface fills it", "one of few words each", "bounded by itself"
ALLOWED: Final = {
    "World.origins": "a server has two or three",
    "Choices.refresh_encoding": CHOICE,
    "Choices.refresh_grant_types": CHOICE,
    "Client.redirect_uris": SCENARIO,
    "Client.oauth_ips": SCENARIO,
    "Client.trading_ips": SCENARIO,
    "Client.invited": SCENARIO,
    "User.factor_sets": "a user binds one authenticator, the rest a scenario says",
    "User.address_book": SCENARIO,
    "User.deposit_addresses": SCENARIO,
    "Consent.groups": CHOICE,
    "ApiKey.groups": CHOICE,
    "ApiKey.ip_whitelist": "a copy of the client's list, shared by its keys",
    "Wallet.accounts": "one for each kind without a tag and each currency, which a scenario gives",
    "MessageBox.messages": BOUNDED,
    "Window.instants": BOUNDED,
    "Transaction.factor_sets": "the user's own",
    "Transaction.sent": "a code for each kind of factor",
    "Currency.chains": SCENARIO,
    "BrokerBook.trades": SCENARIO,
    "SortedKeys.parts": "a part is divided before it is long, and the list of parts is 256 times shorter than the keys",
    "World.order_plans": SCENARIO,
    "OrderPlan.match": SCENARIO,
    "OrderPlan.steps": SCENARIO,
    "DeadManSwitch.symbols": BOUNDED,
    "BrokerBook.files": BOUNDED,
    "Login.decisions": SCENARIO,
    "Decided.grant": CHOICE,
    "Fault.match": SCENARIO,
    "Fault.details": SCENARIO,
    "Hold.order": SCENARIO,
    "WorldEvent.groups": SCENARIO,
    "Response.headers": SCENARIO,
}
"""Fields that may be tuples, and why no client makes them long."""


K = TypeVar("K")
V = TypeVar("V")


class _Rows(Generic[K, V]):
    """Stands in for `HashTrieMap` where hints are read: at run time that one knows no parameters."""


class _Row(Generic[V]):
    """The same for `List` and `Queue`."""


def hints_of(cls: type[Struct]) -> dict[str, Any]:
    """The fields of a struct with their types."""
    hints = get_type_hints(cls, localns={"HashTrieMap": _Rows, "List": _Row, "Queue": _Row})
    return {name: hints[name] for name in cls.__struct_fields__}


def structs_in(hint: Any) -> Iterator[type[Struct]]:
    """The structs that a type is made of."""
    for part in (hint, get_origin(hint)):
        if isinstance(part, type) and issubclass(part, Struct):
            yield part
    for part in get_args(hint):
        yield from structs_in(part)


def copied_in(hint: Any) -> bool:
    """Whether a value of the type has a part that is copied as a whole, and may have any number of members."""
    origin, parts = get_origin(hint), get_args(hint)
    if origin in COPIED or hint in COPIED:
        return not (origin is tuple and parts[1:] != (...,))
    return any(map(copied_in, parts))


def piles(roots: tuple[type[Struct], ...]) -> set[str]:
    """Every field in reach of these structs that is copied as a whole when it grows."""
    waiting, seen, found = [*roots], set[type[Struct]](), set[str]()
    while waiting:
        cls = waiting.pop()
        if cls in seen:
            continue
        seen.add(cls)
        for name, hint in hints_of(cls).items():
            waiting += structs_in(hint)
            if copied_in(hint):
                found.add(f"{cls.__name__}.{name}")
    return found


ROOTS: Final = (World, *TABLES, Standing, Pools, TallyKey)


def test_no_client_piles_up_what_is_copied() -> None:
    """Each tuple in a world, in what stands before it and in what is counted has a reason why no client fills it."""
    assert piles(ROOTS) == ALLOWED.keys()


class Planted(Struct, frozen=True):
    """A struct with a pile of each kind."""

    names: tuple[str, ...] = ()
    pairs: tuple[tuple[str, str], ...] = ()
    some: frozenset[int] | None = None
    pair: tuple[str, str] = ("", "")
    rows: List[int] = List()
    table: HashTrieMap[str, int] = HashTrieMap()
    line: Queue[int] = Queue()


def test_a_pile_is_caught() -> None:
    """The search sees tuples of any length and sets, and neither pairs nor persistent collections."""
    assert piles((Planted,)) == {"Planted.names", "Planted.pairs", "Planted.some"}
