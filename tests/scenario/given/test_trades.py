"""`given.trades`, and whom a broker has invited."""

from __future__ import annotations

from decimal import Decimal

import pytest
from support.scenario_texts import HEAD, problems, refused_here, situation

from simulator.core.world.brokers import Trade, TradeType
from simulator.core.world.users import NEW_YEAR
from simulator.scenario.client_names import Tenant
from simulator.scenario.forking import forked

ONE = "{user: ann, at: 2026-06-01T00:00:00Z, trade_type: SPOT, volume: 10, fee: 0.01}"
TAGLESS = "{user: ben, at: 2026-05-31T00:00:00Z, trade_type: FUTURE, volume: 1.50, fee: 0, tag: false, currency: USDC}"
JUNE = 1_780_272_000_000


def _world(trades: str, clients: str = "one: {rcode: r1, invited: [ben]}") -> str:
    return f"""given:
  clients: {{{clients}}}
  users: {{ann: {{registered_at: 2026-01-01T00:00:01Z}}, ben: {{}}}}
  trades: [{trades}]
"""


def test_every_key_of_a_trade_reaches_the_world() -> None:
    """Trades are numbered as they happened, whatever their order in the file; amounts keep their digits."""
    world = situation(_world(f"{ONE}, {TAGLESS}, {ONE}")).world
    assert world.broker_book("one").trades == (
        Trade(
            1, "ben", JUNE - 86_400_000, TradeType.FUTURE, Decimal("1.50"), Decimal(0), tagged=False, currency="USDC"
        ),
        Trade(2, "ann", JUNE, TradeType.SPOT, Decimal(10), Decimal("0.01")),
        Trade(3, "ann", JUNE, TradeType.SPOT, Decimal(10), Decimal("0.01")),
    )
    assert (world.clients["one"].rcode, world.clients["one"].invited) == ("r1", ("ben",))
    assert (world.users["ann"].registered_at, world.users["ben"].registered_at) == (NEW_YEAR + 1000, NEW_YEAR)


def test_without_trades_there_are_no_books() -> None:
    """Empty by default."""
    assert len(situation(_world("")).world.broker_books) == 0


def test_with_several_clients_a_trade_says_whose_it_is() -> None:
    """Each broker has its own book, numbered from 1."""
    two = "one: {}, two: {}"
    mine, other = (ONE.replace("}", f", client: {name}}}") for name in ("one", "two"))
    world = situation(_world(f"{mine}, {other}", two)).world
    assert [(name, book.trades[0].number) for name, book in sorted(world.broker_books.items())] == [
        ("one", 1),
        ("two", 1),
    ]
    found = refused_here(HEAD + _world("»" + ONE, two))
    assert found == ["given.trades[0].client: is missing: say whose user it is; given.clients has one, two"]


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("user: ann", "user: »anne", "trades[0].user: unknown user anne (did you mean ann?)"),
        ("SPOT", "»SPOTS", "trades[0].trade_type: expected one of SPOT, FUTURE"),
        ("fee: 0.01", "fee: »-1", "trades[0].fee: expected an amount such as 0.5"),
        ("fee: 0.01", "fee: 1, »fees: 1", "trades[0].fees: unknown key (did you mean fee?)"),
        ("fee: 0.01", "fee: 1, currency: »BTC", "trades[0].currency: expected one of USDT, USDC"),
        ("fee: 0.01", "fee: 1, client: »two", "trades[0].client: unknown client two; given.clients has one"),
        ("fee: 0.01", "fee: 1, tag: »false", "trades[0].tag: ann is not among given.clients.one.invited"),
        ("2026-06-01T00:00:00Z", "»yesterday", "trades[0].at: expected a time such as"),
        ("{user", "»{usr", "trades[0].user: is missing"),
    ],
)
def test_a_trade_that_cannot_be_is_refused_where_it_goes_wrong(old: str, new: str, problem: str) -> None:
    """It needs a user and a broker that there are, and without a tag one whom the broker has invited."""
    found = refused_here(HEAD + _world(ONE.replace(old, new)))
    assert [line for line in found if line.startswith(f"given.{problem}")], found


def test_who_is_invited_must_be_there() -> None:
    """A name that nobody has is refused in its place."""
    found = refused_here(HEAD + _world("", "one: {invited: [ben, »bem]}"))
    assert found == ["given.clients.one.invited[1]: unknown user bem (did you mean ben?)"]


@pytest.mark.parametrize(("text", "message"), [("1.01", "must be at most 1"), ("-1", "expected a part such as 0.4")])
def test_a_rate_is_a_part(text: str, message: str) -> None:
    """No broker gets more than the fee."""
    [problem] = problems(f"choices: {{broker_commission_rate: {text}}}\n" + _world(""))
    assert message in problem
    assert situation("choices: {broker_commission_rate: 1}\n" + _world("")).world.choices.broker_commission_rate == 1


def test_a_workspace_has_the_trades_of_the_scenario() -> None:
    """The books go by the names that the clients have there."""
    world = forked(situation(_world(ONE)), Tenant("w1", began_with=("one",))).world
    assert [*world.broker_books] == ["one-w1"]
    assert (world.broker_book("one-w1").client_id, len(world.broker_book("one-w1").trades)) == ("one-w1", 1)
