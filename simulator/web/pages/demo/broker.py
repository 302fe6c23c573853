"""A small broker of KuCoin's Fast API, from the login link to a paid withdrawal: the reference integration.

It knows what KuCoin's page says (s4 to s8): it needs the standard library, and a function that sends an HTTP request to
KuCoin's hosts. Copy the file and put your own database in the place of `Customer`.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import secrets
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final, NamedTuple
from urllib.parse import quote, urlencode

LOGIN, TOKENS, REFRESH = "/oauth", "/_oauth/access-token", "/_oauth/refresh-token"
ADD_KEY: Final = "/_oauth/resource/cyber-truck-vault/v2/outer/api-key/add"
WITHDRAW: Final = "/api/v2/broker/withdrawal"
HISTORY, BALANCE = "/api/v1/withdrawals", "/api/v1/accounts"
SCOPE: Final = "OAUTH_CREATE_API"
FORM, JSON = "application/x-www-form-urlencoded", "application/json"
NEEDED: Final = ("API_COMMON", "API_WITHDRAW_OAUTH")  # what this broker cannot do without
TRADING: Final = ("API_SPOT", "API_TRANSFER")  # for orders: without them it pays out all the same
GROUPS: Final = (*NEEDED, *TRADING, "API_MARGIN", "API_FUTURES", "API_EARN")
KEY_FIELDS: Final = ("apiName", "apiKey", "secret", "passphrase", "authGroup")
MARGIN: Final = 60  # seconds before its end at which an access token is refreshed: it must not expire on its way
NUMBER: Final = re.compile(r"[0-9]{1,20}(\.[0-9]{1,20})?", re.ASCII)
BIND_MORE: Final = "Please visit the following link: "


class HttpReply(NamedTuple):
    """An HTTP answer."""

    status: int
    text: str

    @property
    def body(self) -> dict[str, Any]:
        """The JSON object in it; {} if it holds something else, such as a gateway's page."""
        try:
            body = json.loads(self.text)
        except ValueError:
            return {}
        return body if isinstance(body, dict) else {}

    @property
    def message(self) -> str:
        """The exchange's own words."""
        return str(self.body.get("msg") or f"HTTP status {self.status}")


SendHttp = Callable[[str, str, Mapping[str, str], str], Awaitable[HttpReply]]
"""Sends method, target (path and query), headers and body. Raises `LostError`."""


class LostError(Exception):
    """No answer came. What was asked for may have happened all the same."""


class DeclinedError(Exception):
    """It cannot be done. `args[0]` says to the customer why and what to do."""


@dataclass(frozen=True)
class TokenPair:
    """What a login gives (s7.2). `expires` is the end of the access token on our clock, in seconds."""

    access: str
    refresh: str
    expires: float


@dataclass(frozen=True)
class StoredKey:
    """A key to the customer's account (s4.2). It belongs into an encrypted column, and never into a browser."""

    name: str
    key: str
    secret: str
    passphrase: str
    groups: str


@dataclass
class Payout:
    """A withdrawal. `state` is `codes` (they are awaited), `paid`, `unknown` (no answer came) or `ended`."""

    fields: dict[str, str]
    state: str = "unknown"
    id: str = ""
    status: str = ""
    transaction: str = ""
    needed: list[list[str]] = field(default_factory=list)  # sets of factors of which one must be proved
    sent: list[str] = field(default_factory=list)  # the factors for which the exchange has sent a code


@dataclass
class Customer:
    """What is stored about one customer."""

    state: str = ""
    """The `state` of the login that was begun last; "" = none is under way."""
    tokens: TokenPair | None = None
    key: StoredKey | None = None
    payouts: list[Payout] = field(default_factory=list)
    balance: str = ""
    set_up: str = ""
    """Where the customer must bind a second factor before a payout; "" = nowhere."""


class FastApiBroker:
    """The broker. `redirect_uri` is the one that KuCoin has registered for `client_id` (s2)."""

    def __init__(self, client_id: str, client_secret: str, redirect_uri: str, send: SendHttp) -> None:
        self.client_id, self.client_secret = client_id, client_secret
        self.redirect_uri, self.send = redirect_uri, send

    def login_link(self, customer: Customer) -> str:
        """The link to KuCoin's login (s7.1). Nobody can guess its `state`, and it is good for one callback.

        redirect_uri is not encoded, because s7.1 says so.
        """
        customer.state = secrets.token_urlsafe()
        return (
            f"{LOGIN}?response_type=code&client_id={quote(self.client_id, safe='')}&redirect_uri={self.redirect_uri}"
            f"&scope={SCOPE}&state={quote(customer.state, safe='')}"
        )

    async def callback(self, customer: Customer, query: Mapping[str, str]) -> None:
        """The customer comes back from the login. Look at `state` before anything else."""
        state, expected = query.get("state", ""), customer.state
        if not (expected and hmac.compare_digest(state.encode(), expected.encode())):
            raise DeclinedError("This answer belongs to no login that was begun here, so its code is not used.")
        customer.state = ""
        if error := query.get("error"):
            reason = "You said no at KuCoin, so nothing was connected." if error == "access_denied" else error
            raise DeclinedError(f"{reason} You can connect at any time.")
        parameters = {"grant_type": "authorization_code", "code": query.get("code", "")}
        target = f"{TOKENS}?{urlencode(parameters)}&redirect_uri={self.redirect_uri}"
        target += f"&client_id={quote(self.client_id, safe='')}"
        if self.client_secret:
            target += f"&client_secret={quote(self.client_secret, safe='')}"
        try:
            reply = await self.send("GET", target, {}, "")
        except LostError:
            raise DeclinedError("KuCoin did not answer; please connect again.") from None  # the code may be used up
        if "access_token" not in reply.body:
            raise DeclinedError(f"KuCoin did not accept the code: {reply.message}. Please connect again.")
        self.store(customer, reply)
        customer.key = None  # the new consent may permit something else

    def store(self, customer: Customer, reply: HttpReply) -> None:
        """Keep a pair of tokens. The pair before it is void from now on (s6.3)."""
        pair = reply.body
        expires = time.time() + int(pair["expires_in"])
        customer.tokens = TokenPair(str(pair["access_token"]), str(pair["refresh_token"]), expires)

    async def refresh(self, customer: Customer) -> str:
        """A new access token for the refresh token (s7.3). One that is refused leads to a new login."""
        if customer.tokens is None:
            raise DeclinedError("Please connect with KuCoin first.")
        form = {"grant_type": "authorization_code", "refresh_token": customer.tokens.refresh, "scope": SCOPE}
        for _ in range(2):
            try:
                reply = await self.send("POST", REFRESH, {"Content-Type": FORM}, urlencode(form))
            except LostError:
                continue
            if "access_token" not in reply.body:
                break
            self.store(customer, reply)
            return customer.tokens.access
        customer.tokens = None
        raise DeclinedError("The connection with KuCoin has ended; please connect again.")

    async def access_token(self, customer: Customer) -> str:
        """An access token that is good as far as we know."""
        if customer.tokens and time.time() < customer.tokens.expires - MARGIN:
            return customer.tokens.access
        return await self.refresh(customer)

    async def create_key(self, customer: Customer) -> None:
        """Ask for a key (s4.2). The exchange's clock decides when a token has expired, not ours."""
        token, book_only, permissions = await self.access_token(customer), False, {*NEEDED, *TRADING}
        for _ in range(5):
            body = {"authGroupMap": {group: group in permissions for group in GROUPS}, "isAddressbookOnly": book_only}
            headers = {"Authorization": f"bearer {token}", "Content-Type": JSON}
            try:
                reply = await self.send("POST", ADD_KEY, headers, json.dumps(body))
            except LostError:
                raise DeclinedError("KuCoin did not answer; please try again.") from None
            if reply.body.get("success"):
                data = reply.body["data"]
                customer.key = StoredKey(*(str(data[name]) for name in KEY_FIELDS))
                return
            if reply.status == 401:
                token = await self.refresh(customer)
            elif "isAddressbookOnly" in reply.text and not book_only:
                book_only = True  # the customer allows the address book only
            elif refused := {group for group in TRADING if group in reply.message} & permissions:
                permissions -= refused  # the customer has not permitted that
            else:
                break
        raise DeclinedError(f"KuCoin gave no key: {reply.message}. Did you permit withdrawals? If not, connect again.")

    def headers(self, key: StoredKey, method: str, target: str, body: str) -> dict[str, str]:
        """The headers of a signed call."""
        timestamp = str(int(time.time() * 1000))
        return {
            "KC-API-KEY": key.key,
            "KC-API-SIGN": sign(key.secret, f"{timestamp}{method}{target}{body}"),
            "KC-API-TIMESTAMP": timestamp,
            "KC-API-PASSPHRASE": sign(key.secret, key.passphrase),
            "KC-API-KEY-VERSION": "3",
            "Content-Type": JSON,
        }

    async def signed(self, customer: Customer, method: str, target: str, body: str = "") -> HttpReply:
        """Send a call with the five headers of s8.2. The signature covers the body as it is sent, byte by byte."""
        key = customer.key
        if key is None:
            raise DeclinedError("There is no API key yet.")
        reply = await self.send(method, target, self.headers(key, method, target, body), body)
        if "code" not in reply.body:
            raise LostError  # a gateway's page or half an answer: it says nothing about what happened
        if reply.body["code"] == "400003":
            customer.key = None
            raise DeclinedError("KuCoin does not know this API key any more; create another one.")
        return reply

    async def pay(self, customer: Customer, fields: Mapping[str, str]) -> Payout:
        """Begin a withdrawal. It is paid at once, or the customer has to prove who they are."""
        payout = Payout({name: value for name, value in fields.items() if value})
        if not NUMBER.fullmatch(payout.fields.get("amount", "")):
            raise DeclinedError("The amount must be a number such as 100 or 0.5.")
        await self._withdraw(customer, payout, payout.fields)
        customer.payouts.append(payout)
        return payout

    async def confirm(self, customer: Customer, payout: Payout, codes: Mapping[str, str]) -> Payout:
        """Send the same fields again, with the codes that the customer has read."""
        factors = [{"factorType": name, "factorValue": code} for name, code in codes.items()]
        validation = {"transactionId": payout.transaction, "factors": factors}
        await self._withdraw(customer, payout, {**payout.fields, "validation": validation})
        return payout

    async def _withdraw(self, customer: Customer, payout: Payout, body: Mapping[str, object]) -> None:
        """Send a withdrawal and keep what became of it."""
        customer.set_up = ""
        try:
            reply = await self.signed(customer, "POST", WITHDRAW, json.dumps(body))
        except LostError:
            payout.state = "unknown"  # it may be paid: look before you pay again
            return
        data = reply.body.get("data") or {}
        if "withdrawalId" in data:
            payout.state, payout.id, payout.status = "paid", str(data["withdrawalId"]), "accepted"
        elif "transactionId" in data:
            payout.needed = [[str(factor) for factor in factors] for factors in data["allFactors"]]
            payout.sent = [str(factor) for factors in data["sentFactors"] for factor in factors]
            payout.state, payout.transaction = "codes", str(data["transactionId"])
        elif (link := reply.message.partition(BIND_MORE)[2]).startswith(("https://", "http://")):
            back = {"client_id": self.client_id, "redirect_uri": self.redirect_uri.removesuffix("/callback")}
            customer.set_up = f"{link}?{urlencode(back)}"
            raise DeclinedError("KuCoin wants you to set up a second factor before you withdraw.")
        else:
            payout.state = "ended" if "validation transaction" in reply.text else payout.state  # expired, or done
            raise DeclinedError(f"KuCoin says: {reply.message}")

    async def look(self, customer: Customer) -> None:
        """Read balance and history, and learn what became of the payouts, also of those without an answer."""
        try:
            balance = await self.signed(customer, "GET", f"{BALANCE}?currency=USDT&type=main")
            history = await self.signed(customer, "GET", HISTORY)
        except LostError:
            raise DeclinedError("KuCoin did not answer; please try again.") from None
        accounts = balance.body.get("data") or []
        customer.balance = str(accounts[0]["available"]) if accounts else "0"
        known = {payout.id: payout for payout in customer.payouts if payout.id}
        for row in (history.body.get("data") or {}).get("items", []):
            payout = known.get(row["id"]) or next((lost for lost in customer.payouts if _is(lost, row)), None)
            if payout:
                payout.state, payout.id, payout.status = "paid", str(row["id"]), str(row["status"])


def sign(secret: str, text: str) -> str:
    """base64(HMAC-SHA256(secret, text)), the form of every signature."""
    return base64.b64encode(hmac.new(secret.encode(), text.encode(), hashlib.sha256).digest()).decode()


def _is(payout: Payout, row: Mapping[str, Any]) -> bool:
    """True if a row of the history is a payout whose answer was lost."""
    same = all(str(row.get(name, "")) == payout.fields.get(name, "") for name in ("currency", "address", "remark"))
    return payout.state == "unknown" and same and Decimal(row["amount"]) == Decimal(payout.fields["amount"])
