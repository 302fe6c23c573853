"""`--watch` without a server: what an edit changes, when a file has come to rest, and what is played afterwards."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from msgspec.structs import replace
from support.watched_file import TEXT, Watching

from simulator.clock import ClockSettings
from simulator.core.choices import DEFAULTS
from simulator.core.fast_api.authorization import Authorize
from simulator.core.world import User, with_user
from simulator.scenario.loader import Scenario, load
from simulator.scenario.overrides import Overrides, override
from simulator.scenario.staging.expectations import Expectation
from simulator.scenario.staging.faults import Fault
from simulator.scenario.staging.logins import Decided, Login
from simulator.watch import PATIENCE, Contents, Edit, Watched, difference, put_in_force
from simulator.web.endpoints.desk import Desk
from simulator.web.server import create_app

DEMO = load("demo")
WORLD = DEMO.world
FAULT = Fault("authorize", network="reset", times=1)
OTHER = Fault("withdraw", network="reset")
WANTED = Expectation(operation="withdraw", exactly=1)
AUTO = Login("auto", (Decided("alice"),))
STRICT = replace(DEFAULTS, client_secret="required")


@pytest.mark.parametrize(
    ("changes", "parts", "starts_over"),
    [
        ({}, (), False),
        ({"text": "# other comments", "files": ("other.yaml",)}, (), False),
        ({"world": replace(WORLD, origins=("https://sim.example",))}, (), False),
        ({"name": "mine", "description": "x"}, ("name", "description"), False),
        ({"faults": (FAULT,)}, ("faults",), False),
        ({"login": AUTO}, ("login",), False),
        ({"expect": (WANTED,)}, ("expect",), False),
        ({"world": replace(WORLD, choices=STRICT), "expect": (WANTED,)}, ("choices", "expect"), False),
        ({"world": replace(WORLD, seed=1)}, ("seed",), True),
        ({"world": with_user(WORLD, User("zoe", 9)), "faults": (FAULT,)}, ("given", "faults"), True),
        ({"world": replace(WORLD, observed_ip="203.0.113.9")}, ("given",), True),
        ({"clock": ClockSettings(frozen=True)}, ("clock",), True),
    ],
)
def test_an_edit_is_what_differs(changes: dict[str, object], parts: tuple[str, ...], starts_over: bool) -> None:
    """Only another `given`, seed or clock makes the world start over; comments and our own origins are no edit."""
    assert difference(DEMO, replace(DEMO, **changes)) == Edit(parts, starts_over)


def test_an_edit_is_told_in_a_line() -> None:
    """What changed, and what becomes of the world."""
    assert str(Edit((), False)) == "nothing that matters changed"
    assert str(Edit(("faults", "login"), False)) == "faults, login changed; the world goes on"
    assert str(Edit(("given",), True)) == "given changed; the world starts over"


def desk_of(scenario: Scenario) -> Desk:
    desk = create_app(scenario, ("https://sim.example",)).desk
    desk.exchange.perform(Authorize("", "alice", None))
    return desk


def test_the_world_goes_on_under_other_choices() -> None:
    """Consents and money stay as they are, the switch is another, and a reset comes back to the new scenario."""
    desk = desk_of(DEMO)
    before = desk.exchange.world
    edited = replace(DEMO, world=replace(WORLD, choices=STRICT), expect=(WANTED,))
    put_in_force(desk, edited)
    assert desk.exchange.world == replace(before, choices=STRICT)
    assert desk.scenario == edited
    desk.reset()
    assert desk.exchange.world == replace(WORLD, choices=STRICT, origins=("https://sim.example",))


def test_faults_that_stayed_keep_their_counts() -> None:
    """An edit of the login leaves the faults alone, also those that were added by hand; a reset forgets both."""
    desk = desk_of(replace(DEMO, faults=(FAULT, OTHER)))
    desk.exchange.staging.add(OTHER)
    assert [each.hits for each in desk.exchange.staging.armed] == [1, 0, 0]
    put_in_force(desk, replace(desk.scenario, login=AUTO))
    assert [each.hits for each in desk.exchange.staging.armed] == [1, 0, 0]
    assert desk.exchange.staging.next_login() == Decided("alice")
    desk.reset()
    assert [(each.fault, each.hits) for each in desk.exchange.staging.armed] == [(FAULT, 0), (OTHER, 0)]
    assert desk.exchange.staging.next_login() == Decided("alice")


def test_other_faults_begin_to_count_anew() -> None:
    """An edit of the faults replaces all of them; who waits to log in goes on waiting."""
    queue = Login("queue", (Decided("alice"), Decided("bob")))
    desk = desk_of(replace(DEMO, faults=(FAULT,), login=queue))
    desk.exchange.staging.next_login()
    put_in_force(desk, replace(desk.scenario, faults=(FAULT, OTHER)))
    assert [(each.fault, each.hits) for each in desk.exchange.staging.armed] == [(FAULT, 0), (OTHER, 0)]
    assert desk.exchange.staging.next_login() == Decided("bob")
    put_in_force(desk, replace(desk.scenario, login=Login("queue", (Decided("carol"),))))
    assert [each.user for each in desk.exchange.staging.waiting] == ["carol"]


def test_another_start_starts_over() -> None:
    """Another `given` or clock plays the scenario from its start, on our own origins."""
    desk = desk_of(replace(DEMO, faults=(FAULT,)))
    edited = replace(desk.scenario, clock=ClockSettings(frozen=True, start=5))
    assert put_in_force(desk, edited).starts_over
    assert desk.exchange.world == replace(WORLD, origins=("https://sim.example",))
    assert desk.exchange.clock.now().business == 5
    assert [each.hits for each in desk.exchange.staging.armed] == [0]


# --- files


def seen(text: str | None, other: str | None = "") -> Contents:
    return {"a": None if text is None else text.encode(), "b": None if other is None else other.encode()}


def test_an_edit_counts_once_it_rests() -> None:
    """A file that looks another way at each look is being written; when it stays the same, that is one edit."""
    watched = Watched(seen("1"))
    looks = ["1", "1", "", "2", "23", "23", "23", "23"]
    assert [watched.edited(seen(text)) for text in looks] == [False] * 5 + [True, False, False]


def test_back_and_forth_is_no_edit() -> None:
    """A file that is as it was has not been edited."""
    watched = Watched(seen("1"))
    assert [watched.edited(seen(text)) for text in ("2", "1", "1", "1")] == [False] * 4


def test_each_file_is_watched() -> None:
    """Also one that is extended."""
    watched = Watched(seen("1"))
    assert [watched.edited(seen("1", "x")) for _ in range(3)] == [False, True, False]


def test_a_file_may_be_away_for_a_moment() -> None:
    """Editors replace files: one that comes back in time as it was is no edit, one that stays away is one."""
    watched = Watched(seen("1"))
    assert not any(watched.edited(seen(None)) for _ in range(PATIENCE))
    assert not any(watched.edited(seen("1")) for _ in range(3))
    looks = [watched.edited(seen(None)) for _ in range(PATIENCE + 3)]
    assert looks == [False] * PATIENCE + [True, False, False]
    assert [watched.edited(seen("1")) for _ in range(3)] == [False, True, False]


# --- both together


def test_an_edited_file_takes_effect(watching: Watching) -> None:
    """One line tells it; what the command line said of the client still holds."""
    watching.look()
    assert watching.told == []
    watching.mine.write_text(TEXT + "faults: [{operation: withdraw, refuse: USER_FROZEN}]\n")
    watching.look()
    assert watching.told == [f"{watching.mine}: faults changed; the world goes on"]
    assert [each.fault.effect for each in watching.app.desk.exchange.staging.armed] == ["refuse USER_FROZEN"]
    assert watching.app.desk.exchange.world.clients["own"].secret == "s3cret"
    watching.mine.write_text(TEXT + "given: {users: {zoe: {}}}\n")
    watching.look()
    assert watching.told[1:] == [f"{watching.mine}: given, faults changed; the world starts over"]
    assert {"zoe", "alice"} < set(watching.app.desk.exchange.world.users)
    assert watching.app.desk.exchange.world.clients["own"].secret == "s3cret"


def test_an_edit_of_what_is_extended_takes_effect_too(watching: Watching) -> None:
    """Which files those are is found out anew at each edit."""
    watching.base.write_text("version: 1\nname: base\nextends: demo\nchoices: {api_key_limit: 51}\n")
    watching.look()
    assert watching.app.desk.exchange.world.choices.api_key_limit == 51
    third = watching.mine.with_name("third.yaml")
    third.write_text("version: 1\nname: third\nextends: demo\n")
    watching.mine.write_text(TEXT.replace("base", "third"))
    watching.look()
    third.write_text("version: 1\nname: third\nextends: demo\nchoices: {api_key_limit: 52}\n")
    watching.look()
    assert watching.app.desk.exchange.world.choices.api_key_limit == 52


def test_an_invalid_edit_changes_nothing(watching: Watching) -> None:
    """All problems are told, once; the scenario stays, and the next good edit counts."""
    before = watching.app.desk.scenario
    watching.mine.write_text(TEXT + "fault: 1\nexpct: 2\n")
    watching.look()
    watching.look()
    assert watching.told == []
    [complaint] = watching.complaints
    first, *problems = complaint.splitlines()
    assert first == f"{watching.mine}: the edit cannot be used, the scenario stays as it was"
    assert [line.partition(": ")[0] for line in problems] == [f"{watching.mine}:4:1", f"{watching.mine}:5:1"]
    assert watching.app.desk.scenario is before
    watching.mine.write_text(TEXT + "expect: []\n")
    watching.look()
    assert watching.told == [f"{watching.mine}: nothing that matters changed"]


def test_a_file_that_is_gone_is_told(watching: Watching) -> None:
    """The scenario goes on without it, and counts it again when it is back."""
    watching.mine.unlink()
    watching.look()
    assert len(watching.complaints) == 1
    assert "cannot be read" in watching.complaints[0]
    watching.mine.write_text(TEXT + "choices: {client_secret: required}\n")
    watching.look()
    assert watching.told == [f"{watching.mine}: choices changed; the world goes on"]


def test_an_edit_at_odds_with_the_command_line_changes_nothing(watching: Watching) -> None:
    """What `--user` or `--client-id` cannot be laid on is a problem of the edit."""
    watching._watcher._load = lambda: override(load(str(watching.mine)), Overrides(client_secret="x"))
    watching.mine.write_text(TEXT + "given: {clients: {another: {}}}\n")
    watching.look()
    [complaint] = watching.complaints
    assert "say which client is meant with --client-id; the scenario has another, demo-broker" in complaint


def test_a_link_that_leads_elsewhere_is_an_edit(watching: Watching, tmp_path: Path) -> None:
    """Where the file is a link, it is the link that is watched, and each file that it leads to."""
    one, other = tmp_path / "one", tmp_path / "other"
    one.write_text(TEXT + "choices: {api_key_limit: 51}\n")
    other.write_text(TEXT + "choices: {api_key_limit: 52}\n")
    limits = []
    for target in (one, other):
        watching.mine.unlink()
        watching.mine.symlink_to(target)
        watching.look()
        limits.append(watching.app.desk.exchange.world.choices.api_key_limit)
    other.write_text(TEXT + "choices: {api_key_limit: 53}\n")
    watching.look()
    assert [*limits, watching.app.desk.exchange.world.choices.api_key_limit] == [51, 52, 53]


def test_a_pipe_in_the_place_of_the_file_keeps_nobody_waiting(watching: Watching) -> None:
    """Reading it would block the server; it is told of instead."""
    watching.mine.unlink()
    os.mkfifo(watching.mine)
    watching.look()
    [complaint] = watching.complaints
    assert complaint.endswith(
        f"{watching.mine}:1:1: cannot be read: it is a pipe; a scenario is read from a regular file only"
    )
