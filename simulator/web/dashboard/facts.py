"""The facts of a thing as lines of a page, from the data that the control surface gives, without any secret."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from simulator.core.money import plain
from simulator.core.refusals import Reason
from simulator.core.world import World
from simulator.evidence.changes import plain as plain_data
from simulator.evidence.credential_names import secretive
from simulator.evidence.diagnosis.rules import rules
from simulator.evidence.lives.life import Life
from simulator.evidence.redaction import Redactor
from simulator.instants import iso
from simulator.scenario.keys.people import ACCOUNTS
from simulator.web.control.credentials import consent_data, public_key_data
from simulator.web.control.views.money import deposit_data, withdrawal_data
from simulator.web.control.views.people import client_data, user_data
from simulator.web.endpoints.desk import Desk

NOT_NAMES: Final = ("key", "name", "api_key")
"""Names of values that are no secret, although the end of the name says so."""
SEPARATE: Final = ("accounts", "api_keys", "deposit_addresses", "address_book", *ACCOUNTS)
"""What a user has many of: it stands in a list of its own, or is not shown."""
LONGEST: Final = 500
"""Characters of one value."""
NOTHING: Final[tuple[Any, ...]] = (None, "", [], {}, ())
"""Values that say only that there is none: they are left out."""
FIRST_MS: Final = 1_000_000_000_000
"""A larger number whose name ends in `at` is an instant, ms."""


class Fact(NamedTuple):
    """One line: what it is called, and its value."""

    label: str
    value: str


def facts_of(desk: Desk, life: Life, hide: Redactor) -> list[Fact]:
    """The facts of a thing, as the control surface gives them; [] if no row is known."""
    data = _data(desk, life)
    if life.thing.secret:
        data = {"fingerprint": life.thing.name, **data}
    return [Fact(label.replace("_", " "), value) for label, value in _lines(data, hide)]


def _data(desk: Desk, life: Life) -> dict[str, Any]:
    world, row, kind = desk.exchange.world, life.row, life.thing.kind
    if kind == "rule":
        rule = rules()[life.thing.id]
        return {"grade": rule.grade, "page says": rule.quote or "nothing", "reading": rule.reading, "code": rule.home}
    if kind == "reason":
        denial = Reason[life.thing.id].denial
        return {"meaning": denial.meaning, "status": denial.status, "text": denial.text, "grade": denial.grade.value}
    if row is None:
        return {}
    if life.thing.consent or kind == "consent":
        return consent_data(world, row)
    if kind == "user":
        return user_data(world, row) if not life.gone else {"name": row.name, "uid": row.uid}
    if kind == "client":
        return client_data(world, row)
    if kind == "api_key":
        return public_key_data(row)
    if kind == "withdrawal":
        return withdrawal_data(row)
    if kind == "deposit":
        return deposit_data(world, row, desk.exchange.clock.now())
    return _of_row(row)


def _of_row(row: Any) -> dict[str, Any]:
    """The fields of a transfer or of a transaction, whose payment is one level deeper."""
    data: dict[str, Any] = {}
    for name in row.__struct_fields__:
        value = plain_data(getattr(row, name))
        data |= value if name == "payment" else {} if name == "sent" else {name: value}
    return data


def _lines(data: dict[str, Any], hide: Redactor) -> Iterator[tuple[str, str]]:
    for name, value in data.items():
        if name in SEPARATE or value in NOTHING:
            continue
        hidden = secretive(name) and name not in NOT_NAMES and isinstance(value, str)
        yield hide.text(name), hide.secret(value) if hidden else hide.text(_text(name, value), LONGEST)


def _text(name: str, value: Any) -> str:
    """A value as a person reads it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int) and name.endswith("at") and value > FIRST_MS:
        return iso(value)
    if isinstance(value, dict):
        return ", ".join(f"{key} {_text(key, part)}" for key, part in value.items() if part not in NOTHING)
    if isinstance(value, list | tuple):
        return ", ".join(_text(name, part) for part in value)
    return str(value)


class Balance(NamedTuple):
    """One account of a user, as texts."""

    currency: str
    account: str
    balance: str
    available: str
    holds: str


def balances_of(world: World, user: str) -> list[Balance]:
    """The accounts of a user that hold money, or that have held some."""
    return [
        Balance(one.currency, one.type, plain(one.balance), plain(one.available), plain(one.holds))
        for one in world.wallet(user).every
    ]
