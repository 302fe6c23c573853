"""What there is to be named: operations, reasons, the format of scenarios. Made from the tables of the rules."""

from __future__ import annotations

from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from simulator.core import spec, staged
from simulator.core.operations import OPERATIONS, Operation
from simulator.core.refusals import Reason
from simulator.scenario.keys.json_schema import schema as schema_of
from simulator.web.control.calls import answer
from simulator.web.endpoints.desk import Desk
from simulator.web.endpoints.table import ENDPOINTS

SECURITY: Final = ("POST", spec.SECURITY_PATH)
API: Final = {endpoint.decode.__name__: (endpoint.method, endpoint.path) for endpoint in ENDPOINTS}
PLACES: Final = {
    **API,
    "verify_withdrawal": API["withdraw"],
    "request_authorization": ("GET", "/oauth"),
    "log_in": ("POST", "/oauth"),
    "authorize": ("POST", "/oauth"),
    "prepare_factor": SECURITY,
    "bind_factor": SECURITY,
}
"""Where each operation of a client is asked for: method and path."""


def _operation(each: Operation) -> dict[str, Any]:
    method, path = PLACES.get(each.name, (None, None))
    stage = staged.STAGES.get(each.name)
    return {
        "name": each.name,
        "section": each.section,
        "method": method,
        "path": path,
        "fields": list(stage.fields) if stage else [],
        "reasons": [reason.name for reason in Reason if reason in stage.reasons] if stage else [],
        "faults": stage is not None,
    }


async def operations(desk: Desk, request: Request) -> Response:
    """All that the exchange can do, with the fields and reasons that a fault can name; `faults` = one can strike it."""
    return answer({"operations": [_operation(each) for each in OPERATIONS.values()]})


async def reasons(desk: Desk, request: Request) -> Response:
    """Every way to say no, in order of precedence, with the evidence for it; `published` = KuCoin printed the code."""
    unpublished = desk.exchange.world.choices.unpublished_code
    return answer({"reasons": [_reason(each, unpublished) for each in Reason]})


def _reason(reason: Reason, unpublished: str) -> dict[str, Any]:
    denial = reason.denial
    return {
        "name": reason.name,
        "meaning": denial.meaning,
        "code": denial.code or unpublished,
        "published": denial.code is not None,
        "status": denial.status,
        "text": denial.text,
        "rule": denial.rule,
        "grade": denial.grade.value,
        "operations": [name for name, stage in staged.STAGES.items() if reason in stage.reasons],
        "details": list(staged.details_of(reason)),
    }


async def schema(desk: Desk, request: Request) -> Response:
    """The JSON Schema of a scenario."""
    return answer(schema_of(), media_type="application/schema+json")
