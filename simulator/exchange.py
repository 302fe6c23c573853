"""`Exchange`: the only object that remembers. It performs commands on a world and keeps the world that comes back."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from copy import copy
from decimal import Decimal
from functools import partial
from itertools import islice
from typing import Final

from msgspec.structs import replace

from simulator.clock import Clock
from simulator.command_log import Logged, PutWorld, replay
from simulator.core import staged
from simulator.core.control.world_event import WorldEvent
from simulator.core.endpoint import Operation, Subject
from simulator.core.gateway import pools
from simulator.core.gateway.pools import Meter, Pools
from simulator.core.index import OPERATIONS
from simulator.core.operations import attempt
from simulator.core.passing import PassTime, much_due, overtaken
from simulator.core.refusals import Reason, Refusal
from simulator.core.value import Command, Reply, Value
from simulator.core.world import Now, World
from simulator.left_overs import LEFT_OVERS
from simulator.outcomes import NotPerformed, Outcome, Struck
from simulator.scenario.staging.armed import Staging, Standing
from simulator.scenario.staging.strikes import Moment

LOG_CAPACITY: Final = 10_000


class Mark(Value, frozen=True):
    """Where an exchange stands, without its world and its instant: small enough to keep one for every call.

    `scale` is the business clock's. `logged` = how many commands had been logged: where the log goes on from here.
    """

    staging: Standing
    scale: Decimal
    logged: int


class State(Value, frozen=True):
    """All that an exchange remembers, at one instant: what a snapshot keeps and what a rewind puts back.

    `business` is the business clock's instant, ms. The wall clock is the machine's, moved with `wall` of an advance.
    """

    world: World
    business: int
    mark: Mark


class Exchange:
    """One isolated exchange. `perform` never awaits, which is what makes a command atomic.

    The gateway's pools stand before it and are nobody's world: a reset or another scenario fills them, a dry run finds
    them as they are and leaves them so, and no snapshot, rewind or import moves them: they run on the wall clock
    [H61/pools-apart].
    """

    def __init__(
        self,
        scenario: World,
        clock: Clock | None = None,
        log_capacity: int = LOG_CAPACITY,
        staging: Staging | None = None,
        pools: Pools | None = None,
    ) -> None:
        self.scenario = self._world = scenario
        self._came_in = scenario  # what the last call found, before a fault let something happen
        self.clock = clock or Clock()
        self.log: deque[Logged] = deque(maxlen=log_capacity)
        self._logged, self.pools = 0, pools or Pools()
        self.staging = staging or Staging()
        self._staging = self.staging.copy()
        self.watcher: Callable[[World, World, Now], None] | None = None
        """Called with the worlds before and after each command."""

    @property
    def world(self) -> World:
        """What the exchange knows now. Whoever puts another world here changes it by hand; the log has that too."""
        return self._world

    @world.setter
    def world(self, world: World) -> None:
        if world is not self._world:
            self._note(Logged(self._world, PutWorld(world), Outcome("", Subject(), self.clock.now(), Reply())), world)
            self._world = self._came_in = world

    def _note(self, logged: Logged, after: World) -> None:
        if len(self.log) == self.log.maxlen:
            LEFT_OVERS.put(self.log.popleft())
        self.log.append(logged)
        self._logged += 1
        if self.watcher is not None:
            self.watcher(logged.before, after, logged.outcome.now)

    def perform(self, command: Command, ip: str = "") -> Outcome:
        """Do it, or refuse it, or what a fault wants. `ip` is the caller's: a public call has none in its command."""
        struck = self.struck(command)
        return self.carry_out(command, struck and self.pass_time(struck, command), ip)

    def struck(self, command: Command) -> Struck | None:
        """The first half of `perform`: the fault that keeps a call from being performed, or delays it."""
        if self.staging.quiet:
            return None
        operation = OPERATIONS[type(command)]
        subject = operation.subject(self.world, command)
        fields_of_call = partial(staged.request_fields, self.world, command)
        armed = self.staging.struck(operation.name, ("before",), subject, fields_of_call)
        return Struck(armed.id, armed.fault) if armed else None

    def pass_time(self, struck: Struck, command: Command) -> Struck:
        """Let pass the business time that a fault says before a call. The answer knows how much that was.

        What is due then happens now; if it is much, before the call.
        """
        fault, self._came_in = struck.fault, self._world
        if not (fault.advance or fault.first):
            return struck
        subject = OPERATIONS[type(command)].subject(self._world, command)
        milliseconds, happened = self._let_pass(fault.advance, fault.first, subject)
        return replace(struck.having(happened), passed=milliseconds)

    def _let_pass(self, milliseconds: int, event: WorldEvent | None, subject: Subject) -> tuple[int, tuple[str, ...]]:
        """Let business time pass, and the time of an event that is nothing else: all of it, and words about it."""
        words: tuple[str, ...] = ()
        if event and staged.shifts_time(event):
            now = self.clock.now()
            more, words = staged.expiry(self._world, event, subject, replace(now, business=now.business + milliseconds))
            milliseconds += more
        if milliseconds:
            self.clock.advance(milliseconds)
            if overtaken(self._world) and not much_due(self._world, now := self.clock.now()):
                self._do(PassTime(), now, partial(Outcome, "pass_time", Subject(), now))
        return milliseconds, words

    def _happen(self, event: WorldEvent, world: World, command: Command, subject: Subject) -> tuple[str, ...]:
        """Let an event happen: words about it. `world` is the one in which the call is read."""
        if staged.shifts_time(event):
            return ()
        happening, now = staged.happening(world, event, command, subject), self.clock.now()
        return staged.words(event, self._do(happening, now, partial(Outcome, "happen", subject, now)).result)

    def _do(self, command: Command, now: Now, outcome_with: Callable[[Reply | Refusal], Outcome]) -> Outcome:
        """Perform a command and note the outcome with its result. A call may need several commands."""
        before, within_call = self._world, self._came_in is not self._world
        self._world, result = attempt(before, command, now, within_call=within_call)
        outcome = outcome_with(result)
        self._note(Logged(before, command, outcome, within_call), self._world)
        return outcome

    def carry_out(self, command: Command, struck: Struck | None, ip: str) -> Outcome:
        """The second half: perform it, or what the fault wants in its place.

        What the gateway turns away for want of a full enough pool never comes to the exchange, and is not in the log.
        """
        operation = OPERATIONS[type(command)]
        subject = operation.subject(self._world, command)
        if struck is None:
            self._came_in = self._world
        elif struck.fault.first:
            struck = struck.having(self._happen(struck.fault.first, self._world, command, subject))
        before, now = self._world, self.clock.now()
        pools_before, meter, limited = None, None, None
        if rate_limit := operation.rate_limit:
            pools_before = self.pools
            user = "" if struck else subject.user  # an event may have taken the key away
            self.pools, meter = pools.charge(pools_before, before, rate_limit, command, ip, now.wall, user=user)
            limited = pools.limited(rate_limit, meter) if meter.over else None
        if struck and not (strike := (fault := struck.fault).strike).performed:
            result: Reply | Refusal = NotPerformed()
            shown: Reply | Refusal | None = None
            if fault.refuse:
                result = staged.refusal(before, command, fault.refuse, dict(fault.details))
                meter = self._emptied(fault.refuse, operation, command, ip, now) or meter
            elif strike.answer == "dry run":
                shown = limited or attempt(before, command, now)[1]
            return Outcome(operation.name, subject, now, result, struck, shown, meter, pools_before)
        outcome_with = partial(Outcome, operation.name, subject, now, struck=struck, meter=meter, pools=pools_before)
        outcome = outcome_with(limited) if limited else self._do(command, now, outcome_with)
        if struck:
            return self._then(before, command, outcome)
        return outcome if self.staging.quiet else self._struck_after(before, command, outcome, ip)

    def _then(self, before: World, command: Command, outcome: Outcome) -> Outcome:
        """Let the `then` of the fault that struck a call happen, after the call."""
        struck = outcome.struck
        if struck is None or (event := struck.fault.then) is None:
            return outcome
        milliseconds, words = self._let_pass(0, event, outcome.subject)
        struck = struck.having((*words, *self._happen(event, before, command, outcome.subject)), milliseconds)
        return replace(outcome, struck=struck)

    def _emptied(self, reason: Reason, operation: Operation, command: Command, ip: str, now: Now) -> Meter | None:
        """A RATE_LIMITED on purpose leaves nothing in the pool, so that what its headers say is true [H61/staged]."""
        if reason is not Reason.RATE_LIMITED or (rate_limit := operation.rate_limit) is None:
            return None
        self.pools, meter = pools.charge(self.pools, self._world, rate_limit, command, ip, now.wall, all_of_it=True)
        return meter

    def _struck_after(self, before: World, command: Command, outcome: Outcome, ip: str) -> Outcome:
        """The outcome with the fault that spoils its answer. User and client are those from before the call."""
        refused = isinstance(outcome.result, Refusal)
        moments: tuple[Moment, ...] = ("mid_body",) if refused else ("after_commit", "mid_body")
        fields_of_call = partial(staged.request_fields, before, command)
        if (armed := self.staging.struck(outcome.operation, moments, outcome.subject, fields_of_call)) is None:
            return outcome
        milliseconds, _ = self._let_pass(armed.fault.advance, None, outcome.subject)
        struck = Struck(armed.id, armed.fault, passed_after=milliseconds)
        outcome = self._then(before, command, replace(outcome, struck=struck))
        if (reason := armed.fault.refuse) is None:
            return outcome
        shown = staged.refusal(before, command, reason, dict(armed.fault.details))
        emptied = self._emptied(reason, OPERATIONS[type(command)], command, ip, outcome.now)
        return replace(outcome, shown=shown, meter=emptied or outcome.meter)

    def reset(self) -> None:
        """Back to the scenario: its world, clock and faults, full pools, an empty log. Never long."""
        self._world, self._came_in, self.pools = self.scenario, self.scenario, Pools()
        self.clock.reset()
        self.log.clear()
        self._logged += 1  # what comes of an older state is not the world of now
        self.staging = self._staging.copy()

    def apply(self, world: World, clock: Clock, staging: Staging) -> None:
        """Another scenario from now on, at its start."""
        self.scenario, self.clock = world, clock
        self.stage(staging)
        self.reset()

    def stage(self, staging: Staging) -> None:
        """Other faults and another login from now on; the world goes on. A reset comes back to these."""
        self.staging, self._staging = staging, staging.copy()

    def mark(self) -> Mark:
        """Where it stands, without world and instant."""
        return Mark(self.staging.standing, self.clock.scale, self._logged)

    def state(self) -> State:
        """All that it remembers, as one value; costs the same at any size of world."""
        return State(self._world, self.clock.now().business, self.mark())

    def restore(self, state: State) -> None:
        """Stand where it stood: world, business time, counts of the faults, who waits to log in. The log goes on."""
        self.world = state.world
        self.clock.stand_at(state.business, state.mark.scale)
        self.staging = Staging()
        self.staging.standing = state.mark.staging

    def replay(self, state: State) -> World:
        """The world that comes of a state when all that was logged after it is performed once more.

        `ValueError`: the log no longer goes back so far. `AssertionError`: an outcome is not what it was.
        """
        forgotten = self._logged - len(self.log)
        if state.mark.logged < forgotten:
            raise ValueError("the log begins later")
        return replay(islice(self.log, state.mark.logged - forgotten, None), state.world)

    def fork(self) -> Exchange:
        """Another exchange that stands where this one does, in world, time and pools, and then goes its own way."""
        return Exchange(self.world, copy(self.clock), staging=self.staging.copy(), pools=self.pools)

    def adopt(self, fork: Exchange) -> None:
        """Stand where a fork of this exchange stands, in world and time; what it has done is in the log here too."""
        self._world, self.clock = fork.world, fork.clock
        afters = [*(logged.before for logged in islice(fork.log, 1, None)), fork.world]
        for logged, after in zip(fork.log, afters, strict=False):
            self._note(logged, after)
