"""What there is to be named: operations, reasons, the format of scenarios. Made from the tables of the rules."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from simulator.core import staged
from simulator.core.endpoint import Call, Operation
from simulator.core.endpoints import CALLS, OPERATIONS
from simulator.core.refusals import Reason
from simulator.scenario.keys.json_schema import schema as schema_of
from simulator.web.control.calls import answer
from simulator.web.endpoints.desk import Desk


def _operation(operation: Operation) -> dict[str, Any]:
    call = operation if isinstance(operation, Call) else None
    return {
        "name": operation.name,
        "section": operation.section,
        "method": call.method if call else None,
        "path": call.path if call else None,
        "fields": list(call.fields) if call else [],
        "reasons": [reason.name for reason in Reason if reason in call.refusals] if call else [],
        "faults": call is not None,
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
        "operations": [name for name, call in CALLS.items() if reason in call.refusals],
        "details": list(staged.details_of(reason)),
    }


async def schema(desk: Desk, request: Request) -> Response:
    """The JSON Schema of a scenario."""
    return answer(schema_of(), media_type="application/schema+json")
