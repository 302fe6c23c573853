"""`Draft`: changes of one deed, gathered before they make a world."""

from __future__ import annotations

from typing import Any

from simulator.core.choices import Choices
from simulator.core.world.statements import Statement
from simulator.core.world.wallets import Pot, Wallet
from simulator.core.world.world import Entity, World


class Draft:
    """A world in the making: it is read as a world is, and each of its changed rows is put into the world once.

    Rows are put in the order in which they were first changed.
    """

    __slots__ = ("_rows", "_world", "everybody")

    def __init__(self, world: World) -> None:
        self._world = world
        self._rows: dict[tuple[type, Any], Any] = {}
        self.everybody = world.everybody

    @property
    def choices(self) -> Choices:
        """The world's."""
        return self._world.choices

    def put(self, *entities: Entity) -> Draft:
        """The same draft, in which these entities have changed."""
        for entity in entities:
            self._rows[type(entity), entity.key] = entity
        return self

    def wallet(self, user: str) -> Wallet:
        """The user's wallet, or an empty one."""
        wallet: Wallet | None = self._rows.get((Wallet, user))
        return wallet or self._world.wallet(user)

    def statement(self, user: str) -> Statement:
        """The user's statement, or an empty one."""
        statement: Statement | None = self._rows.get((Statement, user))
        return statement or self._world.statement(user)

    def pot(self, name: str, currency: str) -> Pot:
        """The pot, or an empty one."""
        pot: Pot | None = self._rows.get((Pot, (name, currency)))
        return pot or self._world.pot(name, currency)

    def done(self, **others: Any) -> World:
        """The world with all changes, and with `others` as in `World.put`."""
        return self._world.put(*self._rows.values(), everybody=self.everybody, **others)
