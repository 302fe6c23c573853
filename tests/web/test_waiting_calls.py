"""Calls that wait - held, or because much is due first - and those that come in meanwhile: each counts for itself."""

from __future__ import annotations

import asyncio
import json
from itertools import pairwise
from typing import Any

import pytest
from support.deposits_and_transfers import arrive, slow
from support.desk import IP, Desk
from support.wire import JSON, V1, Answer, Asgi, still_app

from simulator.core.passing import MUCH, PassTime
from simulator.evidence import checkpoints
from simulator.scenario.staging.armed import Staging
from simulator.scenario.staging.faults import Fault, Hold
from simulator.web.app import App
from simulator.web.endpoints.desk import Desk as Wired

CURRENCY, TIME = "/api/v3/currencies/BTC", "/api/v1/timestamp"
HOUR = 3_600_000
HELD = Fault("get_currency", times=2, hold=Hold(until=2, order=(1, 2), within=60_000))
COUNTED = Fault("get_server_time", times=3, delay=0)
JUMP = Fault("get_currency", times=1, advance=HOUR)
PLANS = json.dumps({"orders": [{"plan": [{"fill": "rest"}]}]}).encode()


class Site:
    """An application to which several requests come at a time."""

    def __init__(self, runner: asyncio.Runner, *faults: Fault) -> None:
        desk = Desk()
        slow(desk)
        self.app: App = still_app(desk.world, Staging(faults))
        self.desk: Wired = self.app.desk
        self.runner = runner
        self.got: dict[str, Answer] = {}

    async def ask(self, name: str, method: str, target: str, body: bytes = b"") -> None:
        """One request; its answer is kept under a name."""
        path, _, query = target.encode().partition(b"?")
        length = [(b"content-length", str(len(body)).encode())] if body else []
        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method, "scheme": "http",
            "path": path.decode(), "raw_path": path, "query_string": query, "root_path": "",
            "headers": [*((key.encode(), value.encode()) for key, value in JSON.items()), *length],
            "client": (IP, 50_000), "server": ("127.0.0.1", 8080),
        }  # fmt: skip
        self.got[name] = await Asgi(self.app, self.runner)._exchange(scope, [body])

    def run(self, *requests: tuple[str, ...]) -> None:
        """Some requests, each when those before it have begun."""

        async def together() -> None:
            tasks = []
            for name, method, target, *body in requests:
                tasks.append(asyncio.ensure_future(self.ask(name, method, target, *(text.encode() for text in body))))
                for _ in range(20):  # turns of the loop, in which it begins
                    await asyncio.sleep(0)
            await asyncio.gather(*tasks)

        self.runner.run(together())

    def hits(self) -> list[int]:
        """How many calls each fault has struck."""
        return [armed.hits for armed in self.desk.exchange.staging.armed]

    def entry(self, name: str) -> Any:
        """The entry of a request."""
        return self.desk.journal.entry(int(self.got[name].headers["x-sim-entry"].rpartition("/")[2]))


@pytest.fixture
def held(runner: asyncio.Runner) -> Site:
    """A call is held until a second one has come; between the two, another call meets a fault of its own."""
    site = Site(runner, HELD, COUNTED)
    site.run(("first", "GET", CURRENCY), ("between", "GET", TIME), ("second", "GET", CURRENCY))
    return site


@pytest.mark.parametrize(
    ("name", "before", "after"), [("between", [0, 0], [0, 1]), ("first", [0, 1], [1, 1]), ("second", [1, 1], [2, 1])]
)
def test_a_call_that_waits_counts_when_it_is_performed(
    held: Site, name: str, before: list[int], after: list[int]
) -> None:
    """Going back to before or after each call, faults have counted what had been performed by then."""
    assert held.hits() == [2, 1]
    entry = held.entry(name)
    for moment, hits in ((checkpoints.before(entry), before), (checkpoints.after(entry), after)):
        assert moment is not None
        held.desk.go_back(moment)
        assert held.hits() == hits
        assert held.desk.exchange.replay(moment.state) is not None


def test_a_snapshot_has_no_call_that_waits(runner: asyncio.Runner) -> None:
    """A snapshot that is taken while a call is held is one of a world in which the call has not come in."""
    site = Site(runner, HELD)
    site.run(("import", "GET", f"{V1}/clock"))  # a thread imports the control surface with its first call
    site.run(
        ("first", "GET", CURRENCY),
        ("snapshot", "POST", f"{V1}/snapshots", json.dumps({"name": "here"})),
        ("second", "GET", CURRENCY),
    )
    assert site.got["snapshot"].status == 201
    assert site.hits() == [2]
    site.desk.go_back(site.desk.snapshots["here"])
    assert site.hits() == [0]


def test_what_comes_in_while_much_becomes_due_is_not_counted_with_the_call(runner: asyncio.Runner) -> None:
    """A call lets an hour pass, in which very much is due. Meanwhile others call and steer: each has its own entry."""
    site = Site(runner, JUMP)
    site.run(("import", "GET", f"{V1}/clock"))
    for _ in range(20 * MUCH):
        site.desk.exchange.perform(arrive(seen=0))
    site.run(
        ("jump", "GET", CURRENCY),
        ("plans", "PUT", f"{V1}/order-plans", PLANS.decode()),
        ("unknown", "GET", "/api/v3/nothing"),
        *((f"time{number}", "GET", TIME) for number in range(5)),
        ("price", "PUT", f"{V1}/prices/BTC-USDT", '{"last": "61000"}'),
        ("more", "PUT", f"{V1}/order-plans", '{"orders": []}'),
    )
    assert {name: answer.status for name, answer in site.got.items() if answer.status != 200} == {"unknown": 404}
    jump, unknown = site.entry("jump"), site.entry("unknown")
    assert jump.before.arriving
    assert not jump.after.arriving
    for name in ("order_plans", "markets", "orders"):
        assert getattr(jump.before, name) == getattr(jump.after, name)
    assert unknown.number < jump.number
    assert [armed.hits for armed in unknown.mark.staging.faults] == [0]
    entries = list(site.desk.journal.after(0))
    assert all(later.before.step >= earlier.after.step for earlier, later in pairwise(entries))
    commands = [type(logged.command) for logged in site.desk.exchange.log]
    assert commands.count(PassTime) == 1


def test_plans_wait_for_what_is_under_way(runner: asyncio.Runner) -> None:
    """Plans that are put while a call lets much become due change the world afterwards, and the call is answered."""
    site = Site(runner, JUMP)
    site.run(("import", "GET", f"{V1}/clock"))
    for _ in range(20 * MUCH):
        site.desk.exchange.perform(arrive(seen=0))

    async def meanwhile() -> None:
        plans = asyncio.ensure_future(site.ask("plans", "PUT", f"{V1}/order-plans", PLANS))
        await asyncio.sleep(0)  # they are being read
        await asyncio.gather(site.ask("jump", "GET", CURRENCY), plans)

    runner.run(meanwhile())
    assert (site.got["jump"].status, site.got["plans"].status) == (200, 200)
    assert len(site.desk.exchange.world.order_plans) == 1
    assert not site.entry("jump").after.order_plans
