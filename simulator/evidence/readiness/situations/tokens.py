"""Situations of the tokens: when they end, what a refresh retires, and consents that are gone."""

from __future__ import annotations

from typing import Final

from simulator.core import spec
from simulator.core.fast_api.tokens import TokensIssued, bearer_token, consent_of
from simulator.core.refusals import Refusal
from simulator.core.world import Consent
from simulator.evidence.readiness.detectors.combinators import (
    HOUR,
    PATIENCE,
    CallCondition,
    Sign,
    again,
    either,
    final,
    reached_by,
    watch,
)
from simulator.evidence.readiness.detectors.requests import KEY_CALLS, whole
from simulator.evidence.readiness.history import History
from simulator.evidence.readiness.situation import Detector, Situation

REFRESH: Final = ("refresh_tokens",)
PAIRS: Final = ("exchange_code", "refresh_tokens")
BOTH: Final = (*KEY_CALLS, *REFRESH)
AT_ONCE: Final = 2_000
"""Ms between two refreshes with one token that count as made at the same time."""
LATE: Final = 600_000
"""Ms before the end of a refresh token's life within which a refresh is said to be at the last moment."""
RECOVERED: Final = (
    Sign(REFRESH, "refreshed the pair", ("OK",)),
    Sign(("authorize", "exchange_code"), "is a new login"),
    Sign(KEY_CALLS, "used the pair that is good", ("OK",)),
)


def same_bearer(history: History, place: int, later: int) -> bool:
    """True if both calls carry one access token, and the later one was refused for it."""
    first, second = (history.entries[number].request.headers.get(b"authorization") for number in (place, later))
    return first == second and history.word(later).startswith("ACCESS_TOKEN_")


def consent_at(history: History, place: int) -> Consent | None:
    """The consent behind the token of a call, if the token is one of ours."""
    entry = history.entries[place]
    try:
        if entry.outcome.operation in KEY_CALLS:
            holder = consent_of(entry.before, bearer_token(entry.request.header(b"authorization")), "access")
        else:
            holder = consent_of(entry.before, str(history.fields(place).get("refresh_token")), "refresh")
    except Refusal:
        return None
    return holder[0] if holder else None


def _revoked(history: History, place: int) -> bool:
    consent = consent_at(history, place)
    return consent is not None and consent.revoked


def _last_pair(history: History, place: int) -> int | None:
    """The place of the call that brought the user's pair of tokens."""
    return history.last_ok(place, PAIRS)


def last_was_whole(history: History, place: int) -> bool:
    """True if the user's newest pair of tokens reached the client."""
    last = _last_pair(history, place)
    return last is None or whole(history.entries[last])


def same_refresh_token(history: History, place: int, later: int) -> bool:
    """True if both refreshes send one token."""
    return history.fields(place).get("refresh_token") == history.fields(later).get("refresh_token")


def _at_once(history: History, place: int) -> bool:
    """True if the token was used by another refresh a moment before."""
    last = _last_pair(history, place)
    if last is None or not same_refresh_token(history, place, last) or not whole(history.entries[last]):
        return False
    return history.at(place).wall - history.at(last).wall < AT_ONCE


def _of_age(low: int, high: int) -> CallCondition:
    """True of a refresh, with its answer, when the pair was at least `low` and less than `high` ms old."""

    def condition(history: History, place: int) -> bool:
        last = _last_pair(history, place)
        if last is None or not whole(history.entries[place]):
            return False
        return low <= history.at(place).business - history.at(last).business < high

    return condition


def _retired_by(history: History, place: int, later: int) -> bool:
    """True if a later call carries the access token that a refresh has put an end to."""
    last = _last_pair(history, place)
    result = history.entries[last].outcome.result if last is not None else None
    header = history.entries[later].request.header(b"authorization") or ""
    return isinstance(result, TokensIssued) and header.endswith(f" {result.access_token}")


def _refreshed(low: int, high: int, what: str) -> Detector:
    """After a refresh the new pair is used, and the retired one is not."""
    return watch(
        reached_by(REFRESH, ("OK",), _of_age(low, high)), what,
        broken=(Sign(KEY_CALLS, "went on with an access token that the refresh had retired", ("ACCESS_TOKEN_SUPERSEDED",), _retired_by, times=3),),
        handled=(Sign(BOTH, "used the new pair", ("OK",)), Sign(("authorize",), "is a new login")), lasting=True,
    )  # fmt: skip


def _superseded(history: History, place: int) -> bool:
    return last_was_whole(history, place) and not _revoked(history, place) and not _at_once(history, place)


def _of_a_lost_refresh(history: History, place: int) -> bool:
    """True of a retired access token, if the answer with the newer one was lost: a refresh whose answer came has a row."""
    return not last_was_whole(history, place) and not _revoked(history, place)


def _within_an_hour(history: History, place: int, later: int) -> bool:
    """True if a later call, of whomever its token is, comes within an hour."""
    return history.at(later).business - history.at(place).business < HOUR


# fmt: off
SITUATIONS: Final[tuple[Situation, ...]] = (
    Situation(
        "tokens/access-expired", "The access token is an hour old.",
        "It is refused with 401 from the first instant on at which the hour has passed.",
        "No key can be made, and the user seems to be disconnected.",
        "Refresh the pair, or let the user log in again, and use the new access token.",
        "access-token-expired", "tokens", KEY_CALLS, ("s6.3/access-lifetime", "H11/bearer-codes"),
        watch(
            reached_by(KEY_CALLS, ("ACCESS_TOKEN_EXPIRED",)), "came with an expired access token",
            broken=(Sign(KEY_CALLS, "came with the expired token again and again", when=same_bearer, times=2),), handled=RECOVERED, lasting=True,
        ),
    ),
    Situation(
        "tokens/access-superseded", "The access token is dead, because of a refresh whose answer was lost.",
        "It is refused with 401, although its hour has not passed.",
        "The broker believes in a token that died with an answer that it never got.",
        "When the token is refused, try the refresh once, and then let the user log in.",
        "refresh-answer-lost", "tokens", KEY_CALLS, ("s6.3/old-access-token", "H11/bearer-codes"),
        watch(
            reached_by(KEY_CALLS, ("ACCESS_TOKEN_SUPERSEDED",), _of_a_lost_refresh), "came with a retired access token",
            broken=(Sign(KEY_CALLS, "came with the retired token again and again", when=same_bearer, times=2),), handled=RECOVERED, lasting=True,
        ),
    ),
    Situation(
        "tokens/refresh-before-expiry", "The pair is refreshed while the access token is still good.",
        "The old access token is dead at once, whether its hour has passed or not.",
        "A cache or a second process goes on with the old token and loses every call.",
        "Replace both tokens in one step wherever they are kept.",
        "refresh-retires-old-token", "tokens", REFRESH, ("s6.3/old-access-token", "s6.3/new-pair"),
        _refreshed(0, spec.ACCESS_TOKEN_LIFETIME, "refreshed a pair that was still good"),
    ),
    Situation(
        "tokens/refresh-after-expiry", "The pair is refreshed after the access token has expired.",
        "The refresh token lives three days; it brings a new pair, and its own life begins anew.",
        "The user must log in every hour if the refresh is not made, or its answer not used.",
        "Refresh when the hour is over, and use the new access token from then on.",
        "access-token-expired", "tokens", REFRESH, ("s6.3/refresh-lifetime", "s6.3/new-pair"),
        _refreshed(spec.ACCESS_TOKEN_LIFETIME, spec.REFRESH_TOKEN_LIFETIME - LATE, "refreshed a pair whose access token had expired"),
    ),
    Situation(
        "tokens/refresh-last-moment", "The pair is refreshed minutes before the refresh token ends.",
        "Three days minus a moment is still in time; three days are too late.",
        "A job that runs every three days loses users whenever it starts a little later.",
        "Refresh well ahead of the three days, for example once a day.",
        "refresh-last-moment", "tokens", REFRESH, ("s6.3/refresh-lifetime",),
        _refreshed(spec.REFRESH_TOKEN_LIFETIME - LATE, spec.REFRESH_TOKEN_LIFETIME, "refreshed a pair in the last minutes of its life"),
    ),
    Situation(
        "tokens/refresh-superseded", "A refresh token is used that an earlier refresh has used already.",
        "Each refresh brings a new refresh token, and the old one is refused.",
        "A broker that stores only the access token can refresh once and then never again.",
        "Store both tokens of each answer. When the stored one is refused, read the newest pair, else let the user log in.",
        "refreshed-elsewhere", "tokens", REFRESH, ("H05/refresh-token-reuse", "s6.3/new-pair"),
        watch(
            reached_by(REFRESH, ("REFRESH_TOKEN_SUPERSEDED",), _superseded), "came with a refresh token that had been used",
            broken=(again(REFRESH, "sent the used refresh token again and again"),), handled=RECOVERED, lasting=True,
        ),
    ),
    Situation(
        "tokens/refresh-concurrent", "Two workers refresh one pair at the same time.",
        "The first refresh wins; the second one's token has just been used and is refused.",
        "The loser declares the user disconnected, or overwrites the good pair with an error.",
        "Let one worker refresh at a time; whoever is refused reads the pair that the other one stored.",
        "refresh-concurrent", "tokens", REFRESH, ("H05/refresh-token-reuse",),
        watch(
            reached_by(REFRESH, ("REFRESH_TOKEN_SUPERSEDED",), _at_once), "lost a race of two refreshes",
            broken=(again(REFRESH, "sent the lost refresh token again and again"),), handled=RECOVERED,
        ),
    ),
    Situation(
        "tokens/refresh-expired", "The refresh token is three days old.",
        "Both tokens are dead; only the user can bring new ones, by logging in again.",
        "A job repeats a refresh that can never succeed, and nobody asks the user.",
        "Ask the user for a new login. The API key that was made works on without tokens.",
        "refresh-token-expired", "tokens", REFRESH, ("s6.3/refresh-lifetime",),
        watch(
            reached_by(REFRESH, ("REFRESH_TOKEN_EXPIRED",)), "came three days too late",
            broken=(again(REFRESH, "sent the expired refresh token again and again"),), handled=(Sign(("authorize", "exchange_code"), "is a new login"),),
        ),
    ),
    Situation(
        "tokens/consent-revoked", "The user has revoked the consent.",
        "Both tokens are refused from then on; keys that exist go on working.",
        "The broker keeps knocking for a user who has left.",
        "Mark the user as disconnected, stop, and offer the login.",
        "consent-revoked", "tokens", BOTH, ("H22/keys-outlive-tokens", "H11/bearer-codes"),
        watch(
            reached_by(BOTH, ("ACCESS_TOKEN_SUPERSEDED", "REFRESH_TOKEN_SUPERSEDED"), _revoked), "came with a token of a revoked consent",
            broken=(again(BOTH, "knocked again and again for a user who has left"),),
            handled=(Sign(("authorize", "exchange_code"), "is a new login"), Sign(BOTH, "used a newer consent", ("OK",))), end=True, ending="nothing knocked again and again",
        ),
    ),
    Situation(
        "tokens/kinds-mixed", "The wrong kind of token is sent.",
        "An access token makes keys and a refresh token buys pairs; neither does the other's work.",
        "The user is connected, and nothing works.",
        "Keep the two tokens under two names, and never fall back from one to the other.",
        "", "tokens", BOTH, ("s6.1/kinds",),
        either(
            *(
                watch(
                    reached_by(calls, (word,)), "came with a token that is none of this kind",
                    broken=(Sign(calls, "came with such a token again and again", (word,), _within_an_hour, times=PATIENCE, anybody=True),),
                    handled=(Sign(calls, "came with the right token", ("OK",), anybody=True),),
                )
                for calls, word in ((KEY_CALLS, "ACCESS_TOKEN_UNKNOWN"), (REFRESH, "REFRESH_TOKEN_UNKNOWN"))
            )
        ),
        "Ask for a key with the refresh token in the header Authorization.",
    ),
    Situation(
        "tokens/bearer-missing", "A key is asked for without an access token.",
        "The header Authorization: bearer {access_token} is compulsory; without it the call is 401.",
        "A proxy or a redirect drops the header, and no user can be connected.",
        "Send the header with every request for a key, also after a redirect.",
        "", "tokens", KEY_CALLS, ("s6.2/bearer", "s3/authorization-mandatory"),
        final(KEY_CALLS, ("AUTHORIZATION_MISSING",), "came without an access token", helped_by=(Sign(KEY_CALLS, "came with a token", ("OK",), anybody=True),), end=None),
        "Ask for a key without the header Authorization.",
    ),
)
# fmt: on
