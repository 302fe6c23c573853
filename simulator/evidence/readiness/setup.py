"""Mistakes in the configuration of a client: they say nothing about how it handles a situation."""

from __future__ import annotations

from typing import Final

from simulator.core.refusals import Reason
from simulator.core.value import Value
from simulator.evidence.readiness.history import History

R = Reason


class SetupFinding(Value, frozen=True):
    """One mistake in the configuration. `text` and `fix` quote nothing that a client sent."""

    id: str
    """Such as `setup/client`."""
    title: str
    text: str
    fix: str
    count: int
    """How many calls show it."""
    entry: int
    """The number of the first of them."""


class SetupRule(Value, frozen=True):
    """What shows a mistake of the configuration: the reasons of refusals, or parts of notes."""

    id: str
    title: str
    fix: str
    reasons: tuple[Reason, ...] = ()
    notes: tuple[str, ...] = ()


# fmt: off
CHECKS: Final[tuple[SetupRule, ...]] = (
    SetupRule("setup/host", "A call went to the wrong host or path", "KuCoin serves /_oauth and the login at www.kucoin.com and /api at api.kucoin.com: compare the base URLs of the client with them.", (R.HOST_NOT_SERVED, R.UNKNOWN_PATH, R.METHOD_NOT_ALLOWED), ("KuCoin serves this path on",)),
    SetupRule("setup/protocol", "The client does not speak HTTP/1.1 as the port expects it", "Check the scheme, the proxy and the HTTP version of the client.", (R.NOT_HTTP, R.PROTOCOL_NOT_SERVED, R.HEADER_REPEATED)),
    SetupRule("setup/client", "The client_id or the client_secret is wrong", "Take both from the registration of this environment; --client-id and the scenario say which ones are known here.", (R.CLIENT_UNKNOWN, R.CLIENT_SECRET_INVALID)),
    SetupRule("setup/redirect-uri", "The redirect_uri is not the registered one, or differs between login and exchange", "Take it from one constant, register it character for character, and do not encode it.", (R.REDIRECT_URI_UNREGISTERED, R.REDIRECT_URI_MISMATCH, R.REDIRECT_URI_ENCODED), ("redirect_uri was percent-encoded",)),
    SetupRule("setup/oauth-parameters", "A parameter of the login or of the tokens is missing or has another value than the page prints", "Send response_type=code, scope=OAUTH_CREATE_API, a state, and grant_type=authorization_code, also with a refresh.", (R.PARAMETER_MISSING, R.PARAMETER_REPEATED, R.RESPONSE_TYPE_UNSUPPORTED, R.GRANT_TYPE_UNSUPPORTED, R.SCOPE_INVALID, R.REFRESH_ENCODING_REFUSED)),
    SetupRule("setup/body", "A body has another format than its content type says", "Send JSON as UTF-8 with Content-Type: application/json.", (R.UNSUPPORTED_MEDIA_TYPE, R.BODY_NOT_UTF8, R.BODY_NOT_JSON, R.BODY_NOT_AN_OBJECT, R.BODY_TOO_LARGE)),
    SetupRule("setup/clock", "The clock of the client is off, or its timestamp is not in milliseconds", "Synchronize the clock, send milliseconds, and correct by GET /api/v1/timestamp.", (R.TIMESTAMP_INVALID,)),
    SetupRule("setup/key-version", "KC-API-KEY-VERSION is missing or old", "Keys of the Fast API are of version 3: send KC-API-KEY-VERSION: 3.", (R.KEY_VERSION_ABOLISHED, R.KEY_VERSION_INVALID)),
    SetupRule("setup/signature", "A signed call has an unknown key or no valid signature", "Use the three parts of one key of this exchange. Send all KC-API headers; sign timestamp + METHOD + path[?query] + body, and the passphrase as well.", (R.HEADER_MISSING, R.API_KEY_UNKNOWN, R.PASSPHRASE_INVALID, R.SIGNATURE_INVALID)),
    SetupRule("setup/partner", "The headers of the partner are wrong", "Sign timestamp + partner + API key with the broker key.", (R.UNKNOWN_PARTNER, R.PARTNER_SIGNATURE_INVALID)),
)
# fmt: on
"""In the order in which a set-up is made."""
BY_REASON: Final = {reason.name: check for check in CHECKS for reason in check.reasons}


def setup_findings(history: History) -> tuple[SetupFinding, ...]:
    """The findings of a history, in the order of a set-up. What a fault of the scenario refused is no finding."""
    counts: dict[str, int] = {}
    entries: dict[str, int] = {}
    for (_, word), places in history.by_outcome.items():
        if (check := BY_REASON.get(word)) is None:
            continue
        numbers = [history.number(place) for place in places if _of_the_setup(history, place)]
        if numbers:
            counts[check.id] = counts.get(check.id, 0) + len(numbers)
            entries[check.id] = min(entries.get(check.id, numbers[0]), numbers[0])
    for place in history.noted:
        for check in CHECKS:
            if any(part in note for note in history.entries[place].notes for part in check.notes):
                number = history.number(place)
                counts[check.id] = counts.get(check.id, 0) + 1
                entries[check.id] = min(entries.get(check.id, number), number)
    return tuple(
        SetupFinding(
            check.id, check.title, f"{_calls(counts[check.id])}, #{entries[check.id]} first", check.fix, counts[check.id],
            entries[check.id],
        )
        for check in CHECKS
        if check.id in counts
    )  # fmt: skip


def _of_the_setup(history: History, place: int) -> bool:
    """False of a staged refusal, a code that is missing because there is none, and a key that the user has deleted."""
    entry = history.entries[place]
    refusal = entry.refusal
    if entry.outcome.prevented or refusal is None:
        return False
    if refusal.reason is R.PARAMETER_MISSING:
        return refusal.details.get("field") != "code"
    return refusal.reason is not R.API_KEY_UNKNOWN or not history.made_here(place)


def _calls(count: int) -> str:
    return "one call" if count == 1 else f"{count} calls"
