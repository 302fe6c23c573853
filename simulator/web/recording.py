"""Records of a server's workspaces for a readiness report: of those that live, and of those that have ended.

A server without `--report` has no `Recorder` until a report is asked for, and its calls do no work for one.
"""

from __future__ import annotations

import os
import platform
import threading
from collections.abc import Iterable
from functools import cache, partial
from hashlib import sha256
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple
from weakref import WeakKeyDictionary

from simulator.clock import wall_clock
from simulator.evidence.journal import Journal
from simulator.version import __version__
from simulator.web.endpoints.desk import Desk
from simulator.web.routing.workspaces import Workspaces

if TYPE_CHECKING:
    from simulator.evidence.journal import Entry
    from simulator.evidence.order_messages import OrderMessage
    from simulator.evidence.readiness.concluding import Demands, ProgressStep
    from simulator.evidence.readiness.record import ReadinessRecord
    from simulator.evidence.readiness.recording import Origin
    from simulator.evidence.readiness.report import Report

ENTRIES: Final = 100_000
BYTES: Final = 134_217_728
"""Limits of a journal that is to be reported on."""


@cache
def run_name() -> str:
    """The name of this process among all processes of all machines whose records may be merged."""
    facts = f"{platform.node()} {os.getpid()} {wall_clock()}"
    return sha256(facts.encode(errors="replace")).hexdigest()[:16]


_LIVES: Final[WeakKeyDictionary[Journal, int]] = WeakKeyDictionary()
_COUNTER: Final = count(1)


def _life(journal: Journal) -> int:
    """A number of the journal's own: a workspace may have the name of one that has ended."""
    if journal not in _LIVES:
        _LIVES[journal] = next(_COUNTER)
    return _LIVES[journal]


class Kept(NamedTuple):
    """What a record is made of, taken from a desk at one moment; nothing changes it any more."""

    entries: list[Entry]
    origin: Origin
    messages: list[OrderMessage]

    def record(self, tests: Iterable[str] = ()) -> ReadinessRecord | None:
        """The record; None if there was no call. It may be long work."""
        from simulator.evidence.readiness.recording import record_of

        return record_of(self.entries, self.origin, tests, self.messages)


def kept(desk: Desk) -> Kept:
    """The entries of a desk as they are now. Call it in the thread of the event loop, or when no loop runs."""
    from simulator.evidence.readiness.recording import Origin

    journal, world = desk.journal, desk.exchange.world
    origin = Origin(
        __version__,
        run_name(),
        world.workspace,
        desk.scenario.name,
        world.seed,
        journal.emptied_after + 1,
        _life(journal),
    )
    return Kept([*journal.after(0)], origin, [*journal.order_messages])


def no_step(done: int, of: int) -> None:
    """Show nothing."""


class Recorder:
    """Keeps the record of a workspace when it ends or when its journal is emptied, and writes it into a folder.

    Records that an earlier run has left in the folder are taken away. Raises `ReportFolderError`.
    """

    def __init__(self, workspaces: Workspaces, folder: Path) -> None:
        from simulator.evidence.readiness.folder import begin

        begin(folder)
        self._workspaces, self.folder = workspaces, folder
        self._threads: list[threading.Thread] = []
        self._lock = threading.Lock()
        self._records: list[ReadinessRecord] = []
        self.problems: list[str] = []
        """Why a record could not be written."""
        workspaces.keeper = self
        workspaces.journal_limits = (ENTRIES, BYTES)
        workspaces.home.journal.limit(ENTRIES, BYTES)

    def keep(self, desk: Desk) -> None:
        """Make the record of a desk and write it, in a thread: its entries are about to be lost."""
        if desk.journal.first > desk.journal.last:
            return
        thread = threading.Thread(target=partial(self._keep, kept(desk)), name="readiness record", daemon=True)
        self._threads = [other for other in self._threads if other.is_alive()]
        self._threads.append(thread)
        thread.start()

    def _keep(self, entries: Kept) -> None:
        from simulator.evidence.readiness.folder import ReportFolderError, write_record

        record = entries.record()
        if record is None:
            return
        with self._lock:
            self._records.append(record)
            try:
                write_record(self.folder, record)
            except ReportFolderError as error:
                self.problems.append(str(error))

    def ended(self) -> list[ReadinessRecord]:
        """The records of what has been lost so far."""
        with self._lock:
            return [*self._records]

    def report(self, demands: Demands, step: ProgressStep = no_step) -> Report:
        """Write the records of all living workspaces, and the report on all records of the folder in every form.

        `step` is called with how much is done, and with how much there is. The server must have stopped, or be idle.
        Raises what `concluded` raises, and `RecordError` if a foreign file is in the folder.
        """
        from simulator.evidence.readiness.concluding import concluded, records_in
        from simulator.evidence.readiness.folder import ReportFolderError
        from simulator.evidence.readiness.formats.writing import write_forms

        desks = [desk for desk in self._workspaces.desks() if desk.journal.first <= desk.journal.last]
        threads, of = self._threads, len(desks) + len(self._threads)
        for done, desk in enumerate(desks):
            step(done, of)
            self._keep(kept(desk))
        for done, thread in enumerate(threads, len(desks)):
            step(done, of)
            thread.join()
        if self.problems:
            raise ReportFolderError("; ".join(dict.fromkeys(self.problems)))
        report = concluded(records_in(self.folder), __version__, demands)
        write_forms(report, self.folder)
        return report
