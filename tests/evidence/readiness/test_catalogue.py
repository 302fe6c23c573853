"""The catalogue: its rows are whole, rest on rules that there are, and stand in the documentation."""

from __future__ import annotations

import pytest
from support.situations_page import PAGE, page

from simulator.core.endpoints import CALLS
from simulator.evidence.diagnosis.rules import rules
from simulator.evidence.readiness.catalogue import SITUATIONS
from simulator.evidence.readiness.situation import Situation
from simulator.scenario.loader import builtin

PROFILES = {"login", "keys", "tokens", "payouts", "accounts", "deposits", "rebates", "network", "orders"}


def test_there_are_many_and_no_two_share_an_id() -> None:
    """The catalogue has more than a hundred situations, each with an id of its own: topic, slash, name."""
    ids = [situation.id for situation in SITUATIONS]
    assert len(ids) > 130
    assert len(set(ids)) == len(ids)
    assert [name for name in ids if name != name.lower() or name.count("/") != 1] == []


@pytest.mark.parametrize("situation", SITUATIONS, ids=lambda situation: situation.id)
def test_a_row_is_whole(situation: Situation) -> None:
    """Each row says what happens, what is at risk, what to do and how to meet it, and names only what there is."""
    sentences = (situation.title, situation.kucoin, situation.risk, situation.fix)
    assert all(text.endswith(".") for text in sentences)
    assert situation.profile in PROFILES
    assert situation.operations
    assert set(situation.operations) <= set(CALLS)
    assert set(situation.rules) <= set(rules())
    assert situation.scenario or situation.reach
    assert not (situation.scenario and situation.lines)
    assert situation.reach or not situation.lines
    assert not situation.reach or situation.reach.endswith(".")
    assert situation.scenario in {"", *(path.stem for path in builtin())}


OF_THE_CLIENT = {
    *("login/redirect-differs", "tokens/kinds-mixed", "tokens/bearer-missing", "keys/malformed-groups"),
    *("permissions/ordinary-withdrawal", "factors/another-payment", "destinations/memo-superfluous"),
    *("destinations/chain-name", "destinations/unknown-inner-address", "fees/internal", "fees/external"),
    *("transfers/client-oid-reused", "transfers/sub-account", "lists/withdrawal-pages", "lists/trading-ledger-parts"),
    *("lists/page-size", "lists/ledger-span", "rebates/not-the-brokers-key", "rebates/span", "orders/cancel-of-ended"),
    *("orders/unknown-id", "orders/altered", "orders/ioc-killed"),
}
"""What only a mistake or a choice of the client itself reaches: no scenario can stage it."""


def test_what_others_cause_is_staged() -> None:
    """Each situation that KuCoin, the user, time or the network causes has a scenario, or lines of one."""
    unstaged = {situation.id for situation in SITUATIONS if not (situation.scenario or situation.lines)}
    assert unstaged == OF_THE_CLIENT


def test_the_page_shows_the_catalogue() -> None:
    """docs/situations.md is what the catalogue says; `python tests/support/situations_page.py` writes it anew."""
    assert PAGE.read_text(encoding="utf-8") == page()


def test_assumed_rules_are_named() -> None:
    """A situation says which of its rules are assumed throughout; one that is partly documented is not among them."""
    by_id = {situation.id: situation for situation in SITUATIONS}
    assert by_id["lost-answers/withdrawal"].assumed == ("H51/no-idempotency",)
    assert by_id["login/code-used"].assumed == ()
