"""`kucoin-simulator tour`: the whole flow of the page over real HTTP, as a broker and its users go through it."""

from __future__ import annotations

from typing import Final, TextIO

from msgspec.structs import replace

from simulator.clock import ClockSettings
from simulator.scenario.loader import DEMO, load
from simulator.tour.broker import Broker
from simulator.tour.browser import Browser
from simulator.tour.narrator import JsonNarrator, Narrator
from simulator.tour.steps import STEPS
from simulator.tour.walk import MismatchError, Walk
from simulator.tour.wire import Wire
from simulator.web.server import LocalServer

OPENING: Final = (
    "A broker and three users have a simulator of their own; its clock stands still until a step moves it."
    " > is a request, < its answer; s7.1 is a section of KuCoin's page, [s7.1/grant] a rule in simulator/core/rules.md,"
    " [rest/...] a rule from KuCoin's REST API reference;"
    " /_sim is the simulator's own control surface, which KuCoin does not have."
)


def walk(out: TextIO, *, quiet: bool = False, as_json: bool = False) -> bool:
    """Take every step until one fails. True = all results were as the rules say."""
    scenario = replace(load(DEMO), clock=ClockSettings(frozen=True))
    narrator = JsonNarrator(out) if as_json else Narrator(out, quiet=quiet)
    narrator.say(OPENING)
    with LocalServer(scenario) as server:
        wire = Wire(server.url, narrator.exchanged)
        broker = Broker(wire, "demo-broker", "demo-secret", f"{server.url}/demo/callback")
        passed = _take_steps(Walk(broker, Browser(wire), narrator.checked), narrator)
        wire.close()
    narrator.end(passed, len(STEPS))
    return passed == len(STEPS)


def _take_steps(walk: Walk, narrator: Narrator) -> int:
    """The number of steps that passed before the first one that failed."""
    for number, step in enumerate(STEPS, 1):
        narrator.step(number, step.title, step.rules)
        try:
            step.run(walk)
        except MismatchError as error:
            narrator.failed(number, step.title, step.rules, error.what, error.expected, error.received)
            return number - 1
        except Exception as error:  # noqa: BLE001 - a broken server may answer anything
            expected = "an answer in the shape that the page prints"
            narrator.failed(number, step.title, step.rules, "the answer", expected, repr(error))
            return number - 1
        narrator.passed(number, step.title, step.rules)
    return len(STEPS)
