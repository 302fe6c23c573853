"""s3, s4: API keys are created from a consent, through the new endpoint (s4.2) or the old one (s4.1)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Final

from msgspec import Meta
from msgspec.structs import replace

from simulator.core import spec
from simulator.core.data import Data, Name
from simulator.core.endpoint import Endpoint
from simulator.core.fast_api import tokens
from simulator.core.gateway.parameters import Flag, Flags
from simulator.core.gateway.requests import Body, Fields
from simulator.core.mint import Mint
from simulator.core.quoting import shortened
from simulator.core.refusals import Reason, Refusal
from simulator.core.spec import AuthGroup
from simulator.core.value import Reply, Value
from simulator.core.world import ApiKey, Consent, Now, User, World, with_keys

AUTH_GROUP_MAP: Final = Flags("authGroupMap", required=True, names=tuple(group.value for group in AuthGroup))
ADDRESSBOOK_ONLY: Final = Flag("isAddressbookOnly")
OLD_ENDPOINT_TYPES: Final = ("application/json", "application/x-www-form-urlencoded")
"""The media types of a body of s4.1, which is not read: JSON, or a form as in older editions [s4.1/content-type]."""


class AddApiKey(Value, frozen=True):
    """`POST /_oauth/resource/cyber-truck-vault/v2/outer/api-key/add` (s4.2)."""

    authorization: str | None
    body: Body
    ip: str


class AddApiKeyOld(Value, frozen=True):
    """`POST /_oauth/resource/ucenter/outer/api-key/add` (s4.1).

    "no parameter needed", so the body is not read [s4.1/no-parameters]. `ignored` is the size of the body in bytes.
    `media_type` is its media type in lower case; "" = a body without a type, None = no body.
    """

    authorization: str | None
    ip: str
    ignored: int = 0
    media_type: str | None = None


class NewApiKeyData(Data, frozen=True):
    """A new key with its secret: the `data` of the response."""

    api_name: Name
    api_key: Name
    secret: Name
    passphrase: Name
    broker_id: str
    auth_group: Annotated[str, Meta(description="Names of authGroupMap with commas between them")]
    ip_white_list: Annotated[str, Meta(description="Addresses with commas between them")]


class ApiKeyAdded(Reply, frozen=True):
    """A key was created: the seven fields of s4.1 and s4.2 [s4.2/answer]."""

    api_name: str
    api_key: str
    secret: str
    passphrase: str
    broker_id: str
    groups: tuple[AuthGroup, ...]
    ip_whitelist: tuple[str, ...]

    def data(self) -> NewApiKeyData:
        """The seven fields under KuCoin's names."""
        return NewApiKeyData(
            self.api_name,
            self.api_key,
            self.secret,
            self.passphrase,
            self.broker_id,
            ",".join(group.value for group in self.groups),
            ",".join(self.ip_whitelist),
        )


def requested_groups(values: Mapping[str, object]) -> tuple[frozenset[AuthGroup], bool]:
    """The body of s4.2: `authGroupMap` and `isAddressbookOnly` [s4.2/parameters] [H16/auth-group-map]."""
    fields = Fields(values)
    groups = frozenset(map(AuthGroup, AUTH_GROUP_MAP.read(fields)))
    return groups | {AuthGroup.API_COMMON}, ADDRESSBOOK_ONLY.read(fields)


def _words(groups: frozenset[AuthGroup]) -> str:
    return ",".join(group.value for group in AuthGroup if group in groups)


def check_consent(world: World, consent: Consent, user: User, groups: frozenset[AuthGroup], book_only: bool) -> None:
    """Refuse a key that could do more than the user granted: 40503 [H15/consent-enforced]."""
    granted = frozenset(consent.groups)
    if book_only != consent.addressbook_only:
        expected = f"isAddressbookOnly {str(consent.addressbook_only).lower()}"
        raise Refusal(Reason.ADDRESSBOOK_ONLY_MISMATCH, expected=expected, received=str(book_only).lower())
    if more := groups - granted:
        raise Refusal(
            Reason.GROUPS_EXCEED_CONSENT, groups=_words(more), expected=_words(granted), received=_words(groups)
        )
    if groups < granted and world.choices.narrower_than_consent == "refuse":
        raise Refusal(
            Reason.GROUPS_NARROWER_THAN_CONSENT,
            groups=_words(granted - groups),
            expected=_words(granted),
            received=_words(groups),
        )
    _check_futures(user, groups)


def _check_futures(user: User, groups: frozenset[AuthGroup]) -> None:
    """Refuse futures for a user without a futures account."""
    if AuthGroup.API_FUTURES in groups and not user.futures:
        raise Refusal(Reason.FUTURES_NOT_OPENED, expected="no API_FUTURES", received="API_FUTURES")


def add_api_key(world: World, consent: Consent, body: Mapping[str, object], now: Now) -> tuple[World, ApiKeyAdded]:
    """s4.2: create a key with the permissions in the request. It needs an access token [s3/authorization-mandatory]."""
    user = world.users[consent.user]
    groups, book_only = requested_groups(body)
    check_consent(world, consent, user, groups, book_only)
    return _make(world, consent, user, groups, now)


def add_api_key_old(world: World, consent: Consent, command: AddApiKeyOld, now: Now) -> tuple[World, ApiKeyAdded]:
    """s4.1: create a key with those of a fixed list of permissions that the user granted; never with withdrawal.

    A client of a local site is refused, because s4.2 says so.

    [s4.2/local-site] [H20/local-site] [H18/old-endpoint-groups]
    """
    _check_type(command.media_type)
    client = world.clients[consent.client_id]
    if client.local_site:
        raise Refusal(Reason.OLD_ENDPOINT_REFUSED, expected="the endpoint of s4.2", received="the endpoint of s4.1")
    user = world.users[consent.user]
    sample = world.choices.old_endpoint_groups == "sample"
    offered = spec.OLD_ENDPOINT_GROUPS if sample else spec.INTRODUCTION_GROUPS
    groups = frozenset(offered) & frozenset(consent.groups)
    _check_futures(user, groups)  # as at the new endpoint [H18/old-endpoint-futures]
    return _make(world, consent, user, groups, now)


def _check_type(media_type: str | None) -> None:
    if media_type is not None and media_type not in OLD_ENDPOINT_TYPES:
        expected, received = " or ".join(OLD_ENDPOINT_TYPES), shortened(media_type) or "absent"
        raise Refusal(Reason.UNSUPPORTED_MEDIA_TYPE, expected=expected, received=received)


def _make(
    world: World, consent: Consent, user: User, groups: frozenset[AuthGroup], now: Now
) -> tuple[World, ApiKeyAdded]:
    """Create the key, or raise one of the two errors that s4 prints. A fixed `api_name` collides at the second key.

    [s4/repeated-api-name] [s4/key-limit] [H13/api-name] [H14/key-limit] [H21/keys-per-consent]
    """
    client = world.clients[consent.client_id]
    mint = Mint(world, now.business)
    name = client.api_name or f"{client.client_id}-{mint.word('api name', 8)}"
    if consent.keys and world.choices.keys_per_consent == "one":
        raise Refusal(Reason.CONSENT_HAS_A_KEY, expected="one key per consent", received="a second key")
    ring = world.key_ring(user.name)
    if name in ring.names:
        raise Refusal(Reason.REPEATED_API_NAME, expected="a name that no key of the user has", received=name)
    limit = world.choices.api_key_limit
    if (count := user.foreign_api_keys + len(ring.names)) >= limit:
        raise Refusal(Reason.API_KEY_LIMIT_REACHED, expected=f"fewer than {limit} keys", received=f"{count} keys")
    key = ApiKey(
        api_key=mint.object_id("api_key"),
        secret=mint.uuid("secret"),
        passphrase=mint.word("passphrase", 16),
        api_name=name,
        user=user.name,
        uid=user.uid,
        client_id=client.client_id,
        groups=tuple(group for group in AuthGroup if group in groups),
        addressbook_only=consent.addressbook_only,
        ip_whitelist=client.trading_ips,
        created_at=now.business,
    )
    world = with_keys(world, [key]).put(replace(consent, keys=consent.keys + 1))
    return world, ApiKeyAdded(
        api_name=name,
        api_key=key.api_key,
        secret=key.secret,
        passphrase=key.passphrase,
        broker_id=client.partner,
        groups=key.groups,
        ip_whitelist=key.ip_whitelist,
    )


_NEW_KEY: Final = {Reason.CONSENT_HAS_A_KEY, Reason.REPEATED_API_NAME, Reason.API_KEY_LIMIT_REACHED}

ENDPOINTS: Final = (
    Endpoint(
        add_api_key_old,
        AddApiKeyOld,
        "s4.1",
        call="POST /_oauth/resource/ucenter/outer/api-key/add",
        subject=tokens.by_bearer,
        refusals={
            Reason.UNSUPPORTED_MEDIA_TYPE,
            Reason.OLD_ENDPOINT_REFUSED,
            Reason.FUTURES_NOT_OPENED,
            *_NEW_KEY,
        },
    ),
    Endpoint(
        add_api_key,
        AddApiKey,
        "s4.2",
        call="POST /_oauth/resource/cyber-truck-vault/v2/outer/api-key/add",
        parameters=(AUTH_GROUP_MAP, ADDRESSBOOK_ONLY),
        malformed=Reason.AUTH_GROUP_MAP_INVALID,
        subject=tokens.by_bearer,
        refusals={
            Reason.AUTH_GROUP_MAP_INVALID,
            Reason.ADDRESSBOOK_ONLY_MISMATCH,
            Reason.GROUPS_EXCEED_CONSENT,
            Reason.GROUPS_NARROWER_THAN_CONSENT,
            Reason.FUTURES_NOT_OPENED,
            *_NEW_KEY,
        },
    ),
)
