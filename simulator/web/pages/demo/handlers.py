"""The pages of the demo broker: `/demo`, its callback and its source. What it does is in `broker`; here it is shown."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final, TypeVar
from urllib.parse import parse_qsl

from simulator.messages import Answer, Request
from simulator.web.endpoints.desk import Desk
from simulator.web.endpoints.table import ACCOUNT
from simulator.web.pages import callback
from simulator.web.pages.demo import guide
from simulator.web.pages.demo.broker import Customer, DeclinedError, Payout
from simulator.web.pages.demo.carrier import Carrier, Serve
from simulator.web.pages.demo.orders import SpotOrder, TradingBroker, TradingCustomer
from simulator.web.pages.demo.sessions import Session, Sessions, cookie
from simulator.web.pages.forms import PageForm, read_form
from simulator.web.pages.front import own_origin
from simulator.web.pages.render import go, page, query_text

PATH: Final = "/demo"
SOURCE_PATH: Final = "/demo/source"
ACTIONS: Final = ("connect", "refresh", "key", "pay", "codes", "look", "forget", "order", "follow", "cancel")
STEP_OF: Final = {"refresh": "connect", "pay": "payout", "look": "history", "follow": "order", "cancel": "order"}
"""The step that an action belongs to, if it has another name."""
ODD: Final = "KuCoin's answer is not in the shape that its page prints; the answer is shown below."
OUTCOMES: Final = {
    "paid": "KuCoin has accepted the withdrawal.",
    "codes": "KuCoin asks for your codes.",
    "unknown": "No answer came, so the money may be on its way. Look at the history before you pay again.",
}
"""What became of a payout, by its state."""
PLACED: Final = (
    "KuCoin has accepted the order.",
    "No answer came, so the order may be there. Look at it before you place it again.",
)
"""What became of an order: an answer came, or none."""
FAULT: Final = '{"operation": "verify_withdrawal", "network": "timeout", "at": "after_commit"}'
"""A fault to try, as the control surface takes it."""
MOST_PAYOUTS: Final = 50
"""Payouts that are kept of one customer."""
ADDRESS: Final = ("trx", "TFrankFriendFrankFriendFrankFriend")
"""The chain and the address that the form begins with."""
MOST_ORDERS: Final = 20
"""Orders that are kept of one customer."""
T = TypeVar("T")


class DemoSite:
    """The site of the demo broker. `serve` is the application, to which its broker talks.

    `guarded`: there is a control token, so that not everybody who sees a page may see what a user's phone shows.
    """

    def __init__(self, serve: Serve, *, guarded: bool) -> None:
        self._serve, self._guarded, self._sessions = serve, guarded, Sessions()

    # --- pages
    async def page(self, desk: Desk, request: Request) -> Answer:
        """GET /demo: the step that comes next, or the one that `step` names, with its program and its calls."""
        session = self._sessions.of(desk, request)
        exchange, world = desk.exchange, desk.exchange.world
        customer = session.customer if session else TradingCustomer()
        user, waiting = guide.owner(exchange, customer), _waiting(customer)
        now = guide.current(customer)
        shown = guide.step_of(dict(parse_qsl(query_text(request.query))).get("step", now)) or guide.step_of(now)
        assert shown is not None
        notice, failed = session.pop_notice() if session else ("", False)
        calls = list(session.calls)[::-1] if session else []
        last = session.actions if session else 0
        latest = [call for call in calls if call.action == last and shown.name in (now, call.step)]
        origin = own_origin(world, request)
        host = (request.header(b"host") or "").lower()
        return page(
            "demo.html",
            base=world.prefix,
            client=callback.demo_client(world),
            callback_path=callback.PATH,
            elsewhere="" if origin.endswith(f"://{host}") else f"{origin}{world.prefix}{PATH}",
            origin=f"{origin}{world.prefix}",
            workspace=world.prefix and world.workspace,
            customer=customer,
            steps=guide.progress(now, customer),
            shown=shown,
            parts=guide.parts(shown.functions),
            latest=latest,
            earlier=[call for call in calls if call.step == shown.name and call not in latest],
            notice=notice,
            failed=failed,
            waiting=waiting,
            codes=guide.codes_at_hand(exchange, user, waiting) if user and waiting and not self._guarded else {},
            account=ACCOUNT,
            user=user,
            words=guide.WORDS,
            labels=guide.LABELS,
            uid=guide.somebody_else(exchange, user),
            chain=ADDRESS[0],
            address=ADDRESS[1],
            fault=FAULT,
            example=guide.order_example(world),
            kinds=guide.KINDS,
            show_secrets=desk.journal.reporting.show_secrets,
        )

    async def source(self, desk: Desk, request: Request) -> Answer:
        """GET /demo/source: the whole broker with the numbers of its lines."""
        module = dict(parse_qsl(query_text(request.query))).get("module", "")
        module = module if module in guide.MODULES else "broker"
        base = desk.exchange.world.prefix
        lines = guide.source_lines(module)
        return page("demo_source.html", base=base, lines=lines, module=module, modules=list(guide.MODULES))

    async def callback(self, desk: Desk, request: Request) -> Answer:
        """GET /demo/callback: the way back from the login. What was not begun here is shown and not used."""
        query = dict(parse_qsl(query_text(request.query), keep_blank_values=True))
        session = self._sessions.that_began(query.get("state", ""), request)
        home = session.desk if session else None
        if session is None or home is None:
            return await callback.callback_page(desk, request, await self._declined(desk, request, query))
        if query["state"] == session.finished:
            session.tell("KuCoin's answer came once more; the broker has used it already, and nothing has changed.")
        else:
            broker, session.finished = self._broker(home, request, session, "connect"), query["state"]
            await _attempt(session, lambda: broker.callback(session.customer, query), "You are connected with KuCoin.")
        return go(f"{home.exchange.world.prefix}{PATH}#step")

    async def _declined(self, desk: Desk, request: Request, query: dict[str, str]) -> str:
        """The broker's own words to an answer that none of its logins began; "" = this browser is no customer of it."""
        session = self._sessions.of(desk, request)
        if session is None or not query:
            return ""
        try:
            await self._broker(desk, request, session, "connect").callback(session.customer, query)
        except DeclinedError as error:
            return str(error)
        return ""

    async def submitted(self, desk: Desk, request: Request) -> Answer:
        """POST /demo: an action of the customer, then the page again. Raises `FormError`."""
        form = read_form(request)
        action = form.word("do", *ACTIONS)
        world = desk.exchange.world
        session = self._sessions.of(desk, request)
        if action == "forget":
            if session:
                self._sessions.end(session)
            return go(f"{world.prefix}{PATH}")
        if action == "connect" or session is None:
            if callback.demo_client(world) is None:
                return go(f"{world.prefix}{PATH}")
            session = session or self._sessions.begin(desk)
            if action != "connect":
                session.tell("Please connect with KuCoin first.", failed=True)
                return go(f"{world.prefix}{PATH}#step").having(cookie(session, request))
            link = self._broker(desk, request, session, action).login_link(session.customer)
            return go(f"{world.prefix}{link}").having(cookie(session, request))
        step = STEP_OF.get(action, action)
        await self._act(desk, request, session, form, action)
        return go(f"{world.prefix}{PATH}{'?step=order' if step == 'order' else ''}#step")

    async def _act(self, desk: Desk, request: Request, session: Session, form: PageForm, action: str) -> None:
        """Do what a button says. Raises `FormError`."""
        customer = session.customer
        broker = self._broker(desk, request, session, STEP_OF.get(action, action))
        if action == "refresh":
            await _attempt(session, lambda: broker.refresh(customer), "There is a new pair of tokens.")
        elif action == "key":
            await _attempt(session, lambda: broker.create_key(customer), "The broker has an API key.")
        elif action == "look":
            await _attempt(session, lambda: broker.look(customer), "")
        elif action == "pay":
            fields = _fields(form)
            if payout := await _attempt(session, lambda: broker.pay(customer, fields), ""):
                session.tell(OUTCOMES.get(payout.state, ""))
            del customer.payouts[:-MOST_PAYOUTS]
        elif STEP_OF.get(action, action) == "order":
            await _trade(session, broker, form, action)
        else:
            waiting = _waiting(customer)
            if waiting is None:
                session.tell("No payout waits for codes.", failed=True)
                return
            names = form.one("factors").split()
            codes = {name: form.one(name).replace(" ", "") for name in names if name in guide.FACTORS}
            if await _attempt(session, lambda: broker.confirm(customer, waiting, codes), ""):
                session.tell(OUTCOMES.get(waiting.state, ""))

    def _broker(self, desk: Desk, request: Request, session: Session, step: str) -> TradingBroker:
        """The broker of a request. Its id, secret and redirect URI are what a broker gets from KuCoin (s2)."""
        world = desk.exchange.world
        client, origin = callback.demo_client(world), own_origin(world, request)
        client_id, secret = (client.client_id, client.secret) if client else ("", "")
        session.actions += 1
        carrier = Carrier(self._serve, desk, origin, step, session.actions, session.calls)
        broker = TradingBroker(client_id, secret, f"{origin}{callback.PATH}", carrier.send)
        if client and step == "order":
            broker.partner = guide.partner(world, client)
        return broker


async def _attempt(session: Session, action: Callable[[], Awaitable[T]], done: str) -> T | None:
    """Let the broker do something, and say what became of it. None = it did not succeed."""
    try:
        result = await action()
    except DeclinedError as error:
        session.tell(str(error), failed=True)
        return None
    except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError):
        session.tell(ODD, failed=True)  # a fault of the scenario may answer anything
        return None
    session.tell(done)
    return result


async def _trade(session: Session, broker: TradingBroker, form: PageForm, action: str) -> None:
    """Place an order, or look at one or cancel it. Raises `FormError`."""
    customer = session.customer
    if action == "order":
        fields = {"side": form.word("side", "buy", "sell")}
        fields |= {name: form.one(name, "").strip() for name in ("symbol", "price", "size")}
        if order := await _attempt(session, lambda: broker.order(customer, fields), ""):
            session.tell(PLACED[order.state == "unknown"])
        del customer.orders[:-MOST_ORDERS]
        return
    chosen = _order(customer, form.one("order"))
    if chosen is None:
        session.tell("There is no such order.", failed=True)
    elif action == "follow":
        await _attempt(session, lambda: broker.follow(customer, chosen), "")
    else:
        await _attempt(session, lambda: broker.cancel(customer, chosen), "")


def _order(customer: TradingCustomer, client_oid: str) -> SpotOrder | None:
    return next((order for order in customer.orders if order.fields["clientOid"] == client_oid), None)


def _fields(form: PageForm) -> dict[str, str]:
    """The fields of s8.2 for a form. Raises `FormError`."""
    way = form.word("by", "ADDRESS", "UID")
    names = ("currency", "address", "amount", "remark", *(("chain", "memo") if way == "ADDRESS" else ()))
    return {**{name: form.one(name, "").strip() for name in names}, "withdrawType": way}


def _waiting(customer: Customer) -> Payout | None:
    """The payout that waits for codes."""
    return next((payout for payout in customer.payouts if payout.state == "codes"), None)
