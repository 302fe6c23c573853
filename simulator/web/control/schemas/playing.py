"""The calls about the scenario, its faults, time, and what there is to be named."""

from __future__ import annotations

from typing import Final

from simulator.core.control.events import Kind
from simulator.core.gateway.rate_limits import Pool
from simulator.web.control.scenarios import TEXTS
from simulator.web.control.schemas import views
from simulator.web.control.schemas.call import MALFORMED, UNUSABLE, Shape
from simulator.web.json_schema import MS, TEXT, closed, listed, word_of

OF_MONEY: Final = {**views.DEPOSIT_FIELDS, **views.WITHDRAWAL_FIELDS}
"""What an event tells of the withdrawal or the deposit that it happens to."""
EVENTS: Final = listed(
    closed(
        {
            "kind": word_of(Kind),
            "at": MS,
            "user?": TEXT,
            "client?": TEXT,
            "consent?": TEXT,
            "transactionId?": TEXT,
            "window?": TEXT,
            **{f"{name}?": schema for name, schema in OF_MONEY.items() if name not in ("at", "user")},
        }
    )
)


DOCUMENT: Final = {"type": "object", "required": ["openapi", "info", "paths", "components"]}


CALLS: Final[dict[str, Shape]] = {
    "GET ": Shape(views.INDEX),
    "GET /scenario": Shape(views.SCENARIO),
    "PUT /scenario": Shape(views.SCENARIO, problems=UNUSABLE, body=views.SCENARIO_FILE, types=TEXTS),
    "POST /scenario/validate": Shape(views.VALID, problems=UNUSABLE, body=views.SCENARIO_FILE, types=TEXTS),
    "POST /verify": Shape(
        views.VERDICT,
        problems=(*UNUSABLE, 409),
        body=closed({"expect?": views.EXPECTATION_LIST}),
        types=TEXTS,
        required=False,
        told=((409, views.VERDICT_FIELDS),),
    ),
    "GET /faults": Shape(views.FAULTS),
    "PUT /faults": Shape(views.FAULTS, problems=UNUSABLE, body=closed({"faults": views.FAULT_LIST}), types=TEXTS),
    "POST /faults": Shape(views.FAULT, 201, UNUSABLE, body=views.FAULT_LIST["anyOf"][0]["items"], types=TEXTS),
    "DELETE /faults/{id}": Shape(None, 204, (404,)),
    "GET /clock": Shape(views.CLOCK),
    "PATCH /clock": Shape(
        views.CLOCK,
        problems=MALFORMED,
        body=closed(
            {
                "mode?": views.CLOCK_FIELDS["mode"],
                "scale?": {"type": ["string", "number"], "description": "Of mode `scaled`: 60 = a minute a second"},
            },
            minProperties=1,
        ),
    ),
    "POST /clock/advance": Shape(
        closed({**views.CLOCK_FIELDS, "events": EVENTS}),
        problems=(*MALFORMED, 404, 409),
        body=closed(
            {
                "by?": {"type": "string", "description": "A duration such as `59m59s`"},
                "to?": {"type": "string", "description": "An instant such as `2026-06-01T00:00:00Z`"},
                "to_event?": {**word_of(Kind), "description": "The next one of this kind"},
                "offset?": {"type": "string", "description": "Before (`-1s`) or behind that event"},
                "user?": TEXT,
                "client?": TEXT,
            },
            oneOf=[{"required": [name]} for name in ("by", "to", "to_event")],
        ),
    ),
    "POST /pools/refill": Shape(
        closed({"refilled": listed(closed({"pool": word_of(Pool), "user?": TEXT, "ip?": TEXT}))}),
        problems=(*MALFORMED, 404),
        body=closed({"user?": TEXT, "pool?": word_of(Pool)}),
        required=False,
    ),
    "POST /reset": Shape(views.CLOCK),
    "GET /operations": Shape(closed({"operations": listed(views.OPERATION)})),
    "GET /reasons": Shape(closed({"reasons": listed(views.REASON)})),
    "GET /schema/scenario.json": Shape({"type": "object"}, media_type="application/schema+json"),
    "GET /openapi.json": Shape(DOCUMENT),
}
