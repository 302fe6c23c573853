"""Situations of Broker Pro: the file of the broker's trades."""

from __future__ import annotations

from typing import Final

from simulator.evidence.readiness.detectors.combinators import Sign, again, final, reached_by, watch
from simulator.evidence.readiness.detectors.requests import fingerprint
from simulator.evidence.readiness.history import History
from simulator.evidence.readiness.situation import Situation

FILES: Final = ("get_rebate", "get_rebate_v2")
PRO: Final = (*FILES, "get_commission", "list_broker_users", "list_broker_transactions")
PAUSE: Final = 1_000
"""Ms that a broker waits at the least before it asks for the same file again."""
NOT_READY: Final = "REBATE_FILE_NOT_READY"


def _at_once(history: History, place: int, later: int) -> bool:
    """True of the same question without a pause on either clock since the last time it was asked."""
    previous = history.before(later, FILES)
    if previous is None or history.word(later) != NOT_READY:
        return False
    waited = max(
        history.at(later).wall - history.at(previous).wall,
        history.at(later).business - history.at(previous).business,
    )
    return waited < PAUSE and fingerprint(history, place) == fingerprint(history, later)


# fmt: off
SITUATIONS: Final[tuple[Situation, ...]] = (
    Situation(
        "rebates/not-ready", "The file of the broker's trades is being prepared.",
        "100001 until the file is ready; the first request sets its preparation off.",
        "The month's report is missing, because the first answer was taken for a failure.",
        "Ask for the same file again after some seconds, until the link comes.",
        "rebate-not-ready", "rebates", FILES, ("H65/preparation",),
        watch(
            reached_by(FILES, (NOT_READY,)), "asked for a file that was not ready",
            broken=(Sign(FILES, "asked again and again without a pause", when=_at_once, times=5),),
            handled=(Sign(FILES, "got the link", ("OK",)),),
        ),
    ),
    Situation(
        "rebates/not-the-brokers-key", "Broker Pro is called with a user's key.",
        "600100: it wants a key of the broker's own account.",
        "No report at all, or a search for the fault at KuCoin.",
        "Sign Broker Pro with the broker's own key.",
        "", "rebates", PRO, ("rest/broker-key",),
        final(PRO, ("BROKER_UNKNOWN",), "was signed with a key that is not the broker's own"),
        "Call GET /api/v2/broker/api/rebate/download with a key that a consent has made.",
    ),
    Situation(
        "rebates/span", "The report is asked for days that are malformed or too far apart.",
        "400100: begin and end are YYYYMMDD, at most six months apart.",
        "The year's report is missing.",
        "Ask for half a year at most at a time.",
        "", "rebates", PRO, ("rest/broker-rebate",),
        watch(
            reached_by(PRO, ("PARAMETER_INVALID",)), "asked for a report that there cannot be",
            broken=(again(PRO),), handled=(Sign(PRO, "asked for one that there is", ("OK",)),),
        ),
        "Ask for the file of begin=20250101 and end=20251231.",
    ),
)
# fmt: on
