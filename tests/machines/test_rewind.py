"""A state machine of going back: whatever was done, each entry that is kept leads back to what was right after it."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule
from msgspec.structs import replace
from support.every_operation import COMMANDS, FAULTS, SETTLEMENTS, USERS, Recorded
from support.hypothesis_settings import STEADY

from simulator.core.endpoints import OPERATIONS
from simulator.core.spec import DAY, HOUR, MINUTE
from simulator.evidence import checkpoints as moments
from simulator.evidence.checkpoints import Checkpoint
from simulator.evidence.journal import Entry
from simulator.scenario.staging.faults import Fault
from simulator.scenario.staging.logins import Decided

UNWRITTEN = ("pass_time", "move_withdrawal", "put_user", "change_user", "put_currency", "change_choices")
OFTEN = ("authorize", "exchange_code", "refresh_tokens", "add_api_key", "withdraw", "verify_withdrawal")


class Rewind(RuleBasedStateMachine):
    """Do anything, go back anywhere, and compare with what was noted at the time."""

    @initialize(settlement=st.sampled_from(SETTLEMENTS))
    def open(self, settlement: object) -> None:
        self.desk = Recorded(settlement=settlement)
        self.noted: dict[int, Checkpoint] = {}
        self.kept: list[tuple[Checkpoint, Checkpoint]] = []
        for user in ("alice", "frank"):
            self.desk.key(user)
        self.desk.challenge(self.desk.keys[3])
        self.note()

    def now(self) -> Checkpoint:
        return self.desk.wired.moment()

    def note(self) -> None:
        """How it stands right after the newest entry."""
        self.noted[self.desk.wired.journal.last] = self.now()

    def same(self, wanted: Checkpoint) -> None:
        there = self.now()
        assert there.state.world is wanted.state.world
        assert there.state.business == wanted.state.business
        assert there.state.mark.staging is wanted.state.mark.staging
        assert there.state.mark.scale == wanted.state.mark.scale
        assert there.tally == wanted.tally

    @rule(name=st.sampled_from([*COMMANDS, *OFTEN * 2]), data=st.data())
    def call(self, name: str, data: st.DataObject) -> None:
        command = COMMANDS[name](self.desk, lambda choices: data.draw(st.sampled_from(choices)))
        before = self.now()
        self.desk.perform(command)
        self.note()
        earlier = moments.before(self.entry(self.desk.wired.journal.last))
        assert earlier is not None
        assert earlier.state.world is before.state.world
        assert (earlier.state.business, earlier.state.mark) == (before.state.business, before.state.mark)
        assert earlier.tally == before.tally

    @rule(name=st.sampled_from(UNWRITTEN), data=st.data())
    def act_unwritten(self, name: str, data: st.DataObject) -> None:
        """The control surface performs without an entry."""
        self.desk.exchange.perform(COMMANDS[name](self.desk, lambda choices: data.draw(st.sampled_from(choices))))

    @rule(jump=st.sampled_from([1, 1_000, MINUTE, 10 * MINUTE, HOUR, 3 * DAY]))
    def wait(self, jump: int) -> None:
        self.desk.advance(jump)

    @rule(scale=st.sampled_from([Decimal(0), Decimal(1), Decimal("2.5")]), passed=st.integers(0, 5_000))
    def run(self, scale: Decimal, passed: int) -> None:
        """The wall clock goes on; the business clock follows, or not."""
        self.desk.exchange.clock.run(scale)
        self.desk.wall += passed

    @rule(fault=st.sampled_from(FAULTS), gone=st.booleans())
    def stage(self, fault: Fault, gone: bool) -> None:
        if gone:
            self.desk.exchange.staging.remove("f1")
        self.desk.exchange.staging.add(fault)

    @rule(user=st.sampled_from(USERS), waits=st.booleans())
    def line_up(self, user: str, waits: bool) -> None:
        if waits:
            self.desk.exchange.staging.wait(Decided(user))
        else:
            self.desk.exchange.staging.next_login()

    @rule(user=st.sampled_from(USERS))
    def change_by_hand(self, user: str) -> None:
        known = self.desk.world.users[user]
        self.desk.world = self.desk.world.put(replace(known, frozen=not known.frozen, level=known.level + 1))

    @rule()
    def reset(self) -> None:
        self.desk.wired.reset()

    @rule()
    def keep(self) -> None:
        self.kept.append((self.now(), self.now()))

    @rule(data=st.data())
    def restore(self, data: st.DataObject) -> None:
        if self.kept:
            snapshot, wanted = data.draw(st.sampled_from(self.kept))
            self.desk.wired.go_back(snapshot)
            self.same(wanted)

    @rule(data=st.data())
    def rewind(self, data: st.DataObject) -> None:
        number = data.draw(st.sampled_from(sorted(self.noted)))
        there = moments.after(self.entry(number))
        assert there is not None
        newest = self.desk.wired.journal.last
        self.desk.wired.go_back(there)
        self.same(self.noted[number])
        assert self.desk.wired.journal.last == newest

    @rule(data=st.data())
    def replay(self, data: st.DataObject) -> None:
        """What was logged after an entry, performed once more on the world after it, gives the world of now."""
        self.replayed(data.draw(st.sampled_from(sorted(self.noted))))

    def entry(self, number: int) -> Entry:
        entry = self.desk.wired.journal.entry(number)
        assert entry is not None
        return entry

    def replayed(self, number: int) -> None:
        there = moments.after(self.entry(number))
        assert there is not None
        log = self.desk.exchange.log
        if there.state.mark.logged < self.now().state.mark.logged - len(log):  # a reset has emptied the log
            with pytest.raises(ValueError, match="begins later"):
                self.desk.exchange.replay(there.state)
        elif self.desk.exchange.replay(there.state) != self.desk.world:
            pytest.fail(f"what was logged after entry {number} leads to another world")

    def teardown(self) -> None:
        if hasattr(self, "desk"):
            for number in [*self.noted][::7]:
                self.replayed(number)


TestRewind = Rewind.TestCase
TestRewind.settings = STEADY


def test_every_operation_is_tried() -> None:
    """The machine has something of everything that the exchange can do."""
    assert set(COMMANDS) == {operation.name for operation in OPERATIONS.values()}
