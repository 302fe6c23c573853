"""The section `orders:`: read values -> what the other side does with orders, with the checks between keys."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Final

from simulator.core import money
from simulator.core.money import EXACT, ZERO
from simulator.core.trading.plans import FIELDS
from simulator.core.world import EndStep, FillStep, OrderPlan, OrderType, World
from simulator.core.world.order_plans import PlanStep
from simulator.scenario.format.reader import Path, Reader, suggestion, words
from simulator.scenario.format.shapes import Values, by_hand, fields
from simulator.scenario.keys.order_plans import ORDER_PLAN, STEP, STEP_ENDS, Portion

by_hand(ORDER_PLAN, "plan")
by_hand(STEP, *STEP.keys)
SECTION: Final = "orders"
WHOLE: Final = Decimal(1)


def order_plans(reader: Reader, world: World, entries: Iterable[Values]) -> tuple[OrderPlan, ...]:
    """The plans, in the order of the file. Problems are added to the reader."""
    return tuple(_plan(reader, world, values, (SECTION, place)) for place, values in enumerate(entries))


def _plan(reader: Reader, world: World, values: Values, path: Path) -> OrderPlan:
    for key, known in (("user", world.users), ("symbol", world.symbols)):
        name = values.get(key)
        if name is not None and name not in known:
            message = f"unknown {key} {name}; given.{key}s has {words(known)}{suggestion(name, list(known))}"
            reader.refuse((*path, key), message)
    for name in values.get("match", {}):
        if name not in FIELDS:
            message = f"an order has no field {name} here; its fields are {', '.join(FIELDS)}{suggestion(name, FIELDS)}"
            reader.refuse((*path, "match", name), message, key=True)
    return OrderPlan(**fields(ORDER_PLAN, values), steps=_steps(reader, world, values, path))


def _steps(reader: Reader, world: World, values: Values, path: Path) -> tuple[PlanStep, ...] | None:
    """The steps of a plan; None if it has none, and the order goes on as without a plan."""
    if "plan" not in values:
        return None
    shares, steps, over = ZERO, list[PlanStep](), ""
    for place, entry in enumerate(values["plan"]):
        here = (*path, "plan", place)
        if over:
            reader.refuse(here, f"never happens: the order is over by then, because of {over}")
        for step in _steps_of(reader, world, values, entry, here):
            steps.append(step)
            if isinstance(step, EndStep):
                over = f"{step.end}: rest"
            elif step.share is not None:
                shares = money.add(shares, step.share)
                if shares > WHOLE:
                    reader.refuse((*here, "fill"), f"makes {_percent(shares)}: an order is never filled above its size")
                over = "the steps before, which fill 100%" if shares == WHOLE else ""
            elif step.size is None:
                over = "fill: rest"
    return tuple(steps)


def _steps_of(reader: Reader, world: World, plan: Values, values: Values, path: Path) -> Iterator[PlanStep]:
    """The fill of an entry, and the end; an end after a fill happens at the same instant."""
    after, lost = values.get("after", 0), "report" in values
    if "fill" in values:
        portion: Portion = values["fill"] or Portion()
        price = _price(reader, world, plan, values, path)
        yield FillStep(after, portion.size, portion.share, price, values.get("role"), lost)
        after = 0
    else:
        for name in ("price", "role"):
            if name in values:
                reader.refuse((*path, name), "goes with fill, and nothing is filled here", key=True)
    if values.get("role") == "maker" and plan.get("type") is OrderType.MARKET:
        reader.refuse((*path, "role"), "cannot be maker: a market order is always a taker")
    for end in STEP_ENDS:
        if end in values:
            yield EndStep(after, end, lost)


def _price(reader: Reader, world: World, plan: Values, values: Values, path: Path) -> Decimal | None:
    price: Decimal | None = values.get("price")
    symbol = world.symbols.get(plan.get("symbol", ""))
    if price is not None and (not price or (symbol and EXACT.remainder(price, symbol.price_increment))):
        multiple = f" and a multiple of {symbol.price_increment:f}" if symbol else ""
        reader.refuse((*path, "price"), f"must be more than 0{multiple}")
    return price


def _percent(share: Decimal) -> str:
    return f"{money.plain(share.scaleb(2))}%"
