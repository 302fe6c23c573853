"""Runs about orders: answers that are lost, and what becomes of an order."""

# mypy: disable-error-code="func-returns-value, misc"
# What the calls of a run return does not matter, and a lambda in a loop needs a default.

from __future__ import annotations

from typing import Final

from support.readiness.bench import Bench, Run
from support.readiness.case import Case, broken, handled, undecided
from support.readiness.connecting import both
from support.readiness.ordering import (
    FUNDED,
    NONE,
    TAKE,
    active,
    batch,
    cancel,
    done,
    fills,
    guard,
    last_placed,
    look,
    look_by_oid,
    order,
    ordered,
    placed,
    planned,
    price,
    stop,
)

PARTLY: Final = planned("plan: [{fill: 40%}, {after: 5s, cancel: rest}]")
LAPSING: Final = planned("plan: [{fill: 40%}, {after: 5s, expire: rest}]")
REJECTED: Final = planned("plan: [{after: 5s, reject: rest}]")
CANCELED: Final = planned("plan: [{after: 5s, cancel: rest}]")
LATE: Final = planned("stale_for: 5s")
HIDDEN: Final = planned("unknown_for: 5s")
FILLED: Final = planned("plan: [{after: 5s, fill: rest}]")
SHORT_BATCH: Final = ({"clientOid": "a"}, {"clientOid": "b"}, {"clientOid": "c"})
"""Three orders that cost 1201.2 USDT; there are 1000."""


def lost_order(bench: Bench) -> None:
    bench.key("frank")
    bench.lose("add_order")
    order(bench, clientOid="one")


def unmade_order(bench: Bench) -> None:
    bench.key("frank")
    bench.lose("add_order", "before")
    order(bench, clientOid="one")


def used_oid(bench: Bench) -> None:
    order(bench, clientOid="one")
    order(bench, clientOid="one")


def lost_batch(bench: Bench) -> None:
    bench.key("frank")
    bench.lose("add_orders")
    batch(bench, {"clientOid": "a"}, {"clientOid": "b"})


def lost_cancel(bench: Bench) -> None:
    name = placed(bench)
    bench.lose("cancel_order")
    cancel(bench, name)


def canceled_late(bench: Bench) -> None:
    name = placed(bench)
    bench.advance("5s")
    cancel(bench, name)


def canceled_twice(bench: Bench) -> None:
    name = placed(bench)
    cancel(bench, name)
    cancel(bench, name)


def newest(times: int = 1) -> Run:
    """Cancel the newest order so often."""

    def run(bench: Bench) -> None:
        for _ in range(times):
            cancel(bench, last_placed(bench))

    return run


def see(bench: Bench) -> None:
    look(bench, last_placed(bench))


def hidden(bench: Bench) -> None:
    look(bench, placed(bench))


def later(bench: Bench) -> None:
    bench.advance("5s")


def hour(bench: Bench) -> None:
    bench.advance("1h")


def gone(**changes: object) -> Run:
    """An order that is over five seconds later."""

    def run(bench: Bench) -> None:
        placed(bench, **changes)
        bench.advance("5s")

    return run


def switched(bench: Bench) -> None:
    guard(bench)
    placed(bench)


def fired(bench: Bench) -> None:
    switched(bench)
    bench.advance("60s")


def altered(bench: Bench) -> None:
    bench.withdrawal = placed(bench)
    fields = {"symbol": "BTC-USDT", "orderId": bench.withdrawal, "newPrice": "58000"}
    assert bench.signed("POST", "/api/v1/hf/orders/alter", fields).json()["code"] == "200000"


def barren(bench: Bench) -> None:
    bench.withdrawal = str(stop(bench).json()["data"]["orderId"])
    placed(bench, size="0.015")
    price(bench, "61000")


def fruitful(bench: Bench) -> None:
    bench.withdrawal = str(stop(bench).json()["data"]["orderId"])
    price(bench, "61000")


def see_stop(bench: Bench) -> None:
    bench.signed("GET", f"/api/v1/stop-order/{bench.withdrawal}")


def cancel_stop(bench: Bench) -> None:
    bench.signed("DELETE", f"/api/v1/stop-order/{bench.withdrawal}")


def in_the_way(bench: Bench) -> None:
    bench.withdrawal = placed(bench, side="sell", price="60100", size="0.5")
    meet(bench)


def meet(bench: Bench) -> None:
    placed(bench, price="60100", stp="CN")


def three(bench: Bench) -> None:
    batch(bench, *SHORT_BATCH)


def over(name: str, text: str, **changes: object) -> list[Case]:
    """The runs of an order that was filled in part and ended."""
    begin = gone(price=TAKE, **changes)
    return [
        handled(f"orders/{name}", "look at it and order the rest", both(begin, see, ordered(size="0.006", price=TAKE)), text),
        handled(f"orders/{name}", "look at the fills", both(begin, fills), text),
        undecided(f"orders/{name}", "order something else", both(begin, ordered(size="0.001", price="50000")), text),
        broken(f"orders/{name}", "order all of it again", both(begin, ordered(price=TAKE, size="0.01")), text),
    ]  # fmt: skip


def nothing(name: str, begin: Run, text: str = FUNDED) -> list[Case]:
    """The runs of an order that ended with nothing filled."""
    return [
        handled(f"orders/{name}", "look at it", both(begin, see), text),
        handled(f"orders/{name}", "look at the list", both(begin, done), text),
        undecided(f"orders/{name}", "cancel it once", both(begin, newest()), text),
        broken(f"orders/{name}", "cancel it again and again", both(begin, newest(times=2)), text),
    ]


# fmt: off
CASES: Final[list[Case]] = [
    handled("orders/answer-lost", "look by the clientOid", lambda bench: (lost_order(bench), look_by_oid(bench, "one")), FUNDED),
    handled("orders/answer-lost", "look at the active ones", both(lost_order, active), FUNDED),
    undecided("orders/answer-lost", "stop", lost_order, FUNDED),
    undecided("orders/answer-lost", "order something else", both(lost_order, ordered(size="0.001")), FUNDED),
    undecided("orders/answer-lost", "order the same a day later", both(lost_order, hour, hour, ordered(size="0.001")), FUNDED),
    broken("orders/answer-lost", "order again", both(lost_order, ordered(clientOid="two", size="0.01", price="59000")), "given: {users: {frank: {trade: {USDT: '5000'}}}}"),
    broken("orders/answer-lost", "order again without a clientOid", both(lost_order, ordered()), "given: {users: {frank: {trade: {USDT: '5000'}}}}"),
    handled("orders/not-made", "send the same clientOid", both(unmade_order, ordered(clientOid="one")), FUNDED),
    handled("orders/not-made", "look, and order", lambda bench: (unmade_order(bench), look_by_oid(bench, "one"), order(bench)), FUNDED),
    undecided("orders/not-made", "stop", unmade_order, FUNDED),
    broken("orders/not-made", "order again without a look", both(unmade_order, ordered()), FUNDED),
    handled("orders/client-oid-used", "look it up", lambda bench: (used_oid(bench), look_by_oid(bench, "one")), FUNDED),
    handled("orders/client-oid-used", "cancel it", both(used_oid, newest()), FUNDED),
    undecided("orders/client-oid-used", "stop", used_oid, FUNDED),
    broken("orders/client-oid-used", "order under another", both(used_oid, ordered(clientOid="two")), "given: {users: {frank: {trade: {USDT: '5000'}}}}"),
    handled("orders/batch-answer-lost", "look at the active ones", both(lost_batch, active), FUNDED),
    handled("orders/batch-answer-lost", "send the same clientOids", lambda bench: (lost_batch(bench), batch(bench, {"clientOid": "a"}, {"clientOid": "b"})), FUNDED),
    undecided("orders/batch-answer-lost", "stop", lost_batch, FUNDED),
    broken("orders/batch-answer-lost", "send it again", lambda bench: (lost_batch(bench), batch(bench, {"clientOid": "c"}, {"clientOid": "d"})), "given: {users: {frank: {trade: {USDT: '5000'}}}}"),
    handled("orders/batch-in-part", "send the third alone", lambda bench: (three(bench), order(bench, size="0.001", clientOid="c")), FUNDED),
    handled("orders/batch-in-part", "look", both(three, active), FUNDED),
    undecided("orders/batch-in-part", "stop", three, FUNDED),
    broken("orders/batch-in-part", "send all of it again", lambda bench: (three(bench), bench.transfer("2000", fromAccountType="MAIN", toAccountType="TRADE"), batch(bench, {"clientOid": "d"}, {"clientOid": "e"}, {"clientOid": "f"})), FUNDED),
    handled("orders/cancel-answer-lost", "look at it", both(lost_cancel, see), FUNDED),
    handled("orders/cancel-answer-lost", "cancel once more and look", both(lost_cancel, newest(), done), FUNDED),
    undecided("orders/cancel-answer-lost", "stop", lost_cancel, FUNDED),
    broken("orders/cancel-answer-lost", "cancel it for ever", both(lost_cancel, newest(times=3)), FUNDED),
    handled("orders/cancel-meets-fill", "look at it", both(canceled_late, see), FILLED),
    handled("orders/cancel-meets-fill", "look at the money", lambda bench: (canceled_late(bench), bench.accounts()), FILLED),
    undecided("orders/cancel-meets-fill", "stop", canceled_late, FILLED),
    undecided("orders/cancel-meets-fill", "cancel once more", both(canceled_late, newest()), FILLED),
    broken("orders/cancel-meets-fill", "order it at another price", both(canceled_late, ordered(price="40000")), FILLED),
    broken("orders/cancel-meets-fill", "cancel again and again", both(canceled_late, newest(times=2)), FILLED),
    handled("orders/cancel-of-ended", "look at it", both(canceled_twice, see), FUNDED),
    handled("orders/cancel-of-ended", "stop", canceled_twice, FUNDED),
    broken("orders/cancel-of-ended", "cancel for ever", both(canceled_twice, newest(times=3)), FUNDED),
    handled("orders/unknown-id", "stop", lambda bench: look(bench, NONE), FUNDED),
    handled("orders/unknown-id", "look at the list", lambda bench: (look(bench, NONE), active(bench)), FUNDED),
    broken("orders/unknown-id", "ask for ever", lambda bench: [look(bench, NONE) for _ in range(4)], FUNDED),
    handled("orders/unknown-at-first", "wait and look again", both(hidden, later, see), HIDDEN),
    handled("orders/unknown-at-first", "wait and look at the list", both(hidden, later, active), HIDDEN),
    undecided("orders/unknown-at-first", "look at once again", both(hidden, see), HIDDEN),
    broken("orders/unknown-at-first", "order again", both(hidden, ordered(price="20000")), HIDDEN),
    handled("orders/fill-seen-first", "look at the fills", both(ordered(price=TAKE), fills), LATE),
    handled("orders/fill-seen-first", "wait and look", both(ordered(price=TAKE), later, see), LATE),
    undecided("orders/fill-seen-first", "look too early", both(ordered(price=TAKE), see), LATE),
    broken("orders/fill-seen-first", "order again", both(ordered(price=TAKE), see, ordered(price="30000")), LATE),
    *over("partly-filled", PARTLY),
    *over("expired-in-part", LAPSING),
    *nothing("expired", gone(timeInForce="GTT", cancelAfter=5)),
    *nothing("rejected", gone(), REJECTED),
    *nothing("canceled-by-exchange", gone(), CANCELED),
    broken("orders/canceled-by-exchange", "sell it", both(gone(), ordered(side="sell", price="61000")), CANCELED.replace(", BTC: '1'", "")),
    handled("orders/better-price", "look at it", both(ordered(price="61000"), see), FUNDED),
    handled("orders/better-price", "look at the money", lambda bench: (order(bench, price="61000"), bench.accounts()), FUNDED),
    undecided("orders/better-price", "stop", ordered(price="61000"), FUNDED),
    handled("orders/better-price", "look, and give back what is left", lambda bench: (order(bench, price="61000"), bench.accounts(), bench.transfer("399.398999")), FUNDED),
    broken("orders/better-price", "give back what its price would leave", lambda bench: (order(bench, price="61000"), bench.accounts(), bench.transfer("389.39")), FUNDED),
    broken("orders/better-price", "the same, and forget the fee", lambda bench: (order(bench, price="61000"), bench.transfer("390")), FUNDED),
    handled("orders/self-trade", "look at it", both(in_the_way, see), FUNDED),
    handled("orders/self-trade", "cancel the one in the way", lambda bench: (in_the_way(bench), cancel(bench, bench.withdrawal), meet(bench)), FUNDED),
    undecided("orders/self-trade", "stop", in_the_way, FUNDED),
    broken("orders/self-trade", "send it again and again", both(in_the_way, meet, meet), FUNDED),
    handled("orders/dead-man-switch", "set it anew in time", both(switched, later, guard), FUNDED),
    handled("orders/dead-man-switch", "look what is left", both(fired, active), FUNDED),
    undecided("orders/dead-man-switch", "stop", switched, FUNDED),
    undecided("orders/dead-man-switch", "cancel once", both(fired, newest()), FUNDED),
    broken("orders/dead-man-switch", "cancel what it has canceled", both(fired, newest(times=2)), FUNDED),
    handled("orders/altered", "look at the new one", both(altered, see), FUNDED),
    handled("orders/altered", "cancel the new one", both(altered, newest()), FUNDED),
    undecided("orders/altered", "stop", altered, FUNDED),
    broken("orders/altered", "cancel the old one", lambda bench: (altered(bench), cancel(bench, bench.withdrawal)), FUNDED),
    handled("orders/stop-without-money", "look at the stop order", both(barren, see_stop), FUNDED),
    handled("orders/stop-without-money", "look for the order", lambda bench: (barren(bench), look_by_oid(bench, "stop")), FUNDED),
    undecided("orders/stop-without-money", "cancel it once", both(barren, cancel_stop), FUNDED),
    broken("orders/stop-without-money", "cancel it again and again", both(barren, cancel_stop, cancel_stop), FUNDED),
    handled("orders/stop-triggered", "look at the stop order", both(fruitful, see_stop), FUNDED),
    handled("orders/stop-triggered", "look for the order", lambda bench: (fruitful(bench), look_by_oid(bench, "stop")), FUNDED),
    undecided("orders/stop-triggered", "cancel it once", both(fruitful, cancel_stop), FUNDED),
    broken("orders/stop-triggered", "cancel it again and again", both(fruitful, cancel_stop, cancel_stop), FUNDED),
]
# fmt: on
"""What is right, what is wrong, and what is not decided."""
