"""Which plan an order follows: the first one of the world that matches it."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from fnmatch import fnmatchcase
from typing import Final

from simulator.core.world import OrderPlan, OrderTerms, World

FIELDS: Final = {
    "price": "price",
    "size": "size",
    "funds": "funds",
    "timeInForce": "time_in_force",
    "cancelAfter": "cancel_after",
    "postOnly": "post_only",
    "hidden": "hidden",
    "iceberg": "iceberg",
    "visibleSize": "visible_size",
    "stp": "stp",
    "remark": "remark",
    "tags": "tags",
}
"""Further fields that a plan can match, by KuCoin's names, and where the terms have them."""


def plan_of(world: World, user: str, terms: OrderTerms, client_oid: str) -> OrderPlan | None:
    """The first plan that matches the order; None = none does [H100/plans]."""
    for plan in world.order_plans:
        if matches(plan, user, terms, client_oid):
            return plan
    return None


def matches(plan: OrderPlan, user: str, terms: OrderTerms, client_oid: str) -> bool:
    """True if the order is one that the plan is about. Absent fields match everything; numbers match by their value."""
    return (
        plan.user in ("", user)
        and plan.symbol in ("", terms.symbol)
        and plan.side in (None, terms.side)
        and plan.type in (None, terms.type)
        and (not plan.client_oid or _alike(plan.client_oid, client_oid))
        and all(_same(text, getattr(terms, FIELDS[name])) for name, text in plan.match)
    )


def _alike(pattern: str, client_oid: str) -> bool:
    """True if the clientOid fits the pattern, in which only `*` and `?` are special."""
    return fnmatchcase(client_oid, pattern.replace("[", "[[]"))


def _same(text: str, value: object) -> bool:
    """True if a field of the terms is what the plan says. Numbers are compared by their value."""
    if isinstance(value, Decimal):
        try:
            return Decimal(text) == value
        except InvalidOperation:
            return False
    if isinstance(value, bool):
        return text == str(value).lower()
    return text == ("" if value is None else str(getattr(value, "value", value)))
