"""What a readiness report costs: processor time and memory for so many mixed calls of one broker.

    python benchmarks/report_cost.py [CALLS]

100,000 calls without a number, which take minutes; the report takes a second. Reads /proc, so it wants Linux.
"""

from __future__ import annotations

import os
import sys
import time
from contextlib import closing
from itertools import cycle
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parent.parent)]

from soak import Broker, resident  # noqa: E402 - the line above finds it

from simulator.evidence.readiness.concluding import NO_DEMANDS  # noqa: E402
from simulator.web.recording import Recorder  # noqa: E402
from simulator.web.server import LocalServer  # noqa: E402


class Cost(NamedTuple):
    """Calls in the journal, bytes of memory for each, and seconds of the processor for the report in all its forms."""

    calls: int
    bytes_per_call: int
    seconds: float


def measure(calls: int) -> Cost:
    """The cost of a report on so many calls, or a few more."""
    with TemporaryDirectory() as folder, LocalServer() as server, closing(Broker(server.port)) as broker:
        recorder, journal = Recorder(server.app.workspaces, Path(folder)), server.app.desk.journal
        before = resident(os.getpid())
        kinds = cycle((broker.withdraw, broker.refresh, broker.refuse, broker.authorize, broker.add_key))
        while journal.last < calls:
            next(kinds)()
        memory, began = resident(os.getpid()) - before, time.process_time()
        report = recorder.report(NO_DEMANDS)
        return Cost(report.calls, memory // report.calls, time.process_time() - began)


if __name__ == "__main__":
    cost = measure(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
    print(f"{cost.calls:,} calls, {cost.bytes_per_call:,} bytes each, report: {cost.seconds:.2f} s of the processor")
