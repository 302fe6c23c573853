"""The exchange's wall clock goes along with an advance that says so, for a caller whose own clock moves."""

from __future__ import annotations

import asyncio

from support.control_calls import steer
from support.desk import START
from support.payouts import to_bob
from support.wire import DEMO, Asgi, Broker

from simulator.clock import Clock, ClockSettings
from simulator.exchange import Exchange
from simulator.web.app import App

MINUTE = 60_000


def test_the_wall_clock_goes_along(runner: asyncio.Runner) -> None:
    """With `wall` both clocks go as far, so a caller whose own clock moved is not refused; a reset brings both back."""
    clock = Clock(ClockSettings(frozen=True, start=START), wall=lambda: START)
    still = Broker(Asgi(App(Exchange(DEMO, clock)), runner), lambda: START)
    along = Broker(still.send, lambda: START + 61 * MINUTE)

    def moved(**body: object) -> list[int]:
        if body:
            assert steer(still.send, "POST", "/clock/advance", body).status == 200
        shown = steer(still.send, "GET", "/clock").json()
        return [shown["milliseconds"] - START, shown["wall"] - START]

    assert moved(by="61m", wall=True) == [61 * MINUTE, 61 * MINUTE]
    assert moved(by="1h", wall=False) == [121 * MINUTE, 61 * MINUTE]
    assert moved(by="1h") == [181 * MINUTE, 61 * MINUTE]
    key = still.key("frank")
    codes = [broker.withdraw(key, to_bob()).json()["code"] for broker in (along, still)]
    assert codes == ["200000", "400002"]
    assert steer(still.send, "POST", "/clock/advance", {"by": "1h", "wall": 1}).status == 400
    assert steer(still.send, "POST", "/reset").status == 200
    assert moved() == [0, 0]
