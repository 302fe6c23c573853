"""Reply or refusal -> bytes, in the envelope of the endpoint's family.

The token calls answer with bare JSON. `/_oauth/resource` wraps data in success, code, msg and retry, `/api` in code.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from msgspec import json

from simulator.core.choices import Choices
from simulator.core.gateway.pools import Meter
from simulator.core.refusals import OF_THE_SERVER, Refusal
from simulator.core.value import Reply
from simulator.messages import Answer
from simulator.outcomes import Outcome

if TYPE_CHECKING:
    from simulator.core.fast_api.authorization import Authorized

_ENCODER = json.Encoder(decimal_format="number")
"""Amounts are texts, but for futures, whose are numbers with every digit."""
Headers = tuple[tuple[bytes, bytes], ...]


class Family(Enum):
    """A family of endpoints that use the same envelope."""

    TOKEN = "token"  # noqa: S105 - a word, not a secret
    RESOURCE = "resource"
    OPENAPI = "openapi"


def family(path: str) -> Family:
    """The family of the endpoints at a path."""
    if path.startswith("/api/"):
        return Family.OPENAPI
    return Family.RESOURCE if path.startswith("/_oauth/resource/") else Family.TOKEN


def as_json(value: object) -> bytes:
    """The value as compact JSON in UTF-8."""
    return _ENCODER.encode(value)


def metered(meter: Meter) -> Headers:
    """The headers that describe the rate pool, for every answer to a counted call, refusals included.

    `reset` is in ms from now. There is no Retry-After [rest/rate-headers]. Answers of the server itself to what is no
    call of an endpoint (404, 405, 413), and a scenario's `respond`, do not have these headers [H61/no-headers].
    """
    return (
        (b"gw-ratelimit-limit", b"%d" % meter.limit),
        (b"gw-ratelimit-remaining", b"%d" % meter.remaining),
        (b"gw-ratelimit-reset", b"%d" % meter.reset),
    )


def spelled(family: Family, outcome: Outcome, choices: Choices) -> Answer:
    """The answer with an outcome, in the envelope of its family."""
    headers = metered(outcome.meter) if outcome.meter else ()
    if isinstance(outcome.result, Refusal):
        return refused(family, outcome.result, choices, headers)
    return accepted(family, outcome.result, headers)


def accepted(family: Family, reply: Reply, headers: Headers = ()) -> Answer:
    """The answer with a reply, in the envelope of its family."""
    data = reply.data()
    if family is Family.OPENAPI:
        data = {"code": "200000", "data": data}
    elif family is Family.RESOURCE:
        data = {"success": True, "code": "200", "msg": "success", "retry": False, "data": data}
    return Answer(200, as_json(data), headers=headers)


def authorized(reply: Authorized, state: str) -> Answer:
    """The "response" that s7.1 prints, where `code` is the authorization code. `state` is decoded."""
    return Answer(
        200,
        as_json({"success": True, "code": reply.code, "msg": "success.", "retry": False, "data": None, "state": state}),
    )


def refused(family: Family, refusal: Refusal, choices: Choices, headers: Headers = ()) -> Answer:
    """The answer with a refusal, in the envelope of its family.

    On /api a business refusal (HTTP 200) has `msg` first, as captured answers have.
    """
    reason = refusal.reason
    denial = reason.denial
    code, text = denial.code or choices.unpublished_code, refusal.text
    body: dict[str, object]
    if reason in OF_THE_SERVER:
        body = {"code": code, "msg": text, "retry": False, "success": False}
    elif family is Family.TOKEN and denial.oauth and choices.oauth_error_body == "rfc6749":
        body = {"error": denial.oauth, "error_description": text.partition(": ")[2] or text}
    elif family is not Family.OPENAPI:
        body = {"success": False, "code": code, "msg": text, "retry": False}
    elif denial.status == 200:
        body = {"msg": text, "code": code}
    else:
        body = {"code": code, "msg": text}
    return Answer(denial.status, as_json(body), headers=headers)
