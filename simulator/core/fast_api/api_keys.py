"""s3, s4: a consent makes API keys, through the new endpoint (s4.2) or the old one (s4.1)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from msgspec.structs import replace

from simulator.core import spec
from simulator.core.endpoint import REST, Endpoint
from simulator.core.fast_api import tokens
from simulator.core.gateway.requests import Body, FieldProblem, Fields, unread
from simulator.core.gateway.signature import SignedRequest
from simulator.core.gateway.tolls import GENERAL, Pool
from simulator.core.mint import Mint
from simulator.core.quoting import shortened
from simulator.core.refusals import Reason, Refusal
from simulator.core.spec import AuthGroup
from simulator.core.value import Reply, Value
from simulator.core.world import ApiKey, Consent, Now, User, World, with_keys

PARAMETERS: Final = ("authGroupMap", "isAddressbookOnly")
"""What a body of s4.2 has."""
OLD_ENDPOINT_TYPES: Final = ("application/json", "application/x-www-form-urlencoded")
"""What a body of s4.1, which nothing reads, may be: JSON, or a form as in older editions [s4.1/content-type]."""


class AddApiKey(Value, frozen=True):
    """`POST /_oauth/resource/cyber-truck-vault/v2/outer/api-key/add` (s4.2)."""

    authorization: str | None
    body: Body
    ip: str


class AddApiKeyOld(Value, frozen=True):
    """`POST /_oauth/resource/ucenter/outer/api-key/add` (s4.1).

    "no parameter needed", so the body is not read [s4.1/no-parameters]. `ignored` is how many bytes it has,
    `media_type` of which type it is, lower case; "" = it has none, None = there is no body either.
    """

    authorization: str | None
    ip: str
    ignored: int = 0
    media_type: str | None = None


class ApiKeyAdded(Reply, frozen=True):
    """The seven fields of s4.1 and s4.2 [s4.2/answer]."""

    api_name: str
    api_key: str
    secret: str
    passphrase: str
    broker_id: str
    groups: tuple[AuthGroup, ...]
    ip_whitelist: tuple[str, ...]


class GetApiKeyInfo(Value, frozen=True):
    """`GET /api/v1/user/api-key`: the key that signs the call."""

    signed: SignedRequest


class ApiKeyInfo(Reply, frozen=True):
    """The key and its user."""

    api_key: ApiKey


def asked_groups(values: Mapping[str, object]) -> tuple[frozenset[AuthGroup], bool]:
    """The body of s4.2: `authGroupMap` and `isAddressbookOnly` [s4.2/parameters] [H16/auth-group-map]."""
    fields = Fields(values)
    asked = fields.raw("authGroupMap")
    if not isinstance(asked, Mapping):
        raise FieldProblem("authGroupMap", "must be an object of permissions and booleans", asked)
    known = {group.value: group for group in AuthGroup}
    for name, wanted in asked.items():
        if name not in known:
            raise FieldProblem(f"authGroupMap.{name}", f"must be one of {', '.join(known)}", wanted)
        if not isinstance(wanted, bool):
            raise FieldProblem(f"authGroupMap.{name}", "must be true or false", wanted)
    groups = frozenset(known[name] for name, wanted in asked.items() if wanted)
    if not groups:
        raise FieldProblem("authGroupMap", "must ask for at least one permission", asked)
    return groups | {AuthGroup.API_COMMON}, fields.boolean("isAddressbookOnly")


def _words(groups: frozenset[AuthGroup]) -> str:
    return ",".join(group.value for group in AuthGroup if group in groups)


def check_consent(world: World, consent: Consent, user: User, groups: frozenset[AuthGroup], book_only: bool) -> None:
    """A key can do what the user granted and no more: 40503 [H15/consent-enforced]."""
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
    """A key can have futures only if its user has a futures account."""
    if AuthGroup.API_FUTURES in groups and not user.futures:
        raise Refusal(Reason.FUTURES_NOT_OPENED, expected="no API_FUTURES", received="API_FUTURES")


def add_api_key(world: World, command: AddApiKey, now: Now) -> tuple[World, ApiKeyAdded]:
    """s4.2: what the broker asks for, if the user granted it; nothing without a bearer [s3/authorization-mandatory]."""
    consent = tokens.bearer(world, command.authorization, command.ip, now)
    user = world.users[consent.user]
    values = command.body.opened()
    notes = unread(values, PARAMETERS)
    try:
        groups, book_only = asked_groups(values)
        check_consent(world, consent, user, groups, book_only)
        return _make(world, consent, user, groups, now, notes)
    except FieldProblem as problem:
        raise problem.refusal(Reason.AUTH_GROUP_MAP_INVALID).noting(notes) from None
    except Refusal as refusal:
        raise refusal.noting(notes) from None


def add_api_key_old(world: World, command: AddApiKeyOld, now: Now) -> tuple[World, ApiKeyAdded]:
    """s4.1: a fixed list, narrowed to the consent, never withdrawal; not for a local site, as s4.2 says.

    [s4.2/local-site] [H20/local-site] [H18/old-endpoint-groups]
    """
    notes = (f"a body of {command.ignored} bytes that nothing read (s4.1)",) if command.ignored else ()
    try:
        consent = tokens.bearer(world, command.authorization, command.ip, now)
        _check_type(command.media_type)
        return _old(world, consent, now, notes)
    except Refusal as refusal:
        raise refusal.noting(notes) from None


def _check_type(media_type: str | None) -> None:
    if media_type is not None and media_type not in OLD_ENDPOINT_TYPES:
        expected, received = " or ".join(OLD_ENDPOINT_TYPES), shortened(media_type) or "absent"
        raise Refusal(Reason.UNSUPPORTED_MEDIA_TYPE, expected=expected, received=received)


def _old(world: World, consent: Consent, now: Now, notes: tuple[str, ...]) -> tuple[World, ApiKeyAdded]:
    """The key of the old endpoint. Futures are refused as the new one refuses them [H18/old-endpoint-futures]."""
    client = world.clients[consent.client_id]
    if client.local_site:
        raise Refusal(Reason.OLD_ENDPOINT_REFUSED, expected="the endpoint of s4.2", received="the endpoint of s4.1")
    user = world.users[consent.user]
    sample = world.choices.old_endpoint_groups == "sample"
    offered = spec.OLD_ENDPOINT_GROUPS if sample else spec.INTRODUCTION_GROUPS
    groups = frozenset(offered) & frozenset(consent.groups)
    _check_futures(user, groups)
    return _make(world, consent, user, groups, now, notes)


def _make(
    world: World, consent: Consent, user: User, groups: frozenset[AuthGroup], now: Now, notes: tuple[str, ...]
) -> tuple[World, ApiKeyAdded]:
    """The key itself, or one of the two errors that s4 prints. A client with a fixed name collides for real.

    [s4/repeated-api-name] [s4/key-limit] [H13/api-name] [H14/key-limit] [H21/keys-per-consent]
    """
    client = world.clients[consent.client_id]
    mint = Mint(world, now.business)
    name = client.api_name or f"{client.client_id}-{mint.word('api name', 8)}"
    if consent.keys and world.choices.keys_per_consent == "one":
        raise Refusal(Reason.CONSENT_HAS_A_KEY, expected="one key a consent", received="another")
    ring = world.key_ring(user.name)
    if name in ring.names:
        raise Refusal(Reason.REPEATED_API_NAME, expected="a name that the user has no key of", received=name)
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
        notes=notes,
    )


def get_api_key_info(world: World, key: ApiKey, command: GetApiKeyInfo, now: Now) -> tuple[World, ApiKeyInfo]:
    """What the key can do."""
    return world, ApiKeyInfo(api_key=key)


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
        parameters=PARAMETERS,
        fields=("isAddressbookOnly", *(f"authGroupMap.{group.value}" for group in AuthGroup)),
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

API_ENDPOINTS: Final = (
    Endpoint(
        get_api_key_info,
        GetApiKeyInfo,
        REST,
        call="GET /api/v1/user/api-key",
        permission=GENERAL,
        pool=Pool.MANAGEMENT,
        weight=20,
    ),
)
