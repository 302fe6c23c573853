"""The users that a page lists, with what is special about each; a large world's are searched and paged."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from heapq import nsmallest
from itertools import islice, takewhile
from typing import Final, NamedTuple

from rpds import HashTrieMap

from simulator.core.ordering import in_order
from simulator.core.spec import Factor
from simulator.core.world import User, World
from simulator.old_worlds import OLD_WORLDS
from simulator.web.work import aside

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
    """The listed users and the number of all users. `sorted` = they are in the order of names.

    `find` is what was searched for. The next page begins after the name `next`; "" = there is none.
    """

    shown: list[UserLine]
    total: int
    sorted: bool
    find: str = ""
    next: str = ""

    @property
    def more(self) -> int:
        """The number of users who are not shown."""
        return self.total - len(self.shown)


class SortedNames:
    """The names of the users in order. They are sorted again only if the table of users has changed."""

    def __init__(self) -> None:
        self._users: HashTrieMap[str, User] = HashTrieMap()
        self._names: list[str] = []

    async def of(self, users: HashTrieMap[str, User]) -> list[str]:
        """The names in a table of users."""
        if users is self._users:
            return self._names
        names = await aside(lambda: [*in_order(users)])
        OLD_WORLDS.part_with(World(users=self._users))
        self._users, self._names = users, names
        return names


NAMES: Final = SortedNames()


def people(world: World) -> People:
    """At most `SHOWN` users, by name."""
    total = len(world.users)
    complete = total <= SORTABLE
    names = nsmallest(SHOWN, world.users) if complete else sorted(islice(world.users, SHOWN))
    following = names[-1] if names and complete and total > len(names) else ""
    return People(_lines(world, names), total, complete, next=following)


async def search(world: World, find: str = "", after: str = "") -> People:
    """At most `SHOWN` users after the name `after`, by name.

    In a world of up to `SORTABLE` users `find` is a part of a name, an e-mail or a phone; in a larger one it is the
    beginning of a name, so that a search looks at few of them. A whole e-mail, phone or uid finds its user in each.
    """
    text = find.strip()
    small = len(world.users) <= SORTABLE
    every = sorted(world.users) if small else await NAMES.of(world.users)
    begin = bisect_right(every, after) if after else 0
    if small:
        names: Iterable[str] = (name for name in islice(every, begin, None) if _has(world.users[name], text))
    else:
        begin = max(begin, bisect_left(every, text))
        names = takewhile(lambda name: name.startswith(text), islice(every, begin, None))
    page = [*islice(names, SHOWN + 1)]
    exact = world.user_of(text) if text and not after else None
    if exact and exact.name not in page:
        page.insert(0, exact.name)
    following = page[SHOWN - 1] if len(page) > SHOWN else ""
    return People(_lines(world, page[:SHOWN]), len(world.users), sorted=True, find=find, next=following)


def _has(user: User, text: str) -> bool:
    return any(text.lower() in field.lower() for field in (user.name, user.email, user.phone))


def _lines(world: World, names: Iterable[str]) -> list[UserLine]:
    users = [world.users[name] for name in names]
    return [UserLine(user.name, user.email, user.phone, special(world, user)) for user in users]


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
