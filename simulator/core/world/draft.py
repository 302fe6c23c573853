"""`Draft`: changes of one deed, gathered before they make a world."""

from __future__ import annotations

from typing import Any, TypeVar

from simulator.core.choices import Choices
from simulator.core.world.statements import Statement
from simulator.core.world.wallets import Pot, Wallet, Window
from simulator.core.world.world import TABLES, Entity, World


class Draft:
    """A world in the making: it is read as a world is, and each of its changed rows is put into the world once.

    Rows are put in the order in which they were first changed.
    """

    __slots__ = ("_rows", "_world", "everybody", "unsettled")

    def __init__(self, world: World) -> None:
        self._world = world
        self._rows: dict[tuple[str, Any], Any] = {}
        """By (table, key)."""
        self.everybody, self.unsettled = world.everybody, world.unsettled

    @property
    def choices(self) -> Choices:
        """The world's."""
        return self._world.choices

    def put(self, *entities: Entity) -> Draft:
        """The same draft, in which these entities have changed."""
        for entity in entities:
            self._rows[TABLES[type(entity)], entity.key] = entity
        return self

    def wallet(self, user: str) -> Wallet:
        """The user's wallet, or an empty one."""
        wallet: Wallet | None = self._rows.get(("wallets", user))
        return wallet or self._world.wallet(user)

    def statement(self, user: str) -> Statement:
        """The user's statement, or an empty one."""
        statement: Statement | None = self._rows.get(("statements", user))
        return statement or self._world.statement(user)

    def window(self, user: str, name: str) -> Window | None:
        """The window of one of the user's limits, if it was ever opened."""
        window: Window | None = self._rows.get(("windows", (user, name)))
        return window or self._world.window(user, name)

    def pot(self, currency: str) -> Pot:
        """The currency's pot, or an empty one."""
        pot: Pot | None = self._rows.get(("pots", currency))
        return pot or self._world.pot(currency)

    def done(self) -> World:
        """The world with all changes."""
        return self._world.put_at(self._rows.items(), everybody=self.everybody, unsettled=self.unsettled)


Books = TypeVar("Books", World, Draft)
"""What money is booked in: a world, or one in the making."""
