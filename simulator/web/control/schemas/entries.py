"""The calls about what happened: the journal, explanations, rules, snapshots and the state."""

from __future__ import annotations

from typing import Final

from simulator.core.endpoints import OPERATIONS
from simulator.core.refusals import Grade, Reason
from simulator.web.control.schemas import views
from simulator.web.control.schemas.call import LIMIT, MALFORMED, UNUSABLE, Shape
from simulator.web.json_schema import (
    ANYTHING,
    COUNT,
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
    one_of,
    query,
    word_of,
)

OUTCOME: Final = one_of("OK", "NOT_PERFORMED", *Reason.__members__)
OPERATION: Final = one_of(*(each.name for each in OPERATIONS.values()))
NUMBER: Final = {"type": "integer", "minimum": 0, "maximum": 10**18 - 1}

RULE: Final = closed({"id": NAME, "quote": TEXT, "reading": TEXT, "grade": TEXT, "source": TEXT})
WHOLE_RULE: Final = closed(
    {
        "id": NAME,
        "section": NAME,
        "quote": TEXT,
        "reading": TEXT,
        "grade": TEXT,
        "source": TEXT,
        "home": TEXT,
        "test": TEXT,
    }
)
SIGNATURE: Final = closed(
    {
        "header": TEXT,
        "fits": one_of("right", "wrong", "none"),
        "recipe": listed(TEXT),
        "says": TEXT,
        "compare?": listed(TEXT),
        "right?": TEXT,
        "signed?": TEXT,
        "difference?": ANYTHING,
    }
)
REFUSED: Final = closed(
    {
        "reason": one_of(*Reason.__members__),
        "meaning": TEXT,
        "rule": TEXT,
        "grade": word_of(Grade),
        "section": TEXT,
        "quote": TEXT,
        "rules": listed(RULE),
        "expected": TEXT,
        "received": TEXT,
        "causes": listed(TEXT),
        "staged": FLAG,
        "found": listed(TEXT),
        "signature?": SIGNATURE,
    }
)
DEPARTED: Final = closed({"departures": listed(closed({"note": TEXT, "rules": listed(RULE)}))})

LINE_FIELDS: Final[dict[str, Schema]] = {
    "number": COUNT,
    "method": TEXT,
    "path": TEXT,
    "status": WHOLE,
    "operation": either(const(""), OPERATION),
    "user": TEXT,
    "client": TEXT,
    "businessTime": MS,
    "wallTime": MS,
    "microseconds": COUNT,
    "outcome": OUTCOME,
    "notes": listed(TEXT),
    "fault?": closed({"id": TEXT, "at": TEXT, "effect": TEXT, "custom": FLAG}),
    "diagnosis?": either(REFUSED, DEPARTED),
    "evidenceFailures?": listed(TEXT),
}
LINES: Final = closed({"requests": listed(closed(LINE_FIELDS)), "next": COUNT})
ENTRY_FIELDS: Final[dict[str, Schema]] = {
    **LINE_FIELDS,
    "workspace": NAME,
    "request": closed({"method": TEXT, "path": TEXT, "query": TEXT, "headers": mapped(TEXT), "ip": TEXT, "body": TEXT}),
    "answer": closed({"status": WHOLE, "headers": mapped(TEXT), "body": TEXT}),
    "changes": listed(
        closed(
            {
                "table": NAME,
                "key": either(TEXT, listed(TEXT)),
                "changes": mapped(listed(ANYTHING, minItems=2, maxItems=2)),
            }
        )
    ),
}
EXPLAINED: Final = {name: schema for name, schema in ENTRY_FIELDS.items() if name != "number"}
HAR: Final = closed(
    {
        "log": closed(
            {
                "version": const("1.2"),
                "creator": closed({"name": TEXT, "version": TEXT}),
                "entries": listed({"type": "object", "required": ["request", "response", "startedDateTime", "time"]}),
            }
        )
    }
)
FILTERS: Final = (
    query("operation", OPERATION),
    query("user", TEXT),
    query("client", TEXT),
    query("outcome", OUTCOME),
    query("path", TEXT),
    query("status", {"type": "integer", "minimum": 0}),
)
SINCE: Final = query("since", NUMBER, "What came after this entry, oldest first")

REQUEST: Final = closed(
    {
        "method?": NAME,
        "path?": NAME,
        "query?": TEXT,
        "headers?": mapped(TEXT),
        "body?": TEXT,
        "ip?": TEXT,
        "entry?": {"type": "integer", "description": "A journal entry's request, in place of one that is told"},
        "at?": {**one_of("now", "then"), "description": "Judged in the world of now, or in that of the entry"},
    },
    anyOf=[{"required": ["method", "path"]}, {"required": ["entry"]}],
)
SIGNED: Final = closed(
    {
        "method": NAME,
        "path": NAME,
        "timestamp": {"type": ["string", "integer"]},
        "sign": NAME,
        "query?": TEXT,
        "body?": TEXT,
        "host?": TEXT,
        "key?": TEXT,
        "secret?": TEXT,
        "passphrase?": TEXT,
    }
)
SNAPSHOT: Final = closed({"name": NAME, "at": INSTANT, "entry": COUNT})
STATE: Final = closed({"version": const(1), "page": NAME, "state": {"type": "object"}})

CALLS: Final[dict[str, Shape]] = {
    "GET /requests": Shape(LINES, problems=(400,), query=(*FILTERS, SINCE, LIMIT)),
    "DELETE /requests": Shape(closed({"dropped": COUNT, "next": COUNT})),
    "GET /requests/unrouted": Shape(closed({"requests": listed(closed(LINE_FIELDS))}), problems=(400,), query=(LIMIT,)),
    "GET /requests/wait": Shape(
        LINES,
        problems=(400, 408),
        query=(
            *FILTERS,
            SINCE,
            query("count", {"type": "integer", "minimum": 1, "maximum": 1000}, "How many to wait for; 1 without"),
            query("timeout", {"type": "integer", "minimum": 0, "maximum": 60}, "Seconds; 10 without"),
        ),
        told=((408, {"requests": listed(closed(LINE_FIELDS)), "next": COUNT}),),
    ),
    "GET /requests/stream": Shape(TEXT, problems=(400,), query=(*FILTERS, SINCE), media_type="text/event-stream"),
    "GET /requests.har": Shape(HAR, problems=(400,), query=(*FILTERS, SINCE, LIMIT)),
    "GET /requests/{number}": Shape(closed(ENTRY_FIELDS), problems=(404,)),
    "POST /explain": Shape(closed(EXPLAINED), problems=(*MALFORMED, 404), body=REQUEST),
    "POST /explain/signature": Shape(SIGNATURE, problems=MALFORMED, body=SIGNED),
    "GET /rules": Shape(
        closed({"rules": listed(WHOLE_RULE)}), problems=(404,), query=(query("section", TEXT, "Such as `s6.3`"),)
    ),
    "GET /snapshots": Shape(closed({"snapshots": listed(SNAPSHOT)})),
    "POST /snapshots": Shape(
        SNAPSHOT,
        201,
        (*MALFORMED, 409),
        body=closed({"name": {"type": "string", "pattern": "^[A-Za-z0-9._-]{1,60}$"}}),
    ),
    "DELETE /snapshots/{name}": Shape(None, 204, (404,)),
    "POST /snapshots/{name}/restore": Shape(closed({**views.CLOCK_FIELDS, "snapshot": SNAPSHOT}), problems=(404,)),
    "POST /rewind": Shape(
        closed({**views.CLOCK_FIELDS, "entry": COUNT}),
        problems=(*MALFORMED, 404, 410),
        body=closed({"to?": WHOLE, "before?": WHOLE}, oneOf=[{"required": ["to"]}, {"required": ["before"]}]),
    ),
    "GET /state": Shape(STATE),
    "PUT /state": Shape(views.CLOCK, problems=UNUSABLE, body=STATE),
}
