"""The closed list of reasons: each can be earned, in its order, and a refusal leaves the world as it was."""

from __future__ import annotations

import re
from itertools import combinations

import pytest
from support.desk import Desk
from support.refusal_cases import CASES, NEEDS_A_CASE
from support.refusal_cases.defects import Case, Defect, together

from simulator.core.refusals import OF_THE_SERVER, Grade, Reason
from simulator.core.value import Reply
from simulator.core.world import World

ORDER = list(Reason)
COUNTED = {
    Reason.WITHDRAWAL_RATE_LIMITED: {"windows", "step"},
    Reason.FACTOR_WRONG: {"transactions", "step"},
    Reason.REBATE_FILE_NOT_READY: {"broker_books"},
}
"""Attempts that count although they are refused, and the tables in which they do."""


def changed(before: World, after: World) -> set[str]:
    told = {name for name in World.__struct_fields__ if getattr(before, name) is not getattr(after, name)}
    return told - {"touched"}  # which says just that


@pytest.mark.parametrize("name", CASES)
def test_good_requests(name: str) -> None:
    """Without a defect each request of the table succeeds, so a defect is what earns the refusal."""
    desk, command = CASES[name].refused()
    outcome = desk.perform(command)
    assert isinstance(outcome.result, Reply)
    assert outcome.operation == name
    assert outcome.word == "OK"


@pytest.mark.parametrize("name", CASES)
def test_each_defect_earns_its_reason(name: str) -> None:
    """A request with one defect is refused for that reason, in a text whose every gap is filled.

    It leaves the very world that it found, but for the counters of attempts that count.
    """
    for place, defect in enumerate(CASES[name].defects):
        desk, command = CASES[name].refused(defect)
        before = desk.world
        refusal = desk.refusal(command)
        assert refusal.reason is defect.reason, place
        assert not re.search(r"[{}]", refusal.text), place
        assert refusal.expected or "body" in defect.fields, place
        allowed = COUNTED.get(defect.reason, set()) if name != "bind_factor" else set()
        assert changed(before, desk.world) <= allowed, place
        assert allowed or desk.world is before, place


def test_every_reason_can_be_earned() -> None:
    """No reason is dead: a command earns each, but for those that are given before there is a command."""
    earned = {defect.reason for case in CASES.values() for defect in case.defects}
    assert set(Reason) - earned - OF_THE_SERVER == set(), f"no bad request of the tests earns these: {NEEDS_A_CASE}"
    assert earned & OF_THE_SERVER == set()


def out_of_order(case: Case) -> list[str]:
    wrong = []
    for one, other in combinations(case.defects, 2):
        if together(one, other):
            desk, command = case.refused(one, other)
            first = min(one.reason, other.reason, key=ORDER.index)
            if (given := desk.reason(command)) is not first:
                wrong.append(f"{one.reason.name} and {other.reason.name} gave {given.name}")
    return wrong


@pytest.mark.parametrize("name", CASES)
def test_precedence_is_the_order_of_the_list(name: str) -> None:
    """Of two reasons that hold, the one that stands first in the list is given, for every pair of defects (H32)."""
    assert out_of_order(CASES[name]) == []


def test_precedence_check_can_fail() -> None:
    """The check above sees a pair that is answered in the wrong order."""
    honest = CASES["bind_factor"]
    lying = Case(
        honest.prepare,
        honest.build,
        (honest.defects[0], Defect(Reason.UNKNOWN_PATH, {"code": "000000"})),
    )
    assert out_of_order(lying) == ["USER_UNKNOWN and UNKNOWN_PATH gave USER_UNKNOWN"]


def test_denials_are_whole() -> None:
    """Every reason has a meaning, a text, an HTTP status, a rule and a grade; codes are texts of digits."""
    for reason in Reason:
        denial = reason.denial
        assert denial.meaning
        assert denial.text
        assert denial.rule
        assert 200 <= denial.status < 600
        assert isinstance(denial.grade, Grade)
        assert denial.code is None or re.fullmatch(r"\d{3,6}", denial.code)
        assert denial.code is not None or denial.grade is not Grade.DOCUMENTED


@pytest.mark.parametrize(
    ("reason", "code", "status", "text"),
    [
        (Reason.RATE_LIMITED, "429000", 429, "Too Many Requests"),
        (Reason.HEADER_MISSING, "400001", 400, "Please check the header of your request for KC-API-KEY, "),
        (Reason.TIMESTAMP_INVALID, "400002", 400, "Invalid KC-API-TIMESTAMP"),
        (Reason.API_KEY_UNKNOWN, "400003", 401, "The API key does not exist or site mismatch."),
        (Reason.PASSPHRASE_INVALID, "400004", 401, "Invalid KC-API-PASSPHRASE"),
        (Reason.SIGNATURE_INVALID, "400005", 401, "Invalid KC-API-SIGN"),
        (Reason.IP_NOT_ALLOWED, "400006", 403, "Invalid request ip, the current clientIp is:"),
        (Reason.PERMISSION_MISSING, "400007", 403, "Access denied, require more permission."),
        (Reason.KEY_VERSION_ABOLISHED, "400008", 400, "V1 & V2 API keys are no longer supported by this API."),
        (Reason.KEY_VERSION_INVALID, "400009", 400, "Invalid KC-API-KEY-VERSION."),
        (Reason.UNKNOWN_PARTNER, "400200", 400, "Unknown partner"),
        (Reason.PARTNER_SIGNATURE_INVALID, "400201", 400, "Invalid KC-API-PARTNER-SIGN"),
        (Reason.WITHDRAWAL_RATE_LIMITED, "429000", 429, "Too Many Requests"),
    ],
)
def test_gateway_answers(reason: Reason, code: str, status: int, text: str) -> None:
    """The gateway's answers carry the captured codes, HTTP statuses and texts."""
    denial = reason.denial
    assert (denial.code, denial.status) == (code, status)
    assert denial.text.startswith(text)


@pytest.mark.parametrize(
    ("reason", "code", "text"),
    [
        (Reason.CHAIN_INVALID, "900014", "Invalid chainId"),
        (Reason.WITHDRAWAL_DISABLED, "260210", "withdraw.disabled"),
        (Reason.AMOUNT_BELOW_MINIMUM, "400100", "The withdrawal amount is below the minimum requirement."),
        (Reason.ADDRESS_INVALID, "400100", "Incorrect withdrawal address"),
        (Reason.ADDRESS_NOT_IN_BOOK, "260325", "Already set withdraw whitelist, this address is not favorite address"),
        (Reason.BALANCE_INSUFFICIENT, "115007", "Insufficient account balance"),
        (Reason.AMOUNT_CAP_EXCEEDED, "110003", "Withdrawal limit exceeded"),
        (Reason.USER_FROZEN, "411100", "User is frozen"),
    ],
)
def test_money_answers(reason: Reason, code: str, text: str) -> None:
    """Money errors are business errors: HTTP 200 with the published code and text (H54)."""
    assert (reason.denial.code, reason.denial.status, reason.denial.text) == (code, 200, text)


def test_bearer_answers() -> None:
    """A missing bearer is 400401, every other bearer problem 400400, all with HTTP 401 (H11)."""
    codes = {reason.name: reason.denial.code for reason in Reason if "ACCESS_TOKEN" in reason.name}
    assert set(codes.values()) == {"400400"}
    assert len(codes) == 3
    assert Reason.AUTHORIZATION_MISSING.denial.code == "400401"
    assert {Reason[name].denial.status for name in (*codes, "AUTHORIZATION_MISSING")} == {401}


def test_key_errors_as_printed() -> None:
    """The two errors that s4 prints keep its words, typographic apostrophe included; their codes nobody published."""
    assert Reason.REPEATED_API_NAME.denial.text == "Repeated apiName"
    limit = Reason.API_KEY_LIMIT_REACHED.denial
    assert limit.text == "The number of user\N{RIGHT SINGLE QUOTATION MARK}s apiKey reaches to the maximum level"
    assert {
        (each.denial.code, each.denial.status) for each in (Reason.REPEATED_API_NAME, Reason.API_KEY_LIMIT_REACHED)
    } == {(None, 200)}


def test_oauth_texts_begin_with_their_rfc_name() -> None:
    """The text of a token or refresh error begins with RFC 6749's name for it (H10)."""
    named = [
        reason
        for reason in Reason
        if reason.denial.oauth and reason.denial.code is None and reason.denial.status == 400
    ]
    assert len(named) >= 15
    assert all(reason.denial.text.startswith(f"{reason.denial.oauth}: ") for reason in named)


def test_unpublished_code() -> None:
    """The shared code is one value, numeric, that a scenario may change, and no reason's own (H00)."""
    code = Desk().world.choices.unpublished_code
    assert code == "999999"
    assert code not in {reason.denial.code for reason in Reason}
    assert Desk(unpublished_code="1").world.choices.unpublished_code == "1"
