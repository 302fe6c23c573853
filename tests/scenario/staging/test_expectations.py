"""`expect:` and `login:`: every key reaches the value, and what makes no sense is refused where it stands."""

from __future__ import annotations

from typing import Any

import pytest
from support.scenario_texts import CAST, FILE, HEAD, refused_here, staged, staged_problems

from simulator.core.spec import AuthGroup, Decision
from simulator.scenario.staging.expectations import FACTS, Expectation
from simulator.scenario.staging.logins import PAGE, Decided, Login


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("operation: withdraw, exactly: 0", {"operation": "withdraw", "exactly": 0}),
        ("outcome: USER_FROZEN, at_least: 1", {"outcome": "USER_FROZEN", "at_least": 1}),
        ("outcome: OK, user: ann, at_most: 2", {"outcome": "OK", "user": "ann", "at_most": 2}),
        (
            "operation: refresh_tokens, client: one, outcome: NOT_PERFORMED, at_least: 1, at_most: 1",
            {"operation": "refresh_tokens", "client": "one", "outcome": "NOT_PERFORMED", "at_least": 1, "at_most": 1},
        ),
        (
            "operation: refresh_tokens, outcome: REFRESH_TOKEN_SUPERSEDED, exactly: 1",
            {"operation": "refresh_tokens", "outcome": "REFRESH_TOKEN_SUPERSEDED", "exactly": 1},
        ),
        *((f"fact: {fact}, user: ben, exactly: 1", {"fact": fact, "user": "ben", "exactly": 1}) for fact in FACTS),
    ],
)
def test_every_key_of_an_expectation_reaches_it(text: str, expected: dict[str, Any]) -> None:
    """Calls, facts, people and numbers are what the file says."""
    assert staged(f"expect:\n- {{{text}}}\n").expect == (Expectation(**expected),)


ONCE = Expectation("withdraw", exactly=1)
NEVER = Expectation(fact="violations", exactly=0)


@pytest.mark.parametrize(
    ("text", "any_of"),
    [
        ("[{operation: withdraw, exactly: 1}]", ((ONCE,),)),
        ("[{operation: withdraw, exactly: 1}, {fact: violations, exactly: 0}]", ((ONCE,), (NEVER,))),
        ("[[{operation: withdraw, exactly: 1}, {fact: violations, exactly: 0}]]", ((ONCE, NEVER),)),
        ("[{fact: violations, exactly: 0}, [{operation: withdraw, exactly: 1}]]", ((NEVER,), (ONCE,))),
    ],
)
def test_alternatives(text: str, any_of: tuple[tuple[Expectation, ...], ...]) -> None:
    """An alternative is an expectation, or a list of expectations that must all hold."""
    assert staged(f"expect:\n- any_of: {text}\n").expect == (Expectation(any_of=any_of),)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("any_of: »[]", "expect[0].any_of: must not be empty"),
        ("any_of: [»[]]", "expect[0].any_of[0]: must not be empty"),
        ("any_of: »{outcome: OK, exactly: 1}", "expect[0].any_of: expected a list, found a mapping"),
        (
            "any_of: [»withdraw]",
            "expect[0].any_of[0]: expected an expectation, or a list of them that must all hold, found 'withdraw'",
        ),
        (
            "any_of: [»{user: ann, exactly: 1}]",
            "expect[0].any_of[0]: must have at least one of operation, outcome, fact",
        ),
        ("any_of: [{»any_of: []}]", "expect[0].any_of[0].any_of: unknown key; known: operation, "),
        (
            "any_of: [[{outcome: OK, exactly: 1}, {outcome: OK, user: »zoe, exactly: 1}]]",
            "expect[0].any_of[0][1].user: unknown user zoe; given.users has ann, ben",
        ),
        (
            "any_of: [{operation: withdraw, outcome: »CODE_USED, exactly: 1}]",
            "expect[0].any_of[0].outcome: withdraw never ends with CODE_USED; it can with OK,",
        ),
        (
            "user: ann, »any_of: [{outcome: OK, exactly: 1}]",
            "expect[0].any_of: cannot be combined with user; remove one of them",
        ),
    ],
)
def test_alternatives_that_make_no_sense_are_refused_where_they_go_wrong(text: str, problem: str) -> None:
    """What is wrong inside an alternative is told at its own line and column."""
    found = refused_here(f"{HEAD}{CAST}expect:\n- {{{text}}}\n")
    assert [line for line in found if line.startswith(problem)], found


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            "fact: violations, »operation: withdraw, exactly: 1",
            "expect[0].operation: cannot be combined with fact; remove one of them",
        ),
        (
            "»outcome: OK, fact: violations, exactly: 1",
            "expect[0].outcome: cannot be combined with fact; remove one of them",
        ),
        (
            "outcome: OK, exactly: 1, »at_least: 1",
            "expect[0].at_least: cannot be combined with exactly; remove one of them",
        ),
        (
            "outcome: OK, »at_most: 1, exactly: 1",
            "expect[0].at_most: cannot be combined with exactly; remove one of them",
        ),
        ("outcome: OK, at_least: 3, at_most: »2", "expect[0].at_most: must not be less than at_least, which is 3"),
        ("outcome: »FINE, exactly: 1", "expect[0].outcome: no such outcome as 'FINE'"),
        ("outcome: »[OK], exactly: 1", "expect[0].outcome: expected OK, NOT_PERFORMED or a reason, found a list"),
        (
            "operation: withdraw, outcome: »CODE_USED, exactly: 1",
            "expect[0].outcome: withdraw never ends with CODE_USED; it can with OK, NOT_PERFORMED, RATE_LIMITED,",
        ),
        (
            "operation: »witdraw, exactly: 1",
            "expect[0].operation: no such operation as 'witdraw' (did you mean withdraw?)",
        ),
        (
            "fact: »payouts, exactly: 1",
            "expect[0].fact: expected one of withdrawals_accepted, transfers_accepted, orders_accepted, ",
        ),
        (
            "fact: transfers_accepted, »client: one, exactly: 1",
            "expect[0].client: cannot be combined with fact transfers_accepted, which is counted by user only",
        ),
        ("outcome: OK, user: »zoe, exactly: 1", "expect[0].user: unknown user zoe; given.users has ann, ben"),
        ("outcome: OK, client: »x, exactly: 1", "expect[0].client: unknown client x; given.clients has one"),
        ("outcome: OK, exactly: »-1", "expect[0].exactly: expected a whole number, found '-1'"),
        ("outcome: OK, »excatly: 1", "expect[0].excatly: unknown key (did you mean exactly?)"),
    ],
)
def test_an_expectation_that_makes_no_sense_is_refused_where_it_goes_wrong(text: str, problem: str) -> None:
    """What could never hold, never fail or never be counted is told at its own line and column."""
    found = refused_here(f"{HEAD}{CAST}expect:\n- {{{text}}}\n")
    assert [line for line in found if line.startswith(problem)], found


@pytest.mark.parametrize(
    ("text", "group"),
    [
        ("exactly: 1", "operation, outcome, fact, any_of"),
        ("user: ann, exactly: 1", "operation, outcome, fact, any_of"),
        ("operation: withdraw", "exactly, at_least, at_most, any_of"),
        ("fact: violations, user: ann", "exactly, at_least, at_most, any_of"),
    ],
)
def test_an_expectation_counts_something(text: str, group: str) -> None:
    """Without what is counted, or how many it should be, an expectation is refused as a whole."""
    assert refused_here(f"{HEAD}{CAST}expect:\n- »{{{text}}}\n") == [f"expect[0]: must have at least one of {group}"]


@pytest.mark.parametrize(
    ("text", "login"),
    [
        ("~", PAGE),
        ("{mode: page}", PAGE),
        ("{mode: auto, user: ann}", Login("auto", (Decided("ann"),))),
        (
            "{mode: auto, user: ann, decision: deny, grant: [API_SPOT, API_COMMON], addressbook_only: true}",
            Login(
                "auto",
                (Decided("ann", Decision.DENY, frozenset({AuthGroup.API_SPOT, AuthGroup.API_COMMON}), True),),
            ),
        ),
        ("{mode: auto, user: ann, grant: all}", Login("auto", (Decided("ann", grant=frozenset(AuthGroup)),))),
        ("{mode: queue, logins: []}", Login("queue")),
        (
            "{mode: queue, logins: [{user: ann, grant: []}, {user: ben, decision: approve}]}",
            Login("queue", (Decided("ann", grant=frozenset()), Decided("ben"))),
        ),
    ],
)
def test_every_way_to_log_in_can_be_said(text: str, login: Login) -> None:
    """A page, one user each time, or users one after the other."""
    assert staged(f"login: {text}\n").login == login


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("{}", ["6:8: login.mode: is missing; it is one of page, auto, queue"]),
        ("auto", ["6:8: login: expected a mapping, found 'auto'"]),
        ("{mode: atuo}", ["6:15: login.mode: expected one of page, auto, queue, found 'atuo' (did you mean auto?)"]),
        ("{mode: auto}", ["6:8: login.user: is missing"]),
        ("{mode: queue}", ["6:8: login.logins: is missing"]),
        ("{mode: page, user: ann}", ["6:21: login.user: goes with mode: auto, not with mode: page"]),
        (
            "{mode: queue, user: ann, logins: []}",
            ["6:22: login.user: goes with mode: auto, not with mode: queue"],
        ),
        ("{mode: page, usr: ann}", ["6:21: login.usr: unknown key; known: mode"]),
        ("{mode: auto, user: zoe}", ["6:27: login.user: unknown user zoe; given.users has ann, ben"]),
        (
            "{mode: queue, logins: [{user: ann}, {user: bne}]}",
            ["6:51: login.logins[1].user: unknown user bne; given.users has ann, ben (did you mean ben?)"],
        ),
        ("{mode: queue, logins: [{}]}", ["6:31: login.logins[0].user: is missing"]),
        (
            "{mode: auto, user: ann, decision: maybe}",
            ["6:42: login.decision: expected one of approve, deny, found 'maybe'"],
        ),
    ],
)
def test_a_login_that_makes_no_sense_is_refused_where_it_goes_wrong(text: str, found: list[str]) -> None:
    """A way to log in that does not exist, or lacks what it needs, is told at its own line and column."""
    assert staged_problems(f"login: {text}\n") == [f"{FILE}:{line}" for line in found]


def test_a_login_can_grant_only_what_there_is() -> None:
    """A permission without a key cannot be granted."""
    [problem] = staged_problems("login: {mode: auto, user: ann, grant: [API_SPOT, API_SPOTS]}\n")
    assert problem.startswith(f"{FILE}:6:50: login.grant[1]: expected one of API_COMMON, ")
    assert problem.endswith("found 'API_SPOTS' (did you mean API_SPOT?)")
