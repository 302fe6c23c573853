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
    """docs/situations.md is what the catalogue says; `scripts/generate` writes it anew."""
    assert PAGE.read_text(encoding="utf-8") == page()


UNSURE = {
    "tokens/consent-revoked": "nobody says what becomes of the tokens",
    "permissions/cancel": "a key with API_WITHDRAW_OAUTH may be good enough to cancel",
    "factors/bound-already": "nobody describes the set-up page",
    **dict.fromkeys(("factors/wrong-code", "factors/third-wrong-code"), "nobody says how often a user may mistype"),
    **dict.fromkeys(("factors/expired", "factors/transaction-unknown"), "nobody says how long a transaction lives"),
    "factors/another-payment": "nobody says what the second request may change",
    **dict.fromkeys(
        [f"lost-answers/{name}" for name in ("withdrawal", "verified-withdrawal", "withdrawal-not-made")]
        + ["lost-answers/verification-not-made"],
        "nobody says that a payment has no idempotency",
    ),
    "settlement/canceled": "nobody says where the money of a canceled withdrawal goes",
    "users/frozen-transfer": "nobody says that a frozen user moves nothing",
    "deposits/unconfirmed": "nobody says when a deposit is the user's",
    **dict.fromkeys(
        ("lost-answers/transfer", "lost-answers/inner-transfer", "transfers/client-oid-repeated"),
        "nobody says what a clientOid does that comes again",
    ),
    "transfers/client-oid-reused": "the same",
    "transfers/account-not-opened": "nobody says what a missing futures account does to a transfer",
    "transfers/sub-account": "the simulator has no sub-accounts",
    "rebates/not-ready": "nobody says how long a file is prepared",
    **dict.fromkeys(("orders/unknown-at-first", "orders/fill-seen-first"), "nobody says that reports are late"),
    "orders/better-price": "the simulator fills at the market's price",
}
"""What is assumed in the situations that rest on an assumption, so that a report calls them unsure and not proven."""


def test_what_is_unsure_rests_on_an_assumption() -> None:
    """A situation is unsure only if what is assumed decides whether it comes, or what is right in it."""
    assert {situation.id for situation in SITUATIONS if situation.assumed} == set(UNSURE)


def test_assumed_rules_are_named() -> None:
    """A situation says which of its rules are assumed throughout; one that is partly documented is not among them."""
    by_id = {situation.id: situation for situation in SITUATIONS}
    assert by_id["lost-answers/withdrawal"].assumed == ("H51/no-idempotency",)
    assert by_id["login/code-used"].assumed == ()
