"""`Desk`: where the wire hands a command to the exchange and the journal writes down what became of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from msgspec.structs import replace

from simulator.clock import Clock, stopwatch
from simulator.collector import COLLECTOR
from simulator.core.endpoint import Subject
from simulator.core.passing import PassTime, much_due, overtaken
from simulator.core.refusals import Refusal
from simulator.core.value import Command
from simulator.core.world import World, folds
from simulator.evidence.checkpoints import Checkpoint
from simulator.evidence.journal import Journal, ServedElsewhere
from simulator.exchange import Exchange, Mark, State
from simulator.messages import ABANDONED, Answer, Request
from simulator.old_worlds import OLD_WORLDS, is_large
from simulator.outcomes import Outcome
from simulator.scenario.client_names import Tenant
from simulator.scenario.loader import Scenario
from simulator.scenario.staging.armed import Staging
from simulator.scenario.staging.stream_faults import StreamStaging
from simulator.web import work
from simulator.web.endpoints.damaged_answers import Show, damaged, pause_after, pause_before
from simulator.web.endpoints.envelope import Family, spelled
from simulator.web.endpoints.holding import Holding
from simulator.web.endpoints.streams import ANEW, OVER, Streams
from simulator.web.endpoints.waiting_calls import WaitingCall, WaitingCalls


class Desk:
    """One exchange, the scenario that it plays, and its journal, behind the wire."""

    def __init__(
        self, exchange: Exchange, scenario: Scenario, journal: Journal | None = None, tenant: Tenant | None = None
    ) -> None:
        self.exchange = exchange
        self.scenario = scenario
        self.journal = journal or Journal()
        self.tenant = tenant
        """What the workspace makes of each scenario; None = the default workspace, which plays it as it is."""
        self.snapshots: dict[str, Checkpoint] = {}
        self.stream_staging = StreamStaging(scenario.stream_faults)
        self.streams: Streams | None = None
        """None = no client has opened a websocket yet."""
        self._waiting: set[asyncio.Future[None]] = set()
        self._holding, self._waiting_calls = Holding(), WaitingCalls()
        self._alone: asyncio.Future[None] | None = None
        """Done when the long work ends that has this workspace for itself, or when its world goes away."""

    def apply(self, scenario: Scenario) -> None:
        """Play another scenario from its start. Our own origins stay."""
        self.stop(ANEW)
        OLD_WORLDS.part_with(self.exchange.world, self.exchange.scenario)
        known = self.exchange.world
        if self.tenant:
            from simulator.scenario.forking import forked

            scenario = forked(scenario, self.tenant)
        world = replace(scenario.world, origins=known.origins)
        self.exchange.apply(world, Clock(scenario.clock), Staging(scenario.faults, scenario.login))
        self.scenario = scenario
        self.stream_staging = StreamStaging(scenario.stream_faults)
        self._settle()
        self.journal.start_over()

    def reset(self) -> None:
        """Back to the scenario's start; what has been counted for its `expect` is forgotten."""
        self.stop(ANEW)
        OLD_WORLDS.part_with(self.exchange.world)
        self.exchange.reset()
        self.stream_staging = StreamStaging(self.scenario.stream_faults)
        self.journal.start_over()

    def moment(self) -> Checkpoint:
        """Now, as a value to come back to; costs the same at any size of world."""
        return Checkpoint(replace(self.exchange.state(), mark=self.mark()), self.journal.tally, self.journal.last)

    def mark(self) -> Mark:
        """Where the exchange stands; calls that wait have not happened, and faults have not counted them."""
        return self._waiting_calls.left_out(self.exchange.mark())

    def go_back(self, moment: Checkpoint) -> None:
        """Stand where it stood: world, business time, faults, logins, and what was counted. The journal goes on."""
        self.restore(moment.state)
        self.journal.tally = moment.tally

    def restore(self, state: State) -> None:
        """The exchange stands in another state, from a moment or an export; what was counted stays."""
        self.stop(ANEW)
        OLD_WORLDS.part_with(self.exchange.world)
        self.exchange.restore(state)
        self._settle()

    def _settle(self) -> None:
        """A large world that was put here stays a while: the garbage collector need not look at it."""
        if is_large(self.exchange.world):
            COLLECTOR.settle()

    async def answer(self, request: Request, command: Command, family: Family, notes: tuple[str, ...] = ()) -> Answer:
        """Perform a command, spell the outcome in its family's envelope, write the entry."""
        return await self.perform(request, command, lambda outcome: self.spell(family, outcome), notes)

    async def perform(self, request: Request, command: Command, show: Show, notes: tuple[str, ...] = ()) -> Answer:
        """Perform a command, show the outcome, write the entry. Only long work and a fault's `delay` are waited for."""
        if self.occupied and not await self.caught_up():
            return ABANDONED
        if self.exchange.staging.quiet:
            return self.perform_at_once(request, command, show, notes)
        with self._waiting_calls.call(self.exchange, command) as waiting:
            if (struck := waiting.struck) and (pause := pause_before(struck.fault)) and not await self._waited(pause):
                return ABANDONED
            return await self._perform_in_turn(request, command, show, notes, waiting)

    async def _perform_in_turn(
        self, request: Request, command: Command, show: Show, notes: tuple[str, ...], waiting: WaitingCall
    ) -> Answer:
        """The rest of a call that may be struck: when its turn comes, nothing else is performed until it is."""
        async with self._holding.turn(struck := waiting.struck, self._wait) as turn:
            if turn is None or (self.occupied and not await self.caught_up()):
                return ABANDONED
            before, was = self.exchange.world, self.mark()
            if struck:
                struck = self.exchange.pass_time(struck.having(turn), command)
                if self.occupied and not await self.caught_up():
                    return ABANDONED
            self._waiting_calls.performed(waiting)
            outcome = self.exchange.carry_out(command, struck, request.ip)
            if outcome.struck is None:
                return self.record(request, outcome, show(outcome), before, waiting.began, notes, was)
            recorded = self.record(request, outcome, damaged(outcome, show), before, waiting.began, notes, was)
            if self.streams is not None:
                self.streams.look()  # the fault may have moved the clock
        if (pause := pause_after(outcome.struck.fault)) and not await self._wait(pause):
            return ABANDONED
        if outcome.struck.passed_after and self.occupied and not await self.caught_up():
            return ABANDONED
        return recorded

    def perform_at_once(self, request: Request, command: Command, show: Show, notes: tuple[str, ...] = ()) -> Answer:
        """Perform a command if nothing has to be waited for, because the desk is `prompt`."""
        began, was, before = stopwatch(), self.exchange.mark(), self.exchange.world
        outcome = self.exchange.carry_out(command, None, request.ip)
        return self.record(request, outcome, show(outcome), before, began, notes, was)

    @property
    def prompt(self) -> bool:
        """True if a call is performed at once: no fault is in force, and nothing long has to end before."""
        exchange = self.exchange
        return self._alone is None and exchange.staging.quiet and not (overtaken(exchange.world) and self.behind)

    @property
    def occupied(self) -> bool:
        """True if long work has this workspace for itself, or has to be done before anything else is."""
        return self.taken or self.behind

    @property
    def taken(self) -> bool:
        """True if long work has this workspace for itself."""
        return self._alone is not None

    @property
    def behind(self) -> bool:
        """True if much is due that has not happened yet."""
        world = self.exchange.world
        return overtaken(world) and much_due(world, self.exchange.clock.now())

    async def free(self) -> None:
        """Wait until no long work has this workspace for itself."""
        while self._alone is not None:
            await asyncio.wait({self._alone})

    def settled(self) -> World:
        """The world as it is now. Everything that was due has happened, even if nobody has called since.

        While long work has the workspace for itself, it is the world before that work.
        """
        if overtaken(self.exchange.world) and not self.taken:
            self.exchange.perform(PassTime())
        return self.exchange.world

    async def caught_up(self) -> bool:
        """Wait for long work, and let happen what is due if it is much. False = the world has gone away meanwhile."""
        await self.free()
        while self.behind:
            try:
                async with self.alone() as (fork, over):
                    await work.aside(partial(fork.exchange.perform, PassTime()), over=over)
            except work.WorldGoneError:
                return False
        return True

    @asynccontextmanager
    async def alone(self) -> AsyncIterator[tuple[Desk, asyncio.Future[None]]]:
        """For long work: a desk on a fork of the exchange, and what is done when the world goes away.

        Calls of this workspace that change something wait for the end of the block, and then find the fork in place
        of what was there. An error leaves everything as it was.
        """
        await self.free()
        over = self._alone = asyncio.get_running_loop().create_future()
        before, fork = self.exchange.world, Desk(self.exchange.fork(), self.scenario, tenant=self.tenant)
        fork.journal.tally = self.journal.tally
        try:
            yield fork, over
            if self._alone is not over or self.exchange.world is not before:  # put there by hand meanwhile
                raise work.WorldGoneError
            self.exchange.adopt(fork.exchange)
            OLD_WORLDS.part_with(before)
            if self.streams is not None:
                self.streams.look()
        finally:
            if self._alone is over:
                self._alone = None
            _end(over)

    async def _waited(self, milliseconds: int) -> bool:
        """As `_wait`, and then nothing is under way."""
        return await self._wait(milliseconds) and (not self.occupied or await self.caught_up())

    async def _wait(self, milliseconds: int, until: asyncio.Future[None] | None = None) -> bool:
        """Real time, or until a future is done. The client may hang up meanwhile: a gateway would not notice either.

        False = the call does not go on, because its world is gone.
        """
        gone = asyncio.get_running_loop().create_future()
        self._waiting.add(gone)
        try:
            await asyncio.wait(
                {gone, until} if until else {gone}, timeout=milliseconds / 1000, return_when=asyncio.FIRST_COMPLETED
            )
            return gone in self._waiting
        finally:
            self._waiting.discard(gone)

    def stop(self, reason: str = OVER) -> None:
        """The server stops, or the world begins anew: calls that wait end, unperformed or unanswered.

        So does long work on the world that is going; what it has done so far is thrown away. Websockets are closed
        with the reason.
        """
        if self.streams is not None:
            self.streams.end(reason)
        over, self._alone = self._alone, None
        if over is not None:
            over.get_loop().call_soon_threadsafe(_end, over)
        for gone in tuple(self._waiting):
            gone.get_loop().call_soon_threadsafe(_end, gone)
        self._waiting.clear()
        self._holding.clear()
        folds.forget(self.exchange.world.workspace)

    def spell(self, family: Family, outcome: Outcome) -> Answer:
        """The outcome in its family's envelope."""
        return spelled(family, outcome, self.exchange.world.choices)

    def refuse(self, request: Request, refusal: Refusal, family: Family, notes: tuple[str, ...] = ()) -> Answer:
        """Refuse a call that never became a command."""
        return self.turn_away(request, refusal, lambda outcome: self.spell(family, outcome), notes)

    def turn_away(self, request: Request, refusal: Refusal, show: Show, notes: tuple[str, ...] = ()) -> Answer:
        """Refuse a call to a page, which shows the refusal in its own way."""
        began = stopwatch()
        outcome = Outcome("", Subject(), self.exchange.clock.now(), refusal)
        return self.record(request, outcome, show(outcome), self.exchange.world, began, notes)

    def record(
        self,
        request: Request,
        outcome: Outcome,
        answer: Answer,
        before: World,
        began: int,
        notes: tuple[str, ...] = (),
        was: Mark | None = None,
    ) -> Answer:
        """Write the entry, with the world as it was before and is now; `X-Sim-Entry: workspace/number` leads to it."""
        spent = (stopwatch() - began) // 1000
        after = self.exchange.world
        mark = self.mark()
        number = self.journal.add(request, answer, outcome, before, after, spent, notes, was or mark, mark)
        entry = (b"x-sim-entry", f"{after.workspace}/{number}".encode())
        return answer.having(entry) if self.journal.reporting.headers else answer

    def point(self, request: Request, answer: Answer) -> None:
        """Write down a call that named this workspace and was served by another one; its answer leads there."""
        outcome = Outcome("", Subject(), self.exchange.clock.now(), ServedElsewhere())
        world, mark = self.exchange.world, self.mark()
        self.journal.add(request, answer, outcome, world, world, 0, was=mark, mark=mark)


def _end(gone: asyncio.Future[None]) -> None:
    if not gone.done():
        gone.set_result(None)
