"""The rows that one call changed in the world. They are found when somebody asks: a world lists the rows it touched."""

from __future__ import annotations

from decimal import Decimal
from enum import Enum
from itertools import islice
from typing import Any, Final

from msgspec import Struct
from rpds import HashTrieMap, List

from simulator.core import money
from simulator.core.value import Value
from simulator.core.world import Stack, World
from simulator.evidence.redaction import Redactor

SECRET: Final = frozenset(
    (
        ("clients", "secret"),
        ("clients", "broker_key"),
        ("users", "totp_secret"),
        ("codes", "code"),
        ("consents", "code"),
        ("api_keys", "secret"),
        ("api_keys", "passphrase"),
        ("message_boxes", "messages"),
        ("transactions", "sent"),
    )
)
"""Fields of rows that hold secrets; in the last two fields only the one-time codes are secret."""
INDEXES: Final = ("statements", "clienteles", "key_rings", "order_histories", "resting_orders")
"""Tables that only point to rows of other tables. The changes of those other rows are shown."""
DERIVED: Final = {
    ("deposit_books", "spots"),
    ("broker_books", "fills"),
    ("traders", "active"),
    ("traders", "client_oids"),
    ("traders", "stops"),
    ("traders", "waiting"),
    ("traders", "stop_client_oids"),
}
"""Fields that repeat what other fields say."""
MOST_ROWS: Final = 100
"""Rows of a map that are compared; of a larger map only the number of rows is shown."""


class Change(Value, frozen=True):
    """One row of a table before and after a call. None = the row did not exist, or does not any more."""

    table: str
    key: Any
    old: Any
    new: Any

    def as_data(self, hide: Redactor) -> dict[str, Any]:
        """JSON data: for each field that differs, [old value, new value]."""
        names = (self.new if self.new is not None else self.old).__struct_fields__
        key = [*map(str, self.key)] if isinstance(self.key, tuple) else str(self.key)
        return {
            "table": self.table,
            "key": hide.secret(str(self.key)) if self.table == "codes" else hide.data(key),
            "changes": {
                name: [_shown(self.table, name, value, hide) for value in narrowed(*pair)]
                for name in names
                if (self.table, name) not in DERIVED
                and (pair := (_field(self.old, name), _field(self.new, name)))[0] != pair[1]
            },
        }


def changes(before: World, after: World) -> list[Change]:
    """The rows that differ, in the order in which they were first touched; none if the world is the same one."""
    if after is before:
        return []
    changed_rows = []
    for table, key in dict.fromkeys(reversed([*(after.touched or ())])):
        if table in INDEXES:
            continue
        old, new = getattr(before, table).get(key), getattr(after, table).get(key)
        if _differs(table, old, new):
            changed_rows.append(Change(table, key, old, new))
    return changed_rows


def _differs(table: str, old: Any, new: Any) -> bool:
    """True if one of both is not there, or if they differ in more than what other rows say."""
    if old is None or new is None:
        return old is not new
    names = new.__struct_fields__
    return any((table, name) not in DERIVED and getattr(old, name) != getattr(new, name) for name in names)


def narrowed(old: Any, new: Any) -> tuple[Any, Any]:
    """The old and the new value of a field, shortened to what differs if the field is a list or a map.

    A persistent list grows at its front. The rows of a large map are counted and not compared.
    """
    if isinstance(new, Stack):
        return narrowed(None if old is None else old.rows, new.rows)
    if isinstance(new, List):
        grown = len(new) - (len(old) if old is not None else 0)
        return (old if old is None else []), [*islice(new, max(0, grown))]
    if isinstance(new, HashTrieMap):
        rows: list[Any] = [{} if value is None else value for value in (old, new)]
        if max(map(len, rows)) > MOST_ROWS:
            return f"{len(rows[0])} rows", f"{len(rows[1])} rows"
        return (old if old is None else _only(*rows)), _only(*rows[::-1])
    return old, new


def _only(rows: Any, other_rows: Any) -> list[Any]:
    """The rows of the first map that the second one does not have."""
    return [rows[key] for key in sorted(rows) if other_rows.get(key) != rows[key]]


def _field(row: Any, name: str) -> Any:
    return None if row is None else getattr(row, name)


def _shown(table: str, name: str, value: Any, hide: Redactor) -> Any:
    """A field's value as JSON data, with its secrets hidden."""
    if (table, name) in SECRET and value is not None:
        return hide.secret(value) if isinstance(value, str) else _without_codes(value, hide)
    return hide.data(plain(value))


def _without_codes(value: Any, hide: Redactor) -> Any:
    """Messages, or (factor, code) pairs, with their one-time codes hidden."""
    if isinstance(value, tuple):
        return [_without_codes(item, hide) for item in value]
    if isinstance(value, Struct):
        return {
            name: hide.otp(getattr(value, name)) if name == "code" else plain(getattr(value, name))
            for name in value.__struct_fields__
        }
    return hide.otp(value) if isinstance(value, str) else plain(value)


def plain(value: Any) -> Any:
    """A value of the world as JSON data: money as text, enumerations by their words."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Decimal):
        return money.plain(value)
    if isinstance(value, Struct):
        return {name: plain(getattr(value, name)) for name in value.__struct_fields__}
    if isinstance(value, Stack):
        value = [*islice(value, MOST_ROWS)]
    if isinstance(value, tuple | list | frozenset):
        return [*map(plain, sorted(value, key=str) if isinstance(value, frozenset) else value)]
    return value if isinstance(value, str | int | bool | None) else str(value)
