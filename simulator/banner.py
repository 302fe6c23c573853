"""The banner: what a start prints. It shows everything that a broker must know on one screen."""

from __future__ import annotations

from collections.abc import Iterable
from heapq import nsmallest
from textwrap import shorten
from typing import Final

from simulator.core.fast_api.redirects import login_query
from simulator.core.money import plain
from simulator.core.world import Client, MadeBy, User, World
from simulator.printing import printable
from simulator.scenario.loader import Scenario
from simulator.scenario.overrides import NOTHING, Overrides
from simulator.version import __version__

WIDTH: Final = 100
"""In columns. Only addresses may be longer, because they must stay whole to be clicked."""
NARROW: Final = 80
"""Columns of a small terminal, for text that must not wrap there."""
MOST_USERS: Final = 7
MOST_URIS: Final = 4


def banner(scenario: Scenario, world: World, overrides: Overrides = NOTHING, warnings: Iterable[str] = ()) -> str:
    """The lines of a start. `world` is the scenario's world with our origins; overrides are shown first."""
    clients = sorted(world.clients)
    client = world.clients.get(overrides.client_id or (clients[0] if clients else ""))
    lines = [
        f"KuCoin Fast API simulator {__version__}: scenario {scenario.name}, seed {world.seed} (Ctrl+C ends it)",
        *_description(scenario),
        f"  base URL       {world.origin}  for www.kucoin.com and api.kucoin.com",
        f"  front page     {world.origin}/",
        f"  control        {world.origin}/_sim/v1{_counts(scenario)}",
    ]
    lines += [f"  {warning}" for warning in warnings]
    lines = [_cut(line) for line in lines]
    if client:
        lines += _client_lines(world, client, len(clients) - 1)
    if world.users:
        lines += ["", *_user_lines(world, [user.name for user in overrides.users])]
    if client and (link := login_link(world, client)):
        lines += ["  log in:", link]
    return "\n".join(map(printable, lines))


def _description(scenario: Scenario) -> list[str]:
    """The scenario's description, cut to one line; [] if it has none."""
    text = shorten(scenario.description, NARROW - 2, placeholder=" ...")
    return [f"  {text}"] if text else []


def _counts(scenario: Scenario) -> str:
    """The numbers of faults and expectations in parentheses; "" if there are none."""
    counts = ((len(scenario.faults), "fault"), (len(scenario.expect), "expectation"))
    words = [f"{count} {word}{'s' if count > 1 else ''}" for count, word in counts if count]
    return f"  ({', '.join(words)})" if words else ""


def login_link(world: World, client: Client) -> str:
    """A `/oauth` link as s7.1 prints it, redirect_uri unencoded; it leads back to one of our own pages if possible."""
    query = login_query(world, client, world.origin, "hello")
    return f"{world.origin}/oauth?{query}" if query else ""


def _client_lines(world: World, client: Client, others: int) -> list[str]:
    more = f"  and {others} more: see control" if others else ""
    uris = [world.origin + uri if uri.startswith("/") else uri for uri in client.redirect_uris]
    uris_shown = _capped(uris, MOST_URIS, len(uris))
    return [
        "",
        _cut(f"  client_id      {client.client_id}{more}"),
        _cut(f"  client_secret  {client.secret or '-'}"),
        *(f"  {'' if place else 'redirect_uri':<13}  {uri}" for place, uri in enumerate(uris_shown)),
    ]


def _capped(lines: list[str], most: int, total: int) -> list[str]:
    """The lines, or the first of them and the number of the others."""
    return lines if total <= most else [*lines[: most - 1], f"and {total - most + 1} more: see control"]


def _user_lines(world: World, first: list[str]) -> list[str]:
    brokers = {key.user for key in world.api_keys.values() if key.made_by is MadeBy.BROKER}  # nobody logs in as one
    candidates = [user for name, user in world.users.items() if name not in brokers]
    users = nsmallest(MOST_USERS, candidates, key=lambda user: (user.name not in first, user.name))
    wide = max([4, *(len(user.name) for user in users)])
    mail = max([6, *(len(user.email) for user in users)])
    factors = max([7, *(len(_factors(user)) for user in users)])
    rows = [("user", "e-mail", "factors", "")]
    rows += [(user.name, user.email, _factors(user), _hint(world, user)) for user in users]
    lines = [_cut(f"  {name:<{wide}}  {email:<{mail}}  {word:<{factors}}  {hint}") for name, email, word, hint in rows]
    return [lines[0], *_capped([*lines[1:]], MOST_USERS, len(candidates))]


def _factors(user: User) -> str:
    if not user.factor_sets:
        return "none"
    return " or ".join("+".join(factor.value for factor in factors) or "not asked" for factors in user.factor_sets)


def _hint(world: World, user: User) -> str:
    """What is special about the user, else what they own."""
    if user.frozen:
        return "frozen: cannot withdraw"
    if user.foreign_api_keys >= world.choices.api_key_limit:
        return "has as many API keys as are allowed"
    if not user.factor_sets:
        return "is asked to bind a factor before a withdrawal"
    if not user.futures:
        return "has no futures account"
    balances = [f"{plain(account.balance)} {account.currency}" for account in world.wallet(user.name).accounts]
    return "owns " + ", ".join(balances) if balances else "owns nothing"


def _cut(line: str) -> str:
    """The line, cut to the width."""
    line = printable(line.rstrip())
    return line if len(line) <= WIDTH else line[: WIDTH - 3] + "..."
