"""`/account`: the user's side. Factors with live codes, consents, API keys, balances, what came in and went out.

Whoever is here acts as that user. There are no passwords, so a server with a control token asks for the token.
"""

from __future__ import annotations

from itertools import islice
from operator import attrgetter
from typing import Any, Final, NamedTuple
from urllib.parse import parse_qs, quote

from simulator import instants
from simulator.core.control import issued
from simulator.core.control.administration import DeleteApiKey, RevokeConsent
from simulator.core.fast_api.security import current_code
from simulator.core.fast_api.tokens import LIFETIMES
from simulator.core.money import plain
from simulator.core.spec import SECURITY_PATH
from simulator.core.world import Consent, Now, User, World
from simulator.messages import Answer, Request
from simulator.web.endpoints.desk import Desk
from simulator.web.endpoints.table import ACCOUNT, BASE
from simulator.web.pages.errors import error_answer
from simulator.web.pages.forms import FormError, read_form
from simulator.web.pages.front import own_origin
from simulator.web.pages.people import WORDS, search, special
from simulator.web.pages.permissions import labels
from simulator.web.pages.render import go, page, query_text

ROWS: Final = 20
"""Consents, keys, messages and movements that are shown at most."""
GOOD, BAD = {"SUCCESS", "active"}, {"FAILURE", "taken back", "expired"}
DONE: Final = {
    "revoked": "The access was taken back: the broker's tokens are of no use now."
    " Keys that it has made stay until you delete them.",
    "deleted": "The key was deleted. Calls that are signed with it are refused from now on.",
}
_AGE: Final = attrgetter("at", "id")


class Row(NamedTuple):
    """Money that came in or went out. `sign` is + or -."""

    at: int
    id: str
    what: str
    sign: str
    amount: str
    currency: str
    where: str
    status: str


async def account_page(desk: Desk, request: Request) -> Answer:
    """GET: the account of `user`; without one, the users to choose from. `part=codes` is only the live codes."""
    values = {name: texts[-1] for name, texts in parse_qs(query_text(request.query), keep_blank_values=True).items()}
    identity = values.get("user", "").strip()
    world = desk.settled()
    user = world.user_of(identity) if identity else None
    if user is None:
        find = values.get("find", identity)
        shown = await search(world, find, values.get("after", ""))
        return page("accounts.html", 404 if identity else 200, base=world.prefix, people=shown, identity=identity)
    codes = _codes(world, user, desk.exchange.clock.now())
    if values.get("part") == "codes":
        return page("_codes.html", base=world.prefix, user=user, **codes)
    return page(
        "account.html",
        base=world.prefix,
        user=user,
        target=f"user={quote(user.name, safe='')}",
        done=DONE.get(values.get("done", ""), ""),
        kinds=_kind,
        **codes,
        **_content(world, user, desk.exchange.clock.now()),
        control=f"{own_origin(world, request)}{world.prefix}{BASE}",
        quoted=quote(user.name, safe=""),
    )


async def submitted(desk: Desk, request: Request) -> Answer:
    """POST: the user takes a consent back (`step=revoke`) or deletes an API key (`delete`). Raises `FormError`."""
    form = read_form(request)
    step, name = form.word("step", "revoke", "delete"), form.one("user")
    row = form.one("id")
    await desk.free()
    world = desk.exchange.world
    if name not in world.users:
        return error_answer(404, f"There is no user {name} any more.", world.prefix)
    table: Any = world.consents if step == "revoke" else world.api_keys
    if row not in table or table[row].user != name:
        raise FormError(f"{name} has no such {'consent' if step == 'revoke' else 'API key'} any more.")
    desk.exchange.perform(RevokeConsent(row) if step == "revoke" else DeleteApiKey(row))
    done = "revoked" if step == "revoke" else "deleted"
    return go(f"{world.prefix}{ACCOUNT}?user={quote(name, safe='')}&done={done}")


def _kind(status: str) -> str:
    """The kind of badge of a state."""
    return "ok" if status in GOOD else "refused" if status in BAD else "note"


def _codes(world: World, user: User, now: Now) -> dict[str, Any]:
    """What the user's phone shows: the authenticator's code, and messages, newest first."""
    code, seconds = current_code(user, now) if user.totp_secret and user.authenticator_bound else ("", 0)
    messages = [
        {"factor": WORDS[message.factor], "code": message.code, "at": _shown(message.sent_at)}
        for message in world.message_box(user.name).messages[:ROWS]
    ]
    return {"code": code, "seconds": seconds, "messages": messages}


def _content(world: World, user: User, now: Now) -> dict[str, Any]:
    statement = world.statement(user.name)
    accounts = [account for account in world.wallet(user.name).every if account.balance or account.holds]
    return {
        "ways": [[WORDS[factor] for factor in factors] for factors in user.factor_sets],
        "special": special(world, user),
        "security_path": SECURITY_PATH,
        "consents": [_consent(world, consent, now) for consent in islice(issued.consents(world, user.name), ROWS)],
        "keys": [
            {
                "name": key.api_name,
                "key": key.api_key,
                "broker": _broker(world, key.client_id),
                "groups": labels(key.groups),
                "addressbook_only": key.addressbook_only,
                "at": _shown(key.created_at),
            }
            for key in islice(issued.keys(world, user.name), ROWS)
        ],
        "accounts": [
            {
                "currency": account.currency,
                "type": account.type,
                "balance": plain(account.balance),
                "available": plain(account.available),
                "holds": plain(account.holds),
            }
            for account in accounts
        ],
        "rows": [
            {**row._asdict(), "at": _shown(row.at)}
            for row in sorted(
                (
                    *_withdrawals(world, [held.id for held in islice(statement.withdrawals.newest(_AGE), ROWS)]),
                    *_deposits(world, [held.id for held in islice(statement.deposits.newest(_AGE), ROWS)]),
                    *_received(statement.received.newest(attrgetter("updated_at", "id"))),
                ),
                reverse=True,
            )[:ROWS]
        ],
    }


def _consent(world: World, consent: Consent, now: Now) -> dict[str, Any]:
    """A consent and its state in a word."""
    ends = consent.issued_at + LIFETIMES["refresh"]
    code_ends = consent.granted_at + world.choices.authorization_code_lifetime
    if consent.revoked:
        state, until = "taken back", 0
    elif consent.generation:
        state, until = ("active", ends) if now.business < ends else ("expired", ends)
    else:
        state, until = ("not used yet", code_ends) if now.business < code_ends else ("expired", code_ends)
    return {
        "id": consent.id,
        "broker": _broker(world, consent.client_id),
        "groups": labels(consent.groups),
        "addressbook_only": consent.addressbook_only,
        "granted_at": _shown(consent.granted_at),
        "state": state,
        "until": _shown(until) if until else "",
        "key_count": consent.keys,
    }


def _broker(world: World, client_id: str) -> str:
    client = world.clients.get(client_id)
    return client.name if client else client_id or "you"


def _withdrawals(world: World, ids: list[str]) -> list[Row]:
    rows = [world.withdrawals[withdrawal_id] for withdrawal_id in ids]
    return [
        Row(
            row.created_at,
            row.id,
            "Withdrawal",
            "-",
            plain(row.debit),
            row.payment.currency,
            row.recipient or row.payment.address,
            row.status.value,
        )
        for row in rows
    ]


def _deposits(world: World, ids: list[str]) -> list[Row]:
    rows = [world.deposits[deposit_id] for deposit_id in ids]
    return [
        Row(row.created_at, row.id, "Deposit", "+", plain(row.amount), row.currency, row.address, row.status.value)
        for row in rows
    ]


def _received(withdrawals: Any) -> list[Row]:
    return [
        Row(
            row.updated_at,
            row.id,
            "From another user",
            "+",
            plain(row.payout),
            row.payment.currency,
            row.user,
            row.status.value,
        )
        for row in islice(withdrawals, ROWS)
    ]


def _shown(milliseconds: int) -> str:
    """An instant as a person reads it: to the second, UTC."""
    return f"{instants.iso(milliseconds)[:19].replace('T', ' ')} UTC"
