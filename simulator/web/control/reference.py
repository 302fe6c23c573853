"""What can be named: operations, reasons, the format of scenarios. Made from the tables of the rules."""

from __future__ import annotations

from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from simulator.core import staged
from simulator.core.endpoint import Call, Operation
from simulator.core.endpoints import CALLS as OPERATIONS_OF_CLIENTS
from simulator.core.endpoints import OPERATIONS
from simulator.core.refusals import Grade, Reason
from simulator.scenario.keys.json_schema import schema as scenario_schema
from simulator.web.control.protocol.calls import answer
from simulator.web.control.protocol.declaration import ControlCall
from simulator.web.endpoints.desk import Desk
from simulator.web.json_schema import FLAG, TEXT, WHOLE, closed, listed, maybe, one_of, word_of

REASON_NAME: Final = one_of(*Reason.__members__)
OPERATION_NAME: Final = one_of(*(operation.name for operation in OPERATIONS.values()))


def _operation_data(operation: Operation) -> dict[str, Any]:
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
    """Every operation, with the fields and reasons that a fault can name; `faults` = a fault can strike it."""
    return answer({"operations": [_operation_data(operation) for operation in OPERATIONS.values()]})


async def reasons(desk: Desk, request: Request) -> Response:
    """Every reason to refuse, in order of precedence, with its evidence; `published` = KuCoin published the code."""
    unpublished = desk.exchange.world.choices.unpublished_code
    return answer({"reasons": [_reason_data(reason, unpublished) for reason in Reason]})


def _reason_data(reason: Reason, unpublished: str) -> dict[str, Any]:
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
        "operations": [name for name, call in OPERATIONS_OF_CLIENTS.items() if reason in call.refusals],
        "details": list(staged.details_of(reason)),
    }


async def schema(desk: Desk, request: Request) -> Response:
    """The JSON Schema of a scenario."""
    return answer(scenario_schema(), media_type="application/schema+json")


CALLS: Final = (
    ControlCall(
        "GET /operations",
        operations,
        closed(
            {
                "operations": listed(
                    closed(
                        {
                            "name": OPERATION_NAME,
                            "section": TEXT,
                            "method": maybe(TEXT),
                            "path": maybe(TEXT),
                            "fields": listed(TEXT),
                            "reasons": listed(REASON_NAME),
                            "faults": FLAG,
                        }
                    )
                )
            }
        ),
    ),
    ControlCall(
        "GET /reasons",
        reasons,
        closed(
            {
                "reasons": listed(
                    closed(
                        {
                            "name": REASON_NAME,
                            "meaning": TEXT,
                            "code": TEXT,
                            "published": FLAG,
                            "status": WHOLE,
                            "text": TEXT,
                            "rule": TEXT,
                            "grade": word_of(Grade),
                            "operations": listed(one_of(*OPERATIONS_OF_CLIENTS)),
                            "details": listed(TEXT),
                        }
                    )
                )
            }
        ),
    ),
    ControlCall("GET /schema/scenario.json", schema, {"type": "object"}, media_type="application/schema+json"),
)
