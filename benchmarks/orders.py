"""What an order costs in process, next to a withdrawal, and whether a full book makes it dearer.

Run: `python benchmarks/orders.py`. Prints microseconds of CPU for each call, the best of several rounds.
"""

from __future__ import annotations

import sys
from decimal import Decimal
from pathlib import Path
from time import process_time
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from msgspec.structs import replace
from support.desk import payment
from support.spot_world import SpotDesk

from simulator.core.value import Command
from simulator.core.world import Account, Trader, World

CALLS = 150
"""Fewer than the orders that a user may have in a symbol."""
ROUNDS = 30
RESTING = 10_000


def cost(desk: SpotDesk, world: World, command: Command) -> float:
    """Microseconds of CPU for each call, in that world again and again."""
    desk.world = world
    begin = process_time()
    for _ in range(CALLS):
        desk.perform(command)
    return (process_time() - begin) / CALLS * 1e6


def withdrawing() -> tuple[SpotDesk, Command]:
    desk = SpotDesk(rate_pools="count")
    return desk, desk.withdrawal(desk.key("frank"), payment(amount="3"))


def ordering(resting: int = 0, **changes: Any) -> tuple[SpotDesk, Command]:
    """A desk with so many resting orders of other users, and alice's order."""
    desk = SpotDesk(rate_pools="count")
    frank = desk.own_key("frank")
    desk.world = desk.world.put(desk.world.wallet("frank").having(Account("USDT", "trade", Decimal(10**12))))
    for number in range(resting):
        if number % 150 == 0:
            desk.world = desk.world.put(replace(desk.world.trader("frank"), active=Trader("").active))
        desk.perform(desk.order(frank, price=f"{40_000 + number % 5_000}"))
    return desk, desk.order(**changes)


def main() -> None:
    cases = {
        "withdrawal": withdrawing(),
        "order that rests": ordering(),
        "order that is filled": ordering(price="60001"),
        f"rests beside {RESTING}": ordering(RESTING),
        f"filled beside {RESTING}": ordering(RESTING, price="60001"),
    }
    worlds = {name: desk.world for name, (desk, _) in cases.items()}
    best = dict.fromkeys(cases, float("inf"))
    for _ in range(ROUNDS):
        for name, (desk, command) in cases.items():
            best[name] = min(best[name], cost(desk, worlds[name], command))
    for name, each in best.items():
        print(f"{name:<24}{each:7.1f} us  {each / best['withdrawal']:.2f}")


if __name__ == "__main__":
    main()
