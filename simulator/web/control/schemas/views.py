"""How the control surface's answers are built: a schema for each of `control/views.py` and of the tables it shows."""

from __future__ import annotations

from typing import Final

from simulator.core import spec
from simulator.core.endpoints import CALLS, OPERATIONS
from simulator.core.fast_api.authorization import Decision
from simulator.core.gateway.pools import TOP_LEVEL
from simulator.core.refusals import Grade, Reason
from simulator.core.spec import AuthGroup, Factor, FeeDeductType
from simulator.core.world import DepositStatus, WithdrawalStatus
from simulator.scenario.keys.json_schema import schema as scenario_schema
from simulator.web.endpoints.schemas.replies_oauth import FACTOR_SETS
from simulator.web.json_schema import (
    COUNT,
    DECIMAL,
    FLAG,
    INSTANT,
    MS,
    NAME,
    TEXT,
    WHOLE,
    Schema,
    closed,
    const,
    either,
    listed,
    mapped,
    maybe,
    one_of,
    word_of,
)

CLOCK_FIELDS: Final = {
    "now": INSTANT,
    "milliseconds": MS,
    "wall": MS,
    "mode": one_of("real", "offset", "frozen", "scaled"),
    "scale": DECIMAL,
    "held": {**COUNT, "description": "For how many ms more it stands still, because the machine's clock went back"},
    "jumps": closed(
        {
            "count": {**COUNT, "description": "How often the machine's clock was set since the last reset"},
            "ahead": {**COUNT, "description": "How far ahead in all, ms"},
            "back": {**COUNT, "description": "How far back in all, ms"},
        }
    ),
}
CLOCK: Final = closed(CLOCK_FIELDS)

OWN_KEY: Final = closed({"user": NAME, "key": NAME, "secret": TEXT, "passphrase": TEXT})
CLIENT_FIELDS: Final = {
    "client_id": NAME,
    "name": TEXT,
    "client_secret": maybe(TEXT),
    "redirect_uris": listed(TEXT),
    "api_keys": listed(OWN_KEY, description="Keys made by the broker, for Broker Pro"),
}
CLIENT: Final = closed(CLIENT_FIELDS)
ACCOUNT: Final = closed({"currency": NAME, "type": NAME, "balance": DECIMAL, "available": DECIMAL, "holds": DECIMAL})
USER_FIELDS: Final = {
    "name": NAME,
    "uid": WHOLE,
    "email": TEXT,
    "phone": TEXT,
    "level": {**WHOLE, "minimum": 0, "maximum": TOP_LEVEL},
    "frozen": FLAG,
    "futures": FLAG,
    "factorSets": FACTOR_SETS,
    "apiKeys": COUNT,
    "accounts": listed(ACCOUNT),
}
USER: Final = closed(USER_FIELDS)
MESSAGES: Final = closed(
    {"messages": listed(closed({"factor": word_of(Factor), "code": NAME, "transactionId": NAME, "sentAt": MS}))}
)
TOTP: Final = closed(
    {
        "code": {"type": "string", "pattern": "^[0-9]{6}$"},
        "validFor": {**COUNT, "description": "Seconds"},
    }
)
WITHDRAWAL_FIELDS: Final = {
    "withdrawalId": NAME,
    "user": NAME,
    "currency": NAME,
    "chain": TEXT,
    "address": TEXT,
    "recipient": maybe(TEXT),
    "amount": DECIMAL,
    "debit": DECIMAL,
    "payout": DECIMAL,
    "serviceFee": DECIMAL,
    "networkFee": DECIMAL,
    "feeDeductType": word_of(FeeDeductType),
    "status": word_of(WithdrawalStatus),
    "createdAt": MS,
    "at": MS,
}
WITHDRAWAL: Final = closed(WITHDRAWAL_FIELDS)
DEPOSIT_FIELDS: Final = {
    "depositId": NAME,
    "user": NAME,
    "currency": NAME,
    "chain": NAME,
    "address": NAME,
    "memo": TEXT,
    "amount": DECIMAL,
    "account": NAME,
    "status": word_of(DepositStatus),
    "confirmations": COUNT,
    "confirms": COUNT,
    "creditedAt": MS,
    "createdAt": MS,
    "at": MS,
}
DEPOSIT: Final = closed(DEPOSIT_FIELDS)

DECIDED_FIELDS: Final[dict[str, Schema]] = {
    "decision?": word_of(Decision),
    "grant?": either(
        const("all"),
        listed(word_of(AuthGroup)),
        {"type": "object", "propertyNames": word_of(AuthGroup), "additionalProperties": FLAG},
    ),
    "addressbook_only?": FLAG,
}
DECIDED: Final = closed(
    {"user": TEXT, "decision": word_of(Decision), "grant?": listed(word_of(AuthGroup)), "addressbook_only": FLAG}
)

FILE: Final = scenario_schema()
"""A scenario's file, without the line that says which JSON Schema it is written in: OpenAPI 3.1 has that one."""
SCENARIO_FILE: Final = {name: value for name, value in FILE.items() if name != "$schema"}
FAULT_LIST: Final = FILE["properties"]["faults"]
EXPECTATION_LIST: Final = FILE["properties"]["expect"]

SCENARIO_FIELDS: Final = {
    "name": TEXT,
    "description": TEXT,
    "seed": COUNT,
    "clock": closed(
        {
            "mode": CLOCK_FIELDS["mode"],
            "scale?": DECIMAL,
            "start": maybe(INSTANT),
            "wall_offset": TEXT,
        }
    ),
    "login": closed(
        {
            "mode": TEXT,
            "user?": TEXT,
            "decision?": word_of(Decision),
            "grant?": listed(word_of(AuthGroup)),
            "addressbook_only?": FLAG,
            "logins?": listed(DECIDED),
        }
    ),
    "users": COUNT,
    "clients": COUNT,
    "faults": COUNT,
    "expectations": COUNT,
    "files": listed(TEXT),
}
SCENARIO: Final = closed({**SCENARIO_FIELDS, "text": TEXT})
VALID: Final = closed({"valid": const(value=True), **SCENARIO_FIELDS})

FAULT: Final = closed(
    {
        "id": NAME,
        "hits": COUNT,
        "seen": COUNT,
        "spent": FLAG,
        "operation": one_of(*CALLS),
        "user?": TEXT,
        "client?": TEXT,
        "match?": mapped(either(TEXT, closed({"at_least?": DECIMAL, "at_most?": DECIMAL}))),
        "times?": COUNT,
        "skip?": COUNT,
        "at": TEXT,
        "refuse?": either(one_of(*Reason.__members__), {"type": "object", "additionalProperties": TEXT}),
        "respond?": closed({"status": WHOLE, "headers?": mapped(TEXT), "body": TEXT}),
        "network?": TEXT,
        "delay?": TEXT,
    }
)
FAULTS: Final = closed({"faults": listed(FAULT)})

VERDICT_FIELDS: Final = {
    "ok": FLAG,
    "results": listed(closed({"expectation": TEXT, "ok": FLAG, "count": COUNT, "seen": listed(TEXT)})),
    "text": TEXT,
}
VERDICT: Final = closed(VERDICT_FIELDS)

OPERATION: Final = closed(
    {
        "name": one_of(*(each.name for each in OPERATIONS.values())),
        "section": TEXT,
        "method": maybe(TEXT),
        "path": maybe(TEXT),
        "fields": listed(TEXT),
        "reasons": listed(one_of(*Reason.__members__)),
        "faults": FLAG,
    }
)
REASON: Final = closed(
    {
        "name": one_of(*Reason.__members__),
        "meaning": TEXT,
        "code": TEXT,
        "published": FLAG,
        "status": WHOLE,
        "text": TEXT,
        "rule": TEXT,
        "grade": word_of(Grade),
        "operations": listed(one_of(*CALLS)),
        "details": listed(TEXT),
    }
)
INDEX: Final = closed(
    {
        "name": const("kucoin-fast-api-simulator"),
        "version": TEXT,
        "page": const(spec.PAGE_REVISION),
        "scenario": TEXT,
        "seed": COUNT,
        "workspace": NAME,
        "clients": listed(CLIENT),
        "users": COUNT,
        "calls": listed(closed({"call": TEXT, "does": TEXT, "body?": TEXT})),
        "links": mapped(TEXT),
    }
)
