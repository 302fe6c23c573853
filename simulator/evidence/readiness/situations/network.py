"""Situations of the network, of outages and of clocks: what goes wrong below the exchange."""

from __future__ import annotations

from typing import Final

from simulator.core.endpoint import Endpoint
from simulator.core.endpoints import CALLS
from simulator.evidence.readiness.detectors.combinators import CallCondition, Sign, reached_by, reached_by_loss, watch
from simulator.evidence.readiness.detectors.requests import fingerprint
from simulator.evidence.readiness.history import History
from simulator.evidence.readiness.situation import Situation
from simulator.evidence.readiness.situations.lost_answers import OUTAGE, SIGNED

API: Final = tuple(name for name, call in CALLS.items() if isinstance(call, Endpoint))
STORM: Final = 20
"""Repetitions within `SOON` from which on a broker is said to flood the exchange."""
SOON: Final = 1_000
"""Ms of both clocks. Tests whose clocks stand still never wait, so only a storm counts."""


def _network(*kinds: str) -> CallCondition:
    """True of a call that a fault of one of these kinds has struck."""

    def condition(history: History, place: int) -> bool:
        struck = history.entries[place].outcome.struck
        return struck is not None and struck.fault.network in kinds

    return condition


def _slow(history: History, place: int) -> bool:
    struck = history.entries[place].outcome.struck
    return struck is not None and struck.fault.effects[0] in ("delay", "advance") and struck.fault.delay > 0


def _responds(low: int, high: int) -> CallCondition:
    """True of a call that a fault answers with a status from `low` to below `high`."""

    def condition(history: History, place: int) -> bool:
        struck = history.entries[place].outcome.struck
        return struck is not None and struck.fault.respond is not None and low <= struck.fault.respond.status < high

    return condition


def _storm(history: History, place: int, later: int) -> bool:
    """True of the same request a moment later."""
    soon = history.at(later).wall - history.at(place).wall < SOON
    return soon and history.at(later).business - history.at(place).business < SOON and _same(history, place, later)


def _same(history: History, place: int, later: int) -> bool:
    names = [history.entries[number].outcome.operation for number in (place, later)]
    return names[0] == names[1] and fingerprint(history, place) == fingerprint(history, later)


def _went_on(history: History, place: int, later: int) -> bool:
    """True of a later call that was answered."""
    entry = history.entries[later]
    return bool(entry.answer.status) and entry.answer.damage is None and history.word(later) != "NOT_PERFORMED"


STORMY: Final = Sign(API, f"was one of more than {STORM} repetitions within a second", when=_storm, times=STORM)
ON: Final = Sign((*API, "authorize"), "went on", when=_went_on)


def _fault(
    name: str, title: str, kucoin: str, fix: str, condition: CallCondition, scenario: str, effect: str
) -> Situation:
    return Situation(
        f"network/{name}", title, kucoin,
        "The broker falls over, gives the user up, or floods the exchange with repetitions.", fix,
        scenario, "network", API, (), watch(reached_by_loss(API, condition), f"met {effect}", broken=(STORMY,), handled=(ON,)),
    )  # fmt: skip


def _clock_was_right(history: History, place: int) -> bool:
    """True if an earlier signed call of the party was accepted: the clock went wrong later, or the exchange's did."""
    return history.last_ok(place, SIGNED) is not None


def _wrong_clock_again(history: History, place: int, later: int) -> bool:
    return _clock_was_right(history, place) and history.word(later) == "TIMESTAMP_INVALID"


# fmt: off
SITUATIONS: Final[tuple[Situation, ...]] = (
    _fault("reset", "The connection is reset.", "A TCP RST; the call may have been performed or not.", "Catch the error of the connection; repeat what is safe to repeat, and look before anything else is sent again.", _network("reset"), "connection-reset", "network: reset"),
    _fault("empty", "The connection is closed without an answer.", "A FIN without a byte; the call may have been performed or not.", "Treat it as a reset.", _network("empty"), "empty-answer", "network: empty"),
    _fault("truncated", "The answer breaks off half-way.", "Half of the body comes, and the connection closes.", "Read the body whole, and take half a body for no answer.", _network("truncate"), "truncated-json", "network: truncate"),
    _fault("wrong-length", "Content-Length says less than the body has.", "HTTP looks whole, and the JSON breaks off.", "Catch errors of the JSON parser as errors of the connection.", _network("wrong_length"), "truncated-json", "network: wrong_length"),
    _fault("garbage", "Bytes that make no sense come in place of an answer.", "They are no HTTP, or no UTF-8.", "Catch errors of the HTTP library and of the decoder as errors of the connection.", _network("garbage"), "garbage-answer", "network: garbage"),
    _fault("hang", "No answer ever comes.", "The connection stays open, and nothing arrives.", "Set a timeout for every call, also for reading the body.", _network("hang"), "answer-never-comes", "network: hang"),
    _fault("drip", "The answer comes a byte at a time.", "Each byte resets a timeout between bytes; only a limit of the whole call ends it.", "Limit the whole call, not only the pause between two bytes.", _network("drip"), "strange-answers", "network: drip"),
    _fault("slow", "The answer takes long.", "The call was performed at once, and its answer comes seconds later.", "Wait long enough for calls that cannot be repeated; look before they are.", _slow, "slow-exchange", "delay: 3s"),
    _fault("outage", "A gateway answers 502, 503 or 504 with a page of HTML.", "Nobody knows if the call was performed.", "Look at the status and the content type before the body is parsed, and try once more.", _responds(OUTAGE, 600), "gateway-5xx-html", "respond: {status: 502, body: Bad Gateway}"),
    _fault("strange-success", "The status is 200, and the body is something else.", "A proxy or a captive portal answers in place of KuCoin.", "Look for the fields that are needed before success is believed.", _responds(200, 300), "strange-answers", "respond: {status: 200, body: Welcome}"),
    _fault("strange-refusal", "The status is 4xx, and the body is no JSON.", "A firewall answers in place of KuCoin.", "Do not parse what is no JSON, and do not take it for KuCoin's refusal.", _responds(400, OUTAGE), "strange-answers", "respond: {status: 403, body: Forbidden}"),
    Situation(
        "clock/skew", "The broker's clock is off.",
        "400002: KC-API-TIMESTAMP must be less than 5 s from KuCoin's clock.",
        "All signed calls fail at once, on one machine and not on the others.",
        "Ask GET /api/v1/timestamp, correct the difference, and send the call once more; keep the machine's clock synchronized.",
        "signature-clock-skew", "network", SIGNED, ("signing/timestamp-window", "s8.2/timestamp"),
        watch(
            reached_by(SIGNED, ("TIMESTAMP_INVALID",)), "came with a wrong time",
            broken=(Sign(SIGNED, "came with a wrong time again and again", when=_wrong_clock_again, times=5),),
            handled=(Sign(SIGNED, "came with the right time", when=lambda history, _, later: history.word(later) not in ("TIMESTAMP_INVALID", "NOT_PERFORMED")),),
        ),
    ),
)
# fmt: on
