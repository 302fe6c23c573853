"""Situations of the login: what the callback brings, and the code that is exchanged for tokens."""

from __future__ import annotations

from itertools import islice, takewhile
from typing import Final

from simulator.core.fast_api.authorization import Authorized, Denied
from simulator.evidence.readiness.detectors.combinators import (
    HORIZON,
    CallCondition,
    Sign,
    again,
    final,
    reached_by,
    watch,
)
from simulator.evidence.readiness.detectors.requests import KEY_CALLS, whole
from simulator.evidence.readiness.history import History
from simulator.evidence.readiness.situation import Detector, Situation

EXCHANGE: Final = ("exchange_code",)
OPERATIONS: Final = ("authorize", "exchange_code")
LATE: Final = 10_000
"""Ms between the approval and the callback from which on a user is called slow."""
NO_CODES: Final = frozenset(("", "None", "null", "undefined", "nil", "NaN"))
"""What programs send when they have no code."""


def same_client(history: History, place: int, later: int) -> bool:
    """True if both calls are of one client."""
    first, second = (history.entries[number].outcome.subject.client for number in (place, later))
    return first == second


NEW_LOGIN: Final = Sign(("authorize",), "is a new login", when=same_client, anybody=True)


def same_code(history: History, place: int, later: int) -> bool:
    """True if a later exchange is of the code that a login issued, or that an earlier exchange sent."""
    result = history.entries[place].outcome.result
    code = result.code if isinstance(result, Authorized) else history.fields(place).get("code")
    return bool(code) and history.fields(later).get("code") == code


def _no_code(history: History, place: int, later: int) -> bool:
    empty = str(history.fields(later).get("code") or "") in NO_CODES
    return empty and history.word(later) != "OK" and same_client(history, place, later)


def tricked(trick: str) -> CallCondition:
    """True of an approval whose redirect a button of the adversary drawer has changed."""
    beginning = f"adversary drawer: {trick}"
    return lambda history, place: any(note.startswith(beginning) for note in history.entries[place].notes)


def _of_a_login_that_is_over(history: History, place: int) -> bool:
    """True if the state that was replayed is that of a login whose code has been exchanged.

    A state that waits for its callback still is a good one, for example if the user has two windows open.
    """
    if not tricked("replay an old state")(history, place):
        return False
    result = history.entries[place].outcome.result
    earlier: int | None = place
    earlier = place
    for _ in range(HORIZON):
        previous = history.before(earlier, ("authorize",), anybody=True)
        if previous is None:
            return False
        earlier, old = previous, history.entries[previous].outcome.result
        if isinstance(old, Authorized) and isinstance(result, Authorized) and old.state != result.state:
            break
    exchanges = takewhile(lambda later: later < place, history.after(earlier, EXCHANGE, anybody=True))
    return any(same_code(history, earlier, later) for later in islice(exchanges, HORIZON))


def _distrusted(trick: str, what: str, when: CallCondition | None = None) -> Detector:
    """The callback cannot be trusted: its code must never reach the exchange."""
    return watch(
        reached_by(("authorize",), ("OK",), when or tricked(trick)),
        what,
        broken=(Sign(EXCHANGE, "exchanged its code all the same", when=same_code, anybody=True),),
        handled=(NEW_LOGIN,),
        end=True,
        ending="its code was never exchanged",
    )


def _first_was_whole(history: History, place: int) -> bool:
    """True if the tokens that the code bought reached the client."""
    first = history.last_ok(place, EXCHANGE)
    return first is None or not same_code(history, place, first) or whole(history.entries[first])


def _late(history: History, place: int) -> bool:
    """True of an approval after which time passed before the browser came back, while its code stayed good."""
    struck = history.entries[place].outcome.struck
    fault = struck.fault if struck else None
    passed = fault.advance + fault.delay if fault and fault.at == "after_commit" else 0
    lifetime = history.entries[place].after.choices.authorization_code_lifetime
    return tricked("wait ten seconds")(history, place) or LATE <= passed < lifetime


def _denied(history: History, place: int) -> bool:
    return isinstance(history.entries[place].outcome.result, Denied)


# fmt: off
SITUATIONS: Final[tuple[Situation, ...]] = (
    Situation(
        "login/denied", "The user denies the consent.",
        "The browser comes back with error=access_denied and the state, and with no code.",
        "The callback breaks, or sends an empty code to the exchange; the user sees an error page.",
        "Read error before code, tell the user, and offer the login again.",
        "user-denies", "login", OPERATIONS, ("H08/denied",),
        watch(
            reached_by(("authorize",), ("OK",), _denied), "was denied by the user",
            broken=(Sign(EXCHANGE, "asked for tokens without a code", when=_no_code, anybody=True),),
            handled=(NEW_LOGIN, Sign(EXCHANGE, "went on with another login", ("OK",), same_client, anybody=True)),
            end=True, ending="no empty code was sent",
        ),
    ),
    Situation(
        "login/state-missing", "The callback comes without a state.",
        "KuCoin always sends the state back; a callback without it is forged, or cut on its way.",
        "Somebody else's account is connected to the user: money goes to a stranger's keys.",
        "Refuse a callback without the state of a login that this browser began.",
        "callback-forged", "login", OPERATIONS, ("s7.1/parameters", "s7.1/code-and-state"), _distrusted("drop state", "lost its state on the way"),
    ),
    Situation(
        "login/state-altered", "The callback comes with another state.",
        "KuCoin sends the state back byte for byte; another one belongs to no login of this browser.",
        "A forged callback connects a stranger's account (login CSRF).",
        "Compare the state with the one of this browser's session, and refuse the callback if they differ.",
        "callback-forged", "login", OPERATIONS, ("s7.1/code-and-state",), _distrusted("alter state", "came back with an altered state"),
    ),
    Situation(
        "login/state-replayed", "The callback comes with the state of an earlier login.",
        "KuCoin sends the state of this login; an old one has been used already.",
        "An attacker who has seen one callback can repeat it with a code of their own.",
        "Delete a state when its callback comes, so that it is accepted once.",
        "callback-forged", "login", OPERATIONS, ("s7.1/code-and-state",), _distrusted("replay an old state", "came back with an old state", _of_a_login_that_is_over),
    ),
    Situation(
        "login/callback-twice", "The callback is loaded twice with one code.",
        "The first exchange buys the tokens; the second is refused, because a code buys tokens once.",
        "The second callback overwrites good tokens with an error, or sends the user to log in again and again.",
        "Remember the codes that were exchanged; answer the second callback with the result of the first.",
        "callback-twice", "login", OPERATIONS, ("H06/code",),
        watch(
            reached_by(("authorize",), ("OK",), tricked("redirect twice")), "was redirected twice",
            broken=(Sign(EXCHANGE, "sent the used code again and again", ("CODE_USED",), same_code, times=2),),
            handled=(Sign(KEY_CALLS, "went on with the tokens", ("OK",)),),
            end=True, ending="the second callback changed nothing",
        ),
    ),
    Situation(
        "login/callback-late", "The user is slow: the callback comes some time after the approval.",
        "The code is still good, and the login is still the same.",
        "The broker has forgotten the login, and the user must begin again.",
        "Keep a pending login at least as long as a code lives, which is some minutes.",
        "callback-late", "login", OPERATIONS, ("H06/code",),
        watch(
            reached_by(("authorize",), ("OK",), _late), "came back late",
            handled=(Sign(EXCHANGE, "exchanged its code", ("OK",), same_code),),
            broken=(Sign(("authorize",), "sent the user through the login again, although the code was good"),),
        ),
    ),
    Situation(
        "login/code-used", "A code is exchanged a second time.",
        "The second exchange is refused; the pair that the first one bought lives on.",
        "A retry or a reload turns a user who is connected into one who is not.",
        "Exchange a code once, keep the pair, and do not repeat an exchange that was refused as used.",
        "code-used-twice", "login", EXCHANGE, ("H06/code",),
        final(EXCHANGE, ("CODE_USED",), "sent a code that was used already", when=_first_was_whole, helped_by=(Sign(KEY_CALLS, "went on with the first pair", ("OK",)),)),
    ),
    Situation(
        "login/code-expired", "The code is exchanged too late.",
        "A code lives some minutes; after that it is refused for ever.",
        "A worker that repeats the exchange never connects the user.",
        "Exchange the code in the callback itself; if it has expired, send the user through the login again.",
        "code-expired", "login", OPERATIONS, ("H06/code",),
        watch(
            reached_by(EXCHANGE, ("CODE_EXPIRED",)), "came too late with its code",
            broken=(again(EXCHANGE, "sent the expired code again"),), handled=(Sign(("authorize",), "is a new login"),),
        ),
    ),
    Situation(
        "login/code-unknown", "The callback brings a code that KuCoin never issued.",
        "The exchange refuses it.",
        "A made-up code keeps a worker busy, or its error is shown to the user as a fault of KuCoin.",
        "Show the user that the login failed, and forget the code.",
        "code-forged", "login", EXCHANGE, ("s7.2/parameters", "H06/code"),
        final(EXCHANGE, ("CODE_UNKNOWN",), "sent a code that nobody issued", helped_by=(NEW_LOGIN,)),
    ),
    Situation(
        "login/code-of-another-client", "The code was issued to another client_id.",
        "A code is bound to the client that asked for it; another client's exchange is refused.",
        "Two environments are mixed, or somebody injects a code of another application.",
        "Keep the client_id of the login with its state, and exchange the code with the same one.",
        "", "login", EXCHANGE, ("H06/code",),
        final(EXCHANGE, ("CODE_OF_ANOTHER_CLIENT",), "sent another client's code", helped_by=(NEW_LOGIN,)),
        "Log in with client_id other-broker, and exchange the code as demo-broker.",
        lines="given: {clients: {other-broker: {name: Other, secret: other-secret, redirect_uris: ['http://localhost:3000/callback']}}}",
    ),
    Situation(
        "login/redirect-differs", "The exchange names another redirect_uri than the login.",
        "It is compared character for character, and a difference is refused.",
        "Nobody can connect; the cause is one slash or a different port.",
        "Take the redirect_uri of both calls from one constant.",
        "", "login", EXCHANGE, ("H06/code", "s2/registered"),
        watch(
            reached_by(EXCHANGE, ("REDIRECT_URI_MISMATCH",)), "named another redirect_uri than the login",
            handled=(Sign(EXCHANGE, "named the right one", ("OK",), same_client, anybody=True),),
        ),
        "Log in with one of the registered redirect URIs, and exchange the code with another. It is a mistake of the set-up, so it never counts as broken.",
    ),
)
# fmt: on
