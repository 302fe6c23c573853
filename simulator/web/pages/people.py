"""The users that a page lists, with what is special about each."""

from __future__ import annotations

from heapq import nsmallest
from itertools import islice
from typing import Final, NamedTuple

from simulator.core.spec import Factor
from simulator.core.world import User, World

SHOWN: Final = 20
SORTABLE: Final = 1_000
"""Up to this many users, the first by name are shown; in a larger world any, because sorting all would take long."""
WORDS: Final = {Factor.GAV: "authenticator", Factor.EMV: "e-mail code", Factor.SMS: "SMS code"}


class UserLine(NamedTuple):
    """One user in the list of a page."""

    name: str
    email: str
    phone: str
    special: str


class People(NamedTuple):
    """The listed users and the number of all users. `sorted` = they are the first by name."""

    shown: list[UserLine]
    total: int
    sorted: bool

    @property
    def more(self) -> int:
        """The number of users who are not shown."""
        return self.total - len(self.shown)


def people(world: World) -> People:
    """At most `SHOWN` users, by name."""
    total = len(world.users)
    complete = total <= SORTABLE
    names = nsmallest(SHOWN, world.users) if complete else sorted(islice(world.users, SHOWN))
    users = [world.users[name] for name in names]
    return People(
        [UserLine(user.name, user.email, user.phone, special(world, user)) for user in users], total, complete
    )


def special(world: World, user: User) -> str:
    """What is special about this user for a test, in one line."""
    points = [_factors(user)]
    if user.frozen:
        points.append("frozen: no withdrawals")
    if not user.futures:
        points.append("no futures account")
    if user.foreign_api_keys >= world.choices.api_key_limit:
        points.append("as many API keys as allowed")
    if user.address_book:
        points.append("has an address book")
    return " · ".join(points)


def _factors(user: User) -> str:
    if not user.factor_sets:
        return "no second factor yet: meets the security set-up"
    ways = [
        " + ".join(WORDS[factor] for factor in factors) or "no second factor needed" for factors in user.factor_sets
    ]
    return ", or ".join(ways)
