"""A payment by a broker, played at the application, and what came of it: for tests of lives and flows."""

from __future__ import annotations

import asyncio
from typing import Any

from simulator.core.choices import After
from simulator.core.world import Consent, World
from simulator.evidence.journal import Journal
from simulator.evidence.lives.life import Life, life_of
from simulator.evidence.lives.things import Thing, distinct, search
from simulator.evidence.lives.touches import touching
from support.desk import START, Key
from support.wire import DEMO, Asgi, Broker, still_app


class Played:
    """A payment by a broker, from the login to the money, and the things that came of it."""

    def __init__(self, runner: asyncio.Runner, world: World = DEMO) -> None:
        self.app = still_app(world, settlement=After(600_000))
        self.send = Asgi(self.app, runner)
        self.broker = Broker(self.send, lambda: START)
        self.code = self.broker.authorize()
        self.tokens: dict[str, Any] = self.broker.exchange(self.code).json()
        self.consent_id = self.consent.id
        self.key: Key = self.broker.add_key(self.tokens["access_token"]).key
        challenge = self.broker.withdraw(self.key).json()["data"]
        self.transaction = challenge["transactionId"]
        paid = self.broker.withdraw(self.key, validation=self.broker.validation("alice", challenge))
        self.withdrawal = paid.json()["data"]["withdrawalId"]

    @property
    def world(self) -> World:
        return self.app.desk.exchange.world

    @property
    def journal(self) -> Journal:
        return self.app.desk.journal

    @property
    def consent(self) -> Consent:
        (consent,) = self.world.consents.values()
        return consent

    def things(self, text: str) -> list[Thing]:
        return distinct(search(self.world, self.journal, text))

    def life(self, thing: Thing) -> Life:
        entries = [entry for entry in touching(self.journal, self.world, thing) if entry is not None]
        return life_of(self.world, self.app.desk.exchange.clock.now().business, thing, entries)

    def numbers(self, thing: Thing) -> list[int]:
        """The calls that touched a thing, oldest first."""
        entries = [entry for entry in touching(self.journal, self.world, thing) if entry is not None]
        return sorted(entry.number for entry in entries)
