"""What the broker remembers: SQLite, a connection a call. Amounts are text."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from broker.kucoin import Key, Tokens

TABLES: Final = """
create table if not exists sessions (id text primary key, user text not null);
create table if not exists logins (state text primary key, session text not null);
create table if not exists tokens (user text primary key, access text, refresh text, expires_at real);
create table if not exists keys (user text primary key, key text, secret text, passphrase text, groups text);
create table if not exists payouts (
    id integer primary key,
    user text not null,
    request_id text not null,
    currency text not null,
    chain text not null,
    address text not null,
    amount text not null,
    status text not null,
    withdrawal_id text not null default '',
    transaction_id text not null default '',
    unique (user, request_id)
);
"""


class Store:
    """The broker's tables in one file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with self.open() as tables:
            tables.executescript(TABLES)

    @contextmanager
    def open(self) -> Iterator[sqlite3.Connection]:
        """A connection that commits at the end."""
        connection = sqlite3.connect(self.path)
        connection.row_factory = sqlite3.Row
        try:
            with connection:
                yield connection
        finally:
            connection.close()

    def row(self, sql: str, *values: object) -> dict[str, Any] | None:
        """The first row, or None."""
        with self.open() as tables:
            row = tables.execute(sql, values).fetchone()
        return dict(row) if row else None

    def run(self, sql: str, *values: object) -> int:
        """The number of rows that a statement changed."""
        with self.open() as tables:
            return tables.execute(sql, values).rowcount

    # --- sessions and logins
    def new_session(self, session: str, user: str) -> None:
        self.run("insert into sessions values (?, ?)", session, user)

    def user_of(self, session: str) -> str | None:
        row = self.row("select user from sessions where id = ?", session)
        return row["user"] if row else None

    def new_login(self, state: str, session: str) -> None:
        self.run("insert into logins values (?, ?)", state, session)

    def end_login(self, state: str, session: str) -> bool:
        """True if this session began a login with this state; a state is good for one callback."""
        return self.run("delete from logins where state = ? and session = ?", state, session) == 1

    # --- tokens and keys
    def tokens(self, user: str) -> Tokens | None:
        row = self.row("select access, refresh, expires_at from tokens where user = ?", user)
        return Tokens(**row) if row else None

    def keep_tokens(self, user: str, tokens: Tokens | None) -> None:
        """Replace the user's pair; None forgets it."""
        self.run("delete from tokens where user = ?", user)
        if tokens:
            self.run("insert into tokens values (?, ?, ?, ?)", user, tokens.access, tokens.refresh, tokens.expires_at)

    def key(self, user: str) -> Key | None:
        row = self.row("select key, secret, passphrase, groups from keys where user = ?", user)
        return Key(row["key"], row["secret"], row["passphrase"], tuple(row["groups"].split())) if row else None

    def keep_key(self, user: str, key: Key) -> None:
        row = (user, key.key, key.secret, key.passphrase, " ".join(key.groups))
        self.run("insert or replace into keys values (?, ?, ?, ?, ?)", *row)

    # --- payouts
    def payout(self, user: str, request_id: str) -> dict[str, Any] | None:
        return self.row("select * from payouts where user = ? and request_id = ?", user, request_id)

    def new_payout(self, user: str, request_id: str, order: dict[str, str]) -> bool:
        """False if the user has sent this request before."""
        values = (user, request_id, order["currency"], order["chain"], order["address"], order["amount"])
        sql = "insert or ignore into payouts (user, request_id, currency, chain, address, amount, status)"
        return self.run(f"{sql} values (?, ?, ?, ?, ?, ?, 'new')", *values) == 1

    def mark(self, payout: dict[str, Any], **changes: str) -> dict[str, Any]:
        """The payout with these columns changed."""
        names = ", ".join(f"{name} = ?" for name in changes)
        self.run(f"update payouts set {names} where id = ?", *changes.values(), payout["id"])
        return {**payout, **changes}
