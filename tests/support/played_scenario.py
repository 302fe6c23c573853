"""A shipped scenario on a real port, and the broker's part at the other end."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

from simulator.clock import Clock, wall_clock
from simulator.core.world import Withdrawal
from simulator.evidence.journal import Journal
from simulator.scenario.loader import load
from simulator.web.server import LocalServer
from support.demo_world import CALLBACK
from support.desk import query
from support.wire import Answer, Broker, Http, control


class Play:
    """One scenario, played from its start. `broker` calls over real HTTP."""

    def __init__(self, server: LocalServer, name: str) -> None:
        self._server = server
        self.name = name
        self.waited = 0
        """How many ms clients have slept without sleeping."""
        scenario = load(name)
        server.app.desk.apply(scenario)
        server.exchange.clock = Clock(scenario.clock, wall=lambda: wall_clock() + self.waited)
        self.send = Http(server.port)
        self.broker = Broker(self.send, now=lambda: server.exchange.clock.now().wall)
        """Its clock is the exchange's; a broker whose clock is off gets one of its own."""
        self.url = server.url

    @property
    def journal(self) -> Journal:
        """The calls, also those of scenarios that were played before."""
        return self._server.app.desk.journal

    def advance(self, by: str) -> None:
        """Let business time pass: `59m59s`, `3d`."""
        answer = control(self.send, "/clock/advance", {"by": by})
        assert answer.status == 200, answer

    def without_faults(self) -> None:
        """Take the scenario's faults away: what it would be like if nothing went wrong."""
        assert (
            self.send("PUT", "/_sim/v1/faults", b'{"faults": []}', {"content-type": "application/json"}).status == 200
        )

    def wait(self, milliseconds: int) -> None:
        """Let time pass on both clocks of the exchange, as a client that sleeps does. Nobody really sleeps."""
        self.waited += milliseconds

    def verdict(self) -> tuple[bool, str]:
        """Whether the scenario's expectations hold, and the text that says so."""
        answer = self.send("POST", "/_sim/v1/verify")
        assert answer.status in (200, 409), answer
        return answer.status == 200, answer.text

    def holds(self) -> bool:
        """Whether the broker has played its part well."""
        return self.verdict()[0]

    def outcome(self, answer: Answer) -> str:
        """What the journal says of a call: OK, or a reason's name."""
        return str(self.broker.entry(answer)["outcome"])

    def outcomes(self, operation: str) -> list[str]:
        """The outcomes of all calls of an operation, oldest first, also of those that got no answer."""
        calls = sum(self._server.app.desk.journal.tally.values())
        entries = self.send("GET", "/_sim/v1/requests?limit=10000").json()["requests"][:calls]
        return [each["outcome"] for each in reversed(entries) if each["operation"] == operation]

    def withdrawals(self) -> list[Withdrawal]:
        """What the exchange has accepted, oldest first."""
        return sorted(self._server.exchange.world.withdrawals.values(), key=lambda each: (each.created_at, each.id))

    def login(self, state: str = "s-1") -> dict[str, str]:
        """What a browser that opens the login link brings back to the broker: the callback's parameters."""
        answer = self.send("GET", f"/oauth?{query(CALLBACK, state)}")
        assert answer.status == 303 or "refresh" in answer.headers, answer
        address = answer.headers.get("location") or answer.headers["refresh"].partition("url=")[2]
        return dict(parse_qsl(urlsplit(address).query))
