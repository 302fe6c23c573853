"""Who takes part: brokers, users, what a user granted to a broker, and the keys and messages that came of it.

All are frozen; a change makes a new one. Instants are milliseconds since 1970.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum, unique
from typing import ClassVar, Final

from simulator.core.spec import AuthGroup, Factor
from simulator.core.value import Value

FactorSets = tuple[tuple[Factor, ...], ...]
NEW_YEAR: Final = 1_767_225_600_000
"""2026-01-01T00:00:00Z: when a user registered, and a key was made, of which the scenario does not say it."""


class Client(Value, frozen=True):
    """A broker that KuCoin has registered (s2). A redirect URI that is a path means our own origin."""

    client_id: str
    name: str
    secret: str
    redirect_uris: tuple[str, ...]
    oauth_ips: tuple[str, ...] = ()
    trading_ips: tuple[str, ...] = ()
    api_name: str | None = None
    local_site: bool = False
    partner: str = ""
    broker_name: str = ""
    broker_key: str = ""
    rcode: str = ""
    """The referral code with which users register whom the broker invites."""
    invited: tuple[str, ...] = ()
    """Those users' names."""

    @property
    def key(self) -> str:
        """Its place in `World.clients`."""
        return self.client_id


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
        """Whether deposits of a currency may arrive there."""
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
        """Whether an authenticator is among the user's factors."""
        return any(Factor.GAV in factors for factors in self.factor_sets)


class Consent(Value, frozen=True):
    """What one user granted to one client, once. Its live pair of tokens is named by `generation` (s6.3)."""

    id: str
    client_id: str
    user: str
    groups: tuple[AuthGroup, ...]
    addressbook_only: bool
    unified_account: bool
    redirect_uri: str
    code: str
    granted_at: int
    generation: int = 0
    """0 = the code has bought no tokens; each exchange and refresh adds one."""
    issued_at: int = 0
    revoked: bool = False
    keys: int = 0

    @property
    def key(self) -> str:
        """Its place in `World.consents`."""
        return self.id


class AuthorizationCode(Value, frozen=True):
    """The code that a login gave (s7.1), and the consent that it stands for."""

    code: str
    consent: str

    @property
    def key(self) -> str:
        """Its place in `World.codes`."""
        return self.code


@unique
class MadeBy(Enum):
    """How a key came to be [H64/made-by-hand]."""

    CONSENT = "consent"
    """A user's consent to a broker made it (s4)."""
    USER = "user"
    """The user made it by hand, on KuCoin's own page; it is no broker's."""
    BROKER = "broker"
    """The broker made it by hand in its own KuCoin account: what Broker Pro is signed with."""


class ApiKey(Value, frozen=True):
    """A key that a consent made (s4), or somebody by hand. `client_id` is "" when it is no broker's."""

    api_key: str
    secret: str
    passphrase: str
    api_name: str
    user: str
    uid: int
    client_id: str
    groups: tuple[AuthGroup, ...]
    addressbook_only: bool
    ip_whitelist: tuple[str, ...]
    created_at: int
    made_by: MadeBy = MadeBy.CONSENT
    withdrawal: bool = False
    """Whether it has the ordinary withdrawal permission, which no consent grants."""

    @property
    def key(self) -> str:
        """Its place in `World.api_keys`."""
        return self.api_key


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
