"""What time alone will bring: each thing at its instant, whose it is, and in its order."""

from __future__ import annotations

import pytest
from support.deposits_and_transfers import arrive, slow
from support.desk import IP, START, Desk, by_account, payment, token_query
from support.spot_world import SpotDesk

from simulator.core.choices import After
from simulator.core.control.administration import RevokeConsent
from simulator.core.control.events import Event, EventKind, passed, pending
from simulator.core.fast_api.tokens import ExchangeCode
from simulator.core.funds.settlement import MoveWithdrawal
from simulator.core.passing import PassTime
from simulator.core.spec import DAY, HOUR, SECOND
from simulator.core.world import FillStep, OrderPlan

BROKER = "demo-broker"


def kinds(desk: Desk, user: str = "", client: str = "") -> list[tuple[EventKind, int, str, str]]:
    """What will happen after now: what, how long after the start, to whom, through which client."""
    events = pending(desk.world, desk.exchange.clock.now().business, user, client)
    return [(event.kind, event.at - START, event.user, event.client) for event in events]


def test_codes_and_tokens() -> None:
    """A code expires until it has bought tokens, then these do, and nothing of a consent that was revoked."""
    desk = Desk()
    code = desk.authorize().code
    life = desk.world.choices.authorization_code_lifetime
    assert kinds(desk) == [(EventKind.AUTHORIZATION_CODE_EXPIRY, life, "alice", BROKER)]
    desk.advance(1)
    desk.perform(ExchangeCode(token_query(code), IP))
    assert kinds(desk) == [
        (EventKind.ACCESS_TOKEN_EXPIRY, HOUR + 1, "alice", BROKER),
        (EventKind.REFRESH_TOKEN_EXPIRY, 3 * DAY + 1, "alice", BROKER),
    ]
    desk.perform(RevokeConsent(next(iter(desk.world.consents))))
    assert kinds(desk) == []


def test_transactions_and_windows() -> None:
    """A challenge expires and a window closes, each for its user, the former through its client."""
    desk = Desk()
    key = desk.key()
    desk.perform(desk.withdrawal(key, by_account("UID", "200000002")))
    transaction = desk.world.choices.transaction_lifetime
    events = [event for event in kinds(desk, "alice") if "TOKEN" not in event[0].name]
    assert sorted(events, key=lambda event: event[1]) == [
        (EventKind.WINDOW_END, 10 * SECOND, "alice", ""),
        (EventKind.TRANSACTION_EXPIRY, transaction, "alice", BROKER),
        (EventKind.WINDOW_END, DAY, "alice", ""),
    ]
    assert {event[0] for event in kinds(desk, client=BROKER)} == set(EventKind) - {
        *(EventKind.WINDOW_END, EventKind.SETTLEMENT, EventKind.DEPOSIT, EventKind.AUTHORIZATION_CODE_EXPIRY),
        *(EventKind.PLAN_STEP, EventKind.ORDER_EXPIRY, EventKind.DEAD_MAN_SWITCH, EventKind.ORDER_REPORT),
    }
    assert kinds(desk, "bob") == kinds(desk, client="another") == []


def test_settlements_and_deposits() -> None:
    """A withdrawal settles after its time unless it is under review, and a deposit is credited."""
    desk = Desk(settlement=After(5_000), confirmation_time=1_000)
    slow(desk)
    key = desk.key("frank")
    ids = [desk.pay(key, payment()).withdrawal.id for _ in range(2)]
    desk.perform(MoveWithdrawal(ids[0], "review"))
    desk.perform(arrive(seen=1))
    soon = [event for event in kinds(desk) if event[1] <= 5_000]
    assert soon == [(EventKind.DEPOSIT, 2_000, "alice", ""), (EventKind.SETTLEMENT, 5_000, "frank", BROKER)]


def test_what_happens_to_orders() -> None:
    """Steps of a plan and the expiry of an order are events of its user, as long as they are ahead."""
    desk = SpotDesk(OrderPlan(client_oid="slow", steps=(FillStep(1_000), FillStep(1_000))))
    order = desk.placed(clientOid="slow", timeInForce="GTT", cancelAfter=5)
    assert kinds(desk) == [
        (EventKind.PLAN_STEP, 1_000, "alice", ""),
        (EventKind.ORDER_EXPIRY, 5_000, "alice", ""),
    ]
    assert {event.of for event in pending(desk.world, START)} == {order.id}
    desk.advance(1_000)
    desk.perform(PassTime())
    assert kinds(desk) == []


@pytest.mark.parametrize(("now", "there"), [(-1, True), (0, False)])
def test_an_instant_that_is_now_has_happened(now: int, there: bool) -> None:
    """What happens at this very instant is no longer to come."""
    desk = Desk()
    desk.authorize()
    end = START + desk.world.choices.authorization_code_lifetime
    assert bool(pending(desk.world, end + now)) is there


@pytest.mark.parametrize(("begin", "end", "there"), [(-1, 0, True), (0, 1, False), (-2, -1, False), (-1, 1, True)])
def test_what_has_passed(begin: int, end: int, there: bool) -> None:
    """The beginning does not belong to it, the end does."""
    desk = Desk()
    desk.authorize()
    at = START + desk.world.choices.authorization_code_lifetime
    assert bool(list(passed(desk.world, at + begin, at + end))) is there


def test_an_event_by_default() -> None:
    """It is nobody's; the words are those of the control surface."""
    event = Event(EventKind.WINDOW_END, START, "w")
    assert (event.user, event.client) == ("", "")
    assert [kind.value for kind in EventKind] == [
        *(
            "settlement",
            "deposit",
            "plan_step",
            "order_expiry",
            "dead_man_switch",
            "order_report",
            "authorization_code_expiry",
            "access_token_expiry",
            "refresh_token_expiry",
        ),
        *("transaction_expiry", "window_end"),
    ]
