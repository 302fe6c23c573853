"""`faults:`: every key reaches the fault, and what cannot happen is refused where it stands."""

from __future__ import annotations

from decimal import Decimal

import pytest
from support.scenario_texts import CAST, FILE, HEAD, refused_here, staged, staged_problems

from simulator.core.endpoints import CALLS
from simulator.core.refusals import Reason
from simulator.core.staged import details_of
from simulator.scenario.staging.faults import Condition, Fault, Response


def _fault(text: str) -> Fault:
    [fault] = staged(f"faults:\n- {{{text}}}\n").faults
    return fault


def _problems(text: str) -> list[str]:
    """The problems of one fault, which begins at 7:4, without the file."""
    return [line.removeprefix(f"{FILE}:") for line in staged_problems(f"faults:\n- {{{text}}}\n")]


def test_every_key_of_a_fault_reaches_it() -> None:
    """Condition, count, moment and effect are what the file says, the amounts exact."""
    match = "currency: USDT, isInner: true, amount: {at_least: 0.10, at_most: '500'}"
    assert _fault(
        f"operation: withdraw, user: ann, client: one, match: {{{match}}}, times: 2, skip: 1, at: after_commit,"
        " network: reset, delay: 1m3s"
    ) == Fault(
        operation="withdraw",
        user="ann",
        client="one",
        match=(
            Condition("currency", equals="USDT"),
            Condition("isInner", equals="true"),
            Condition("amount", at_least=Decimal("0.10"), at_most=Decimal(500)),
        ),
        times=2,
        skip=1,
        at="after_commit",
        network="reset",
        delay=63_000,
    )


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("network: hang", Fault("withdraw", network="hang")),
        ("delay: 3s", Fault("withdraw", delay=3_000)),
        ("delay: 3s, at: mid_body", Fault("withdraw", delay=3_000, at="mid_body")),
        ("network: drip, delay: 3s, at: mid_body", Fault("withdraw", delay=3_000, at="mid_body", network="drip")),
        ("refuse: BALANCE_INSUFFICIENT", Fault("withdraw", refuse=Reason.BALANCE_INSUFFICIENT)),
        ("refuse: {reason: USER_FROZEN}", Fault("withdraw", refuse=Reason.USER_FROZEN)),
        ("refuse: IP_NOT_ALLOWED", Fault("withdraw", refuse=Reason.IP_NOT_ALLOWED)),
        (
            "refuse: {reason: PARAMETER_INVALID, field: amount, problem: must be less}",
            Fault(
                "withdraw",
                refuse=Reason.PARAMETER_INVALID,
                details=(("field", "amount"), ("problem", "must be less")),
            ),
        ),
        ("respond: {status: 503}", Fault("withdraw", respond=Response(503))),
        (
            "respond: {status: 502, headers: {Content-Type: text/html, x-n: 5}, body: '<h1>no</h1>'}",
            Fault(
                "withdraw",
                respond=Response(502, (("Content-Type", "text/html"), ("x-n", "5")), "<h1>no</h1>"),
            ),
        ),
    ],
)
def test_an_effect_is_what_it_says(text: str, fault: Fault) -> None:
    """Each effect, alone and with a delay, is read."""
    assert _fault(f"operation: withdraw, {text}") == fault


def test_faults_keep_their_order() -> None:
    """The file's order is the order of precedence."""
    text = "faults:\n- {operation: withdraw, delay: 1s}\n- {operation: refresh_tokens, network: empty}\n"
    assert [fault.operation for fault in staged(text).faults] == ["withdraw", "refresh_tokens"]


def test_every_reason_of_every_operation_can_be_staged() -> None:
    """What an operation can be refused with, a fault can refuse it with, once the text's names are filled."""
    lines = [
        f"- {{operation: {operation}, refuse: {{reason: {reason.name}{''.join(_filled(reason))}}}}}\n"
        for operation, call in CALLS.items()
        for reason in sorted(call.refusals, key=lambda each: each.name)
    ]
    faults = staged("faults:\n" + "".join(lines)).faults
    assert {(fault.operation, fault.refuse) for fault in faults} == {
        (operation, reason) for operation, call in CALLS.items() for reason in call.refusals
    }


def _filled(reason: Reason) -> list[str]:
    return [f", {name}: x" for name in details_of(reason)]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            "delay: »0s",
            "faults[0].delay: must be longer than 0s, or the fault does nothing",
        ),
        (
            "refuse: USER_FROZEN, »respond: {status: 500}",
            "faults[0].respond: cannot be combined with refuse; remove one of them",
        ),
        (
            "»network: reset, refuse: USER_FROZEN",
            "faults[0].network: cannot be combined with refuse; remove one of them",
        ),
        (
            "respond: {status: 500}, »network: reset",
            "faults[0].network: cannot be combined with respond; remove one of them",
        ),
        (
            "refuse: USER_FROZEN, at: »mid_body",
            "faults[0].at: is too late for refuse, as half of the answer is out; say before or after_commit",
        ),
        (
            "respond: {status: 500}, at: »mid_body",
            "faults[0].at: is too late for respond, as half of the answer is out; say before or after_commit",
        ),
        (
            "network: empty, at: »mid_body",
            "faults[0].at: is too late for an empty answer; say before, or network: truncate",
        ),
        ("network: hang, »delay: 3s", "faults[0].delay: has no effect with hang, which never ends; leave it out"),
        ("network: »rset", "faults[0].network: expected one of reset, empty, truncate, garbage, hang, drip,"),
        ("at: »after, delay: 1s", "faults[0].at: expected one of before, after_commit, mid_body, found 'after'"),
        ("delay: »3", "faults[0].delay: expected a duration such as 59m59s or 3d, found '3'"),
        ("delay: »-3s", "faults[0].delay: expected a duration such as 59m59s or 3d, found '-3s'"),
        ("delay: 1s, times: »0", "faults[0].times: must be at least 1"),
        ("delay: 1s, skip: »some", "faults[0].skip: expected a whole number, found 'some'"),
        ("delay: 1s, user: »anne", "faults[0].user: unknown user anne; given.users has ann, ben (did you mean ann?"),
        ("delay: 1s, client: »two", "faults[0].client: unknown client two; given.clients has one"),
        ("delay: 1s, »url: /x", "faults[0].url: unknown key"),
        ("delay: 1s, match: {»amont: 3}", "faults[0].match.amont: withdraw has no field amont; its fields are"),
        (
            "delay: 1s, match: {amount: »{least: 3}}",
            "faults[0].match.amount: must have at least one of at_least, at_most",
        ),
        ("delay: 1s, match: {amount: {at_least: »x}}", "faults[0].match.amount.at_least: expected an amount"),
        (
            "delay: 1s, match: {amount: {at_least: 3, at_most: »2}}",
            "faults[0].match.amount.at_most: must not be less than at_least, which is 3",
        ),
        (
            "delay: 1s, match: {amount: »[3]}",
            "faults[0].match.amount: expected a value, or {at_least: ..., at_most: ...}, found a list",
        ),
        ("delay: 1s, match: {amount: »~}", "faults[0].match.amount: expected text, found nothing"),
        (
            "refuse: »BALANCE_INSUFICIENT",
            "faults[0].refuse: no such reason as 'BALANCE_INSUFICIENT' (did you mean BALANCE_INSUFFICIENT?)",
        ),
        (
            "refuse: »REPEATED_API_NAME",
            "faults[0].refuse: withdraw is never refused with REPEATED_API_NAME; it can be with RATE_LIMITED, ",
        ),
        (
            "refuse: {reason: »REPEATED_API_NAME}",
            "faults[0].refuse.reason: withdraw is never refused with REPEATED_API_NAME; it can be with ",
        ),
        ("refuse: »{field: x}", "faults[0].refuse.reason: is missing"),
        (
            "refuse: »PARAMETER_INVALID",
            "faults[0].refuse: the text of PARAMETER_INVALID needs field and problem: write refuse: {reason: ",
        ),
        (
            "refuse: »{reason: PARAMETER_INVALID, field: amount}",
            "faults[0].refuse: the text of PARAMETER_INVALID needs problem: write refuse: {reason: ",
        ),
        (
            "refuse: {reason: USER_FROZEN, »field: amount}",
            "faults[0].refuse.field: is not in the text of USER_FROZEN",
        ),
        ("respond: »{}", "faults[0].respond.status: is missing"),
        ("respond: {status: »199}", "faults[0].respond.status: must be at least 200"),
        ("respond: {status: »600}", "faults[0].respond.status: must be at most 599"),
        (
            "respond: {status: 200, headers: {»a b: c}}",
            "faults[0].respond.headers.a b: expected the name of a header (RFC 9110 s5.1), found 'a b'",
        ),
        (
            'respond: {status: 200, headers: {a: »"b\\r\\nc: d"}}',
            "faults[0].respond.headers.a: expected text of a header: one line of Latin-1, found ",
        ),
        ("respond: {status: 200, headers: {a: »€}}", "faults[0].respond.headers.a: expected text of a header"),
        (
            "respond: {status: 200, headers: {»Content-Length: 5}}",
            "faults[0].respond.headers.Content-Length: is the server's own business; leave it out",
        ),
        (
            "respond: {status: 200, headers: {x-a: 5, »X-A: 6}}",
            "faults[0].respond.headers.X-A: is repeated: case does not matter",
        ),
        (
            "respond: {status: 204, body: »text}",
            "faults[0].respond.body: must be empty: an answer with status 204 has none",
        ),
        ("respond: {status: 200, body: »{a: b}}", "faults[0].respond.body: expected text, found a mapping"),
    ],
)
def test_a_fault_that_makes_no_sense_is_refused_where_it_goes_wrong(text: str, problem: str) -> None:
    """What cannot happen, and names that nobody has, are told at their own line and column."""
    found = refused_here(f"{HEAD}{CAST}faults:\n- {{operation: withdraw, {text}}}\n")
    assert [line for line in found if line.startswith(problem)], found


@pytest.mark.parametrize("text", ["", ", at: after_commit", ", user: ann, times: 1", ", refuse: ~"])
def test_a_fault_does_something(text: str) -> None:
    """A fault without an effect is refused as a whole."""
    assert refused_here(f"{HEAD}{CAST}faults:\n- »{{operation: withdraw{text}}}\n") == [
        "faults[0]: must have at least one of refuse, respond, network, delay, advance, hold, first, then"
    ]


@pytest.mark.parametrize("name", ["content-length", "Transfer-Encoding", "CONNECTION"])
def test_framing_is_the_servers(name: str) -> None:
    """A made-up answer cannot say how long it is or how it ends: that is what `network` is for."""
    [line] = _problems(f"operation: withdraw, respond: {{status: 200, headers: {{{name}: 1}}}}")
    assert line.endswith(f"headers.{name}: is the server's own business; leave it out")


def test_a_fault_needs_a_known_operation() -> None:
    """The operation is compulsory, and one that does not exist is answered with the nearest; the rest is still read."""
    assert _problems("delay: 1s, user: zoe") == [
        "7:3: faults[0].operation: is missing",
        "7:21: faults[0].user: unknown user zoe; given.users has ann, ben",
    ]
    [problem] = _problems("operation: withdrawal, delay: 1s")
    assert problem == "7:15: faults[0].operation: no such operation as 'withdrawal' (did you mean withdraw?)"
    [problem] = _problems("operation: zzz, delay: 1s")
    assert problem.endswith("no such operation as 'zzz'; GET /_sim/v1/operations lists them")
    assert _problems("operation: get_server_time, delay: 1s, match: {x: 1}") == [
        "7:51: faults[0].match.x: get_server_time has no field x; it has none"
    ]


def test_what_passes_without_a_client_is_no_operation_of_a_fault() -> None:
    """Time that passes is no call that could fail."""
    assert _problems("operation: pass_time, delay: 1s")


def test_every_fault_is_looked_at() -> None:
    """Two broken faults are two problems, each with its own place and number."""
    found = staged_problems("faults:\n- {operation: withdraw}\n- word\n- {operation: x, delay: 1s}\n")
    assert [line.partition(": ")[2].partition(":")[0] for line in found] == [
        "faults[0]",
        "faults[1]",
        "faults[2].operation",
    ]


@pytest.mark.parametrize("operation", ["get_server_time", "get_currency", "get_client_ip", "list_contracts"])
@pytest.mark.parametrize("whose", ["user: ann", "client: one"])
def test_nobody_is_behind_some_calls(operation: str, whose: str) -> None:
    """A call that carries no credential cannot be told by its user: such a fault would strike nothing."""
    [problem] = _problems(f"operation: {operation}, {whose}, network: reset")
    assert f"never matches: {operation} calls carry no " in problem
