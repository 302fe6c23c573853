"""A user: factors, addresses, messages."""

from __future__ import annotations

from collections.abc import Iterable
from re import ASCII, fullmatch
from typing import ClassVar, Final

from rpds import HashTrieMap, List

from simulator.core.spec import Factor
from simulator.core.value import Value

FactorSets = tuple[tuple[Factor, ...], ...]


NEW_YEAR: Final = 1_767_225_600_000
"""2026-01-01T00:00:00Z: when a user registered, and a key was made, of which the scenario does not say it."""


def phone_number(text: str) -> str:
    """A phone number as users have it, `+` and digits, of one with or without a hyphen; "" = it is none [rest/phone].

    So it is written to pay a user, and to log in.
    """
    if fullmatch("[0-9]{1,4}-[0-9]{4,14}", text, ASCII):
        return f"+{text.replace('-', '')}"
    return text if text.startswith("+") else ""


class DepositAddress(Value, frozen=True):
    """Where a user's deposits arrive. `currency` "" = any currency of the chain; `account` = `main` or `trade`."""

    chain: str
    address: str
    memo: str = ""
    currency: str = ""
    account: str = "main"

    @property
    def identity(self) -> str:
        """What leads to the user in `World.identities`: where all share an address, the memo tells them apart."""
        return ":".join(filter(None, (self.chain, self.address, self.memo)))

    def takes(self, currency: str) -> bool:
        """True if deposits of a currency may arrive there."""
        return self.currency in ("", currency)


class User(Value, frozen=True):
    """A KuCoin user. `factor_sets` are alternatives (H42): none = bind more, one empty = nothing needed."""

    name: str
    uid: int
    email: str = ""
    phone: str = ""
    factor_sets: FactorSets = ()
    totp_secret: str = ""
    frozen: bool = False
    futures: bool = False
    level: int = 0
    address_book: tuple[tuple[str, str], ...] = ()
    """(chain, address) pairs, compared with case."""
    deposit_addresses: tuple[DepositAddress, ...] = ()
    """Those that the scenario gives; what the user has created is in `World.deposit_books`."""
    foreign_api_keys: int = 0
    """Keys that the user has besides those that this world has made."""
    registered_at: int = NEW_YEAR

    @property
    def key(self) -> str:
        """Its place in `World.users`."""
        return self.name

    @property
    def authenticator_bound(self) -> bool:
        """True if an authenticator is among the user's factors."""
        return any(Factor.GAV in factors for factors in self.factor_sets)


def phone_of(user: User) -> str:
    """The user's phone as it is found, `+` and digits, however the scenario spells it; "" = none."""
    return phone_number(user.phone.removeprefix("+")) or user.phone


class Message(Value, frozen=True):
    """A one-time code on its way to a user's mailbox or phone."""

    factor: Factor
    code: str
    transaction_id: str
    sent_at: int


class MessageBox(Value, frozen=True):
    """What was sent to a user, newest first. Only the newest are kept: a phone does not grow either."""

    CAPACITY: ClassVar[int] = 50

    user: str
    messages: tuple[Message, ...] = ()

    @property
    def key(self) -> str:
        """Its place in `World.message_boxes`."""
        return self.user

    def having(self, messages: Iterable[Message]) -> MessageBox:
        """The box with newer messages on top."""
        return MessageBox(self.user, (*messages, *self.messages)[: self.CAPACITY])


class Spot(Value, frozen=True):
    """A user's own deposit addresses of one currency by one chain: the first of them, and how many there are."""

    first: DepositAddress
    count: int


class DepositBook(Value, frozen=True):
    """The deposit addresses that a user has created, in addition to those that the scenario gives. Newest first."""

    user: str
    addresses: List[DepositAddress] = List()
    spots: HashTrieMap[tuple[str, str], Spot] = HashTrieMap()
    """By (currency, chainId)."""

    @property
    def key(self) -> str:
        """Its place in `World.deposit_books`."""
        return self.user

    def having(self, address: DepositAddress) -> DepositBook:
        """The book with one more address."""
        place = (address.currency, address.chain)
        spot = self.spots.get(place)
        spot = Spot(address, 1) if spot is None else Spot(spot.first, spot.count + 1)
        return DepositBook(self.user, self.addresses.push_front(address), self.spots.insert(place, spot))
