"""Faults in force: their ids, whom they strike, how often, in which order; and who logs in next."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from simulator.core.endpoint import Subject
from simulator.core.spec import Decision
from simulator.scenario.staging.armed import MOST, Armed, Staging, number_of
from simulator.scenario.staging.faults import Condition, Fault
from simulator.scenario.staging.logins import PAGE, Decided, Login

ANN = Subject("ann", "one")


def nothing() -> Mapping[str, object]:
    """A request without fields."""
    return {}


def never() -> Mapping[str, object]:
    raise AssertionError("nobody asked for the fields")


@pytest.mark.parametrize(
    ("id", "number"),
    [
        ("f1", 1),
        ("f0", 0),
        ("f999999999999999999", 999999999999999999),
        ("f1000000000000000000", -1),
        ("1", -1),
        ("f", -1),
        ("", -1),
        ("g1", -1),
        ("f-1", -1),
        ("f1x", -1),
        ("f\N{ARABIC-INDIC DIGIT ONE}", -1),
        ("f\N{SUPERSCRIPT TWO}", -1),
    ],
)
def test_number_of_an_id(id: str, number: int) -> None:
    """An id is an f and at most eighteen digits of ASCII; whatever else is none."""
    assert number_of(id) == number


def test_how_many_faults_there_can_be() -> None:
    """The control surface adds faults and logins up to a thousand, since each call looks at all faults."""
    assert MOST == 1000


@pytest.mark.parametrize(("hits", "times", "spent"), [(0, 1, False), (1, 1, True), (2, 1, True), (5, None, False)])
def test_spent(hits: int, times: int | None, spent: bool) -> None:
    """A fault is spent with its last strike, and one without a number never."""
    assert Armed("f1", Fault("withdraw", times=times), hits=hits).spent is spent


@pytest.mark.parametrize(("seen", "hits"), [(0, 0), (1, 0), (2, 1), (3, 1)])
def test_counted(seen: int, hits: int) -> None:
    """With `skip: 2` the third call is the first that is struck."""
    counted = Armed("f1", Fault("withdraw", skip=2), seen=seen).counted()
    assert (counted.seen, counted.hits) == (seen + 1, hits)


@pytest.mark.parametrize(
    ("fault", "applies"),
    [
        (Fault("withdraw"), True),
        (Fault("withdraw", user="ann"), True),
        (Fault("withdraw", user="ben"), False),
        (Fault("withdraw", client="one"), True),
        (Fault("withdraw", client="two"), False),
        (Fault("withdraw", user="ann", client="two"), False),
        (Fault("withdraw", user="ben", client="one"), False),
    ],
)
def test_whom_a_fault_strikes(fault: Fault, applies: bool) -> None:
    """User and client must both be the call's, and without a `match` nobody reads its fields."""
    assert Armed("f1", fault).applies(ANN, never) is applies


def test_the_strike_says_how_often_it_came() -> None:
    """What strikes is the fault with its new count, the same that is in force from then on."""
    staging = Staging([Fault("withdraw", times=2)])
    struck = staging.struck("withdraw", ("before",), ANN, nothing)
    assert struck is not None
    assert (struck.id, struck.seen, struck.hits) == ("f1", 1, 1)
    assert staging.armed == (struck,)


def test_what_does_not_strike_is_not_counted() -> None:
    """Another operation, another moment, another user and other fields leave a fault as it was."""
    staging = Staging([Fault("withdraw", user="ann", match=(Condition("amount", "1"),))])
    before = staging.standing
    assert staging.struck("add_api_key", ("before",), ANN, never) is None
    assert staging.struck("withdraw", ("after_commit", "mid_body"), ANN, never) is None
    assert staging.struck("withdraw", ("before",), Subject("ben", "one"), never) is None
    assert staging.struck("withdraw", ("before",), ANN, nothing) is None
    assert staging.standing is before


def test_a_call_that_is_let_pass_meets_the_next_fault() -> None:
    """The first fault counts the call and lets it pass, and the second strikes it."""
    staging = Staging([Fault("withdraw", skip=1), Fault("withdraw")])
    struck = staging.struck("withdraw", ("before",), ANN, nothing)
    assert struck is not None
    assert [(armed.id, armed.seen, armed.hits) for armed in staging.armed] == [("f1", 1, 0), ("f2", 1, 1)]
    assert struck.id == "f2"


def test_removal() -> None:
    """A fault goes by its id, once; what is no id of a fault removes nothing, and no id comes back."""
    staging = Staging([Fault("withdraw"), Fault("add_api_key")])
    assert [staging.remove(name) for name in ("f3", "1", "", "f1", "f1")] == [False, False, False, True, False]
    assert [armed.id for armed in staging.armed] == ["f2"]
    assert staging.add(Fault("withdraw")).id == "f3"
    assert [armed.id for armed in staging.armed] == ["f2", "f3"]


def test_order_by_number() -> None:
    """The tenth fault stands behind the ninth, not behind the first."""
    staging = Staging([Fault("withdraw")] * 11)
    assert [armed.id for armed in staging.armed] == [f"f{number}" for number in range(1, 12)]


def test_others_in_their_place() -> None:
    """Other faults take the place of all, with new ids and nothing counted."""
    staging = Staging([Fault("withdraw")])
    assert not staging.quiet
    staging.replace([Fault("add_api_key")])
    assert staging.armed == (Armed("f2", Fault("add_api_key")),)
    staging.replace([])
    assert staging.quiet


def test_a_copy_goes_its_own_way() -> None:
    """A copy has the same counts and the same people waiting, and neither sees what becomes of the other."""
    staging = Staging([Fault("withdraw")], Login("queue", (Decided("ann"),)))
    other = staging.copy()
    assert other.standing is staging.standing
    other.next_login()
    other.remove("f1")
    assert [decided.user for decided in staging.waiting] == ["ann"]
    assert not staging.quiet


@pytest.mark.parametrize(
    ("login", "logins"),
    [
        (PAGE, [None, None]),
        (Login("page", (Decided("ann"),)), [None, None]),
        (Login("auto", (Decided("ann"), Decided("ben"))), ["ann", "ann"]),
        (Login("queue", (Decided("ann"), Decided("ben"))), ["ann", "ben", None]),
    ],
)
def test_who_logs_in(login: Login, logins: list[str | None]) -> None:
    """`page` asks, `auto` decides each time alike, `queue` decides as often as it says, then asks."""
    staging = Staging(login=login)
    assert [(decided := staging.next_login()) and decided.user for _ in logins] == logins


def test_who_waits_comes_before_auto() -> None:
    """Somebody who waits logs in first, behind those who wait already; then the login decides again."""
    staging = Staging(login=Login("auto", (Decided("ann"),)))
    staging.wait(Decided("ben"))
    staging.wait(Decided("eve"))
    assert [(decided := staging.next_login()) and decided.user for _ in range(3)] == ["ben", "eve", "ann"]


def test_another_login() -> None:
    """Another login begins with its first decision, and the faults keep their counts."""
    staging = Staging([Fault("withdraw")], Login("queue", (Decided("ann"),)))
    armed = staging.struck("withdraw", ("before",), ANN, nothing)
    login = Login("queue", (Decided("ben"), Decided("eve")))
    staging.log_in_by(login)
    assert (staging.standing.login, [decided.user for decided in staging.waiting]) == (login, ["ben", "eve"])
    assert staging.armed == (armed,)


def test_a_decision_by_default() -> None:
    """Who decides without saying how approves, grants all, and pays to any address; a login without a word asks."""
    decided = Decided("ann")
    assert (decided.decision, decided.grant, decided.addressbook_only) == (Decision.APPROVE, None, False)
    assert (PAGE.mode, PAGE.decisions) == ("page", ())


def test_what_was_counted_since() -> None:
    """The counts of calls and strikes since then, by fault, can be taken back; faults that are gone are left out."""
    staging = Staging([Fault("withdraw", skip=1), Fault("withdraw", skip=2), Fault("add_api_key")])
    for _ in range(3):
        staging.struck("withdraw", ("before",), ANN, nothing)
    before = staging.standing
    assert before.since(before) == ()
    for _ in range(2):
        staging.struck("withdraw", ("before",), ANN, nothing)
    counts = staging.standing.since(before)
    assert counts == ((1, 2, 2),)
    assert staging.standing.without(counts) == before
    staging.remove("f1")
    assert staging.standing.since(before) == ()
    assert staging.standing.without(counts) == staging.standing
    assert before.since(staging.standing) == ()
