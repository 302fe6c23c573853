"""Every way to earn a refusal of Broker Pro: a good request, and what can be wrong."""

from __future__ import annotations

from typing import Any, Final

from simulator.core.broker_pro.commission import GetCommission, ListBrokerTransactions, ListBrokerUsers
from simulator.core.broker_pro.rebates import GetRebate, GetRebateV2
from simulator.core.refusals import Reason
from simulator.core.world import MadeBy
from support.broker_pro import OWN, earning
from support.desk import Desk
from support.refusal_cases.defects import Case, Defect, Fields, change_key, choose
from support.refusal_cases.fast_api import GATEWAY_DEFECTS, signed_as

ASKED: Final = (
    *("begin", "end", "tradeType", "siteType", "rebateType", "startAt", "endAt"),
    *("page", "pageSize", "direction", "lastId"),
)


def _case(command: Any, asked: Fields, *more: Defect, wrong: tuple[Fields, ...]) -> Case:
    """A call with these parameters, and what can be wrong with each of them."""

    def prepare(desk: Desk) -> Fields:
        desk.world = earning(desk.world)
        return {"credentials": OWN, **asked}

    def build(desk: Desk, fields: Fields) -> Any:
        return command(signed_as(desk, fields), {name: fields[name] for name in ASKED if fields.get(name) is not None})

    return Case(
        prepare,
        build,
        (
            *GATEWAY_DEFECTS,
            Defect(Reason.PERMISSION_MISSING, world=change_key(groups=())),
            Defect(Reason.BROKER_UNKNOWN, world=change_key(made_by=MadeBy.CONSENT)),
            *(Defect(Reason.PARAMETER_INVALID, each) for each in wrong),
            *more,
        ),
    )


NOT_READY: Final = Defect(Reason.REBATE_FILE_NOT_READY, world=choose(rebate_delay=1))
DAYS: Final = ({"begin": None}, {"end": "2026-06-01"}, {"end": "20260230"}, {"tradeType": None}, {"tradeType": "all"})
CASES: Final[dict[str, Case]] = {
    "get_rebate": _case(
        GetRebate,
        {"begin": "20260501", "end": "20260601", "tradeType": "1"},
        NOT_READY,
        wrong=(*DAYS, {"tradeType": "SPOT"}, {"end": "20260430"}),
    ),
    "get_rebate_v2": _case(
        GetRebateV2,
        {"begin": "20260501", "end": "20260601", "tradeType": "FUTURE"},
        NOT_READY,
        wrong=(*DAYS, {"tradeType": "1"}, {"end": "20261102"}),
    ),
    "get_commission": _case(
        GetCommission,
        {"siteType": "all", "tradeType": "all", "rebateType": "0"},
        wrong=({"tradeType": "spot"}, {"rebateType": "3"}, {"startAt": "x"}, {"page": "0"}, {"pageSize": "501"}),
    ),
    "list_broker_users": _case(
        ListBrokerUsers,
        {"tradeType": "all"},
        wrong=({"tradeType": "1"}, {"page": "-1"}, {"startAt": "2", "endAt": "1"}),
    ),
    "list_broker_transactions": _case(
        ListBrokerTransactions,
        {"direction": "NEXT"},
        wrong=({"direction": "PREV"}, {"lastId": "x"}, {"pageSize": "0"}),
    ),
}
