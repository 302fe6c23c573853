"""What does an assessment of 100,000 entries cost? CPU seconds of the indexes, and of all detectors together.

    python benchmarks/readiness.py [ENTRIES]

Each row is a journal of its own kind: a mixed day, and days on which one thing happens again and again.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable
from itertools import count, cycle, islice
from pathlib import Path
from typing import Final

sys.path[:0] = [str(Path(__file__).parent.parent), str(Path(__file__).parent.parent / "tests")]

from msgspec.structs import replace  # noqa: E402 - the line above finds it
from support.readiness.bench import Bench  # noqa: E402

from simulator.evidence.journal import Entry  # noqa: E402
from simulator.evidence.readiness.assess import assess  # noqa: E402
from simulator.evidence.readiness.history import History  # noqa: E402

ENTRIES: Final = 100_000
MANUAL: Final = "choices: {settlement: manual}"


def mixed(bench: Bench) -> None:
    for number in range(10):
        bench.accounts()
        bench.pay(amount=str(10 + number))
        bench.look()
        bench.pay("alice")
        bench.pay(address="0xnone")
        bench.currency()
        bench.signed("GET", "/api/v1/accounts/ledgers?pageSize=10")


def lost(bench: Bench) -> None:
    bench.key("frank")
    bench.fault("withdraw", times=30, at="after_commit", network="reset")
    for number in range(30):
        bench.pay(amount=str(10 + number))


def refreshes(bench: Bench) -> None:
    pair = bench.tokens()
    for _ in range(20):
        pair = bench.refresh(pair["refresh_token"])


DAYS: Final[dict[str, tuple[str, Callable[[Bench], object]]]] = {
    "a mixed day": ("", mixed),
    "payments": ("", lambda bench: [bench.pay() for _ in range(20)]),
    "payments that are pending": (MANUAL, lambda bench: [bench.pay(amount="10") for _ in range(20)]),
    "payments by UID, most of them refused": ("", lambda bench: [bench.by_account() for _ in range(20)]),
    "payments that are too large": ("", lambda bench: [bench.pay(amount="999999") for _ in range(20)]),
    "payments whose answers are lost": ("", lost),
    "refreshes": ("", refreshes),
    "looks": ("", lambda bench: [bench.accounts() for _ in range(20)]),
}


def repeated(entries: list[Entry], number: int) -> list[Entry]:
    """So many entries, with one world, so that no entry looks like a new start."""
    last, numbers = entries[-1].after, count(1)
    return [replace(entry, number=next(numbers), before=last, after=last) for entry in islice(cycle(entries), number)]


def main(number: int = ENTRIES) -> None:
    """Print a row for each day."""
    print(f"{'journal of ' + f'{number:,}' + ' entries':44}{'indexes':>9}{'all':>9}  CPU s")
    with asyncio.Runner() as runner:
        for name, (text, run) in DAYS.items():
            bench = Bench(runner, text)
            run(bench)
            entries = repeated(list(bench.app.desk.journal.after(0)), number)
            begin = time.process_time()
            history = History(entries)
            indexed = time.process_time()
            assess(history)
            print(f"{name:44}{indexed - begin:9.2f}{time.process_time() - begin:9.2f}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
