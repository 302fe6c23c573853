"""The schemas of the journal's entries. The entries themselves are made by `simulator/evidence/views.py`."""

from __future__ import annotations

from typing import Final

from simulator.core.endpoints import OPERATIONS
from simulator.core.refusals import Grade, Reason
from simulator.web.json_schema import (
    ANYTHING,
    COUNT,
    FLAG,
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
    word_of,
)

OUTCOME: Final = one_of("OK", "NOT_PERFORMED", *Reason.__members__)
OPERATION: Final = one_of(*(operation.name for operation in OPERATIONS.values()))
RULE: Final = closed({"id": NAME, "quote": TEXT, "reading": TEXT, "grade": TEXT, "source": TEXT})
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
    "status": {**WHOLE, "description": "0 = no answer"},
    "operation": either(const(""), OPERATION),
    "user": TEXT,
    "client": TEXT,
    "business_time": MS,
    "wall_time": MS,
    "microseconds": COUNT,
    "outcome": OUTCOME,
    "notes": listed(TEXT),
    "fault?": closed({"id": TEXT, "at": TEXT, "effect": TEXT, "custom": FLAG, "happened?": listed(TEXT)}),
    "diagnosis?": either(REFUSED, DEPARTED),
    "evidence_failures?": listed(TEXT),
}
LINE: Final = closed(LINE_FIELDS)
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
