"""Who takes part: brokers, users, what a user granted to a broker, and the keys and messages that came of it.

All are frozen; a change makes a new one. Instants are milliseconds since 1970.
"""

from __future__ import annotations

from enum import Enum, unique

from rpds import HashTrieMap

from simulator.core.spec import AuthGroup
from simulator.core.value import Value


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

    @property
    def of_a_broker(self) -> bool:
        """True if such a key belongs to a client."""
        return self is not MadeBy.USER

    @property
    def can_withdraw(self) -> bool:
        """True if such a key can have the ordinary withdrawal permission: no authGroupMap has it."""
        return self is not MadeBy.CONSENT

    def can_have(self, group: AuthGroup) -> bool:
        """True if such a key can have a permission of authGroupMap: only a consent grants API_WITHDRAW_OAUTH."""
        return self is MadeBy.CONSENT or group is not AuthGroup.API_WITHDRAW_OAUTH


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
    """True if it has the ordinary withdrawal permission, which no consent grants."""

    @property
    def key(self) -> str:
        """Its place in `World.api_keys`."""
        return self.api_key


class Issued(Value, frozen=True):
    """What never changes of a consent or an API key. `id` is its place in its table, `at` when it was made, ms."""

    id: str
    user: str
    client_id: str
    at: int
    own: bool = False
    """True if it is a key that a broker made for itself."""


class KeyRing(Value, frozen=True):
    """The names of a user's API keys, each with its key. No two keys of a user have the same name (s4)."""

    user: str
    names: HashTrieMap[str, str] = HashTrieMap()

    @property
    def key(self) -> str:
        """Its place in `World.key_rings`."""
        return self.user

    def having(self, key: ApiKey) -> KeyRing:
        """The ring with that key."""
        return KeyRing(self.user, self.names.insert(key.api_name, key.api_key))

    def without(self, key: ApiKey) -> KeyRing:
        """The ring without that key."""
        return KeyRing(self.user, self.names.discard(key.api_name))
