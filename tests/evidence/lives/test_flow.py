"""The flow of a user: every arrow is a call of the journal, in order, with what the user and the broker saw of it."""

from __future__ import annotations

import asyncio

import pytest
from support.desk import START, query
from support.played_payment import Played
from support.wire import FORM, control

from simulator.evidence.journal import Entry
from simulator.evidence.lives import flow
from simulator.evidence.lives.flow import FlowStep
from simulator.web.wire.damage import NoTransportError


@pytest.fixture
def played(runner: asyncio.Runner) -> Played:
    return Played(runner)


def entries_of(played: Played, user: str = "alice") -> list[Entry]:
    return [entry for entry in flow.of_user(played.journal, user) if entry is not None][::-1]


def lines(played: Played, user: str = "alice") -> list[str]:
    return [*map(flow.line, flow.flow(entries_of(played, user)))]


def test_a_payment_from_login_to_money(played: Played) -> None:
    """The twin of the picture: who sends what to whom, in order, with the codes that KuCoin sends to the user."""
    assert lines(played) == [
        "User to KuCoin: decides about the permissions",
        "KuCoin to User: 201 allowed",
        "User to Broker: redirect with the code and state",
        "Broker to KuCoin: exchanges the code for tokens",
        "KuCoin to Broker: 200 a pair of tokens",
        "Broker to KuCoin: asks for an API key",
        "KuCoin to Broker: 200 the API key",
        "Broker to KuCoin: asks for a withdrawal",
        "KuCoin to User: one-time code (EMV)",
        "KuCoin to Broker: 200 factors are needed",
        "Broker to KuCoin: sends the second factors",
        "KuCoin to Broker: 200 the withdrawal is accepted",
    ]
    steps = flow.flow(entries_of(played))
    assert [step.entry for step in steps] == [1, 1, 1, 2, 2, 3, 3, 4, 4, 4, 5, 5]
    assert {step.business for step in steps} == {START}
    assert lines(played, "bob") == []


def test_what_happens_between_the_calls(played: Played) -> None:
    """A jump of the business clock and a withdrawal that settled on the way stand between the calls."""
    control(played.send, "/clock/advance", {"by": "1h1m"})
    played.broker.refresh(played.tokens["refresh_token"])
    assert lines(played)[-4:] == [
        "KuCoin: the business clock moves on by 1 h 1 min",
        "KuCoin: withdrawal of USDT is paid",
        "Broker to KuCoin: refreshes the tokens",
        "KuCoin to Broker: 200 a pair of tokens",
    ]


def test_a_refusal_is_an_arrow_with_its_reason(played: Played) -> None:
    """A refused call is told apart from an accepted one, and the text of the refusal is with it."""
    played.broker.exchange(played.code)
    *_, answer = flow.flow(entries_of(played))
    assert (answer.outcome, answer.text) == ("refused", "400 CODE_USED")
    assert "the code has been used" in answer.detail


def test_an_answer_that_is_lost_does_not_arrive(played: Played) -> None:
    """A fault has its own note, and the arrow of an answer that it loses is marked."""
    fault = {"operation": "refresh_tokens", "at": "after_commit", "network": "reset"}
    assert control(played.send, "/faults", fault).status == 201
    with pytest.raises(NoTransportError):  # there is no connection that could be reset
        played.broker.refresh(played.tokens["refresh_token"])
    asked, note, answer = flow.flow(entries_of(played))[-3:]
    assert asked.text == "refreshes the tokens"
    assert (note.note, note.outcome) == (True, "fault")
    assert (answer.lost, answer.outcome) == (True, "fault")
    assert flow.line(answer).endswith("(the answer is lost)")


def test_the_login_page_belongs_to_who_logs_in(played: Played) -> None:
    """Nobody is known when the page is opened: it is the user's whose login came from that very link."""
    for state, user in (("mine", "bob"), ("other", "carol")):
        target = f"/oauth?{query(state=state)}"
        played.send("GET", target)
        played.send("POST", target, f"step=login&identity={user}".encode(), FORM)
    assert lines(played, "bob") == [
        "Broker to User: the link to the login page",
        "User to KuCoin: opens the login page",
        "KuCoin to User: 200 the login page",
        "User to KuCoin: logs in",
        "KuCoin to User: 200 the permissions to choose from",
    ]
    assert [entry.number for entry in entries_of(played, "carol")] == [8, 9]


def test_a_flow_reads_each_entry_once(played: Played) -> None:
    """The walk is one step for each entry of the ring, and a long flow goes on before its oldest call."""
    steps = [*flow.of_user(played.journal, "alice")]
    assert len(steps) == played.journal.last
    older = [entry.number for entry in flow.of_user(played.journal, "alice", 3) if entry]
    assert older == [2, 1]


@pytest.mark.parametrize(
    ("milliseconds", "text"),
    [(0, "less than 1 s"), (999, "less than 1 s"), (61_000, "1 min 1 s"), (90_061_000, "1 d 1 h")],
)
def test_a_duration_is_said_with_two_units(milliseconds: int, text: str) -> None:
    """The two largest units of a duration, without those that are zero."""
    assert flow.span(milliseconds) == text


def test_a_note_is_at_one_party() -> None:
    """A step whose two parties are one is a note, and its line names that party once."""
    assert flow.line(FlowStep("kucoin", "kucoin", "x")) == "KuCoin: x"
