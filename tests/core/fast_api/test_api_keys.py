"""s3, s4: which keys a consent makes, what they are called, and how many."""

from __future__ import annotations

import re
from uuid import UUID

import pytest
from msgspec.structs import fields, replace
from support.demo_world import demo_world
from support.desk import IP, Desk, groups_body

from simulator.core.account.api_key_info import GetApiKeyInfo
from simulator.core.fast_api.api_keys import AddApiKey, AddApiKeyOld, ApiKeyAdded
from simulator.core.gateway.requests import Body
from simulator.core.refusals import Reason, Refusal
from simulator.core.spec import (
    API_KEY_VERSION,
    HOUR,
    INTRODUCTION_GROUPS,
    KEY_VERSIONS,
    OLD_ENDPOINT_GROUPS,
    AuthGroup,
)

COMMON, FUTURES, SPOT = AuthGroup.API_COMMON, AuthGroup.API_FUTURES, AuthGroup.API_SPOT
EARN, TRANSFER, MARGIN, WITHDRAW = tuple(AuthGroup)[3:]


def test_answer() -> None:
    """A new key looks as KuCoin's: 24 hex digits, a UUID as secret, a passphrase, the broker's id and trading IPs."""
    world = demo_world()
    desk = Desk(world.put(replace(world.clients["demo-broker"], trading_ips=("198.51.100.1", "198.51.100.2"))))
    added = desk.add_key(desk.pair().access_token, "API_SPOT")
    assert re.fullmatch("[0-9a-f]{24}", added.api_key)
    assert UUID(added.secret).version == 4
    assert len(added.passphrase) >= 7
    assert added.broker_id == "DEMOPARTNER"
    assert added.ip_whitelist == ("198.51.100.1", "198.51.100.2")
    assert {each.name for each in fields(ApiKeyAdded)} - {"notes"} == {
        *("api_name", "api_key", "secret", "passphrase", "broker_id", "groups", "ip_whitelist")
    }


def test_order_of_groups() -> None:
    """`authGroup` lists groups in the order of the sample, the OAuth withdrawal last (H19)."""
    sample = "API_COMMON,API_FUTURES,API_SPOT,API_EARN,API_TRANSFER,API_MARGIN"
    assert ",".join(group.value for group in OLD_ENDPOINT_GROUPS) == sample
    desk = Desk()
    added = desk.add_key(desk.pair().access_token, *reversed([group.value for group in AuthGroup]))
    assert ",".join(group.value for group in added.groups) == f"{sample},API_WITHDRAW_OAUTH"


def test_no_key_without_authorization() -> None:
    """Neither endpoint makes a key for a caller without a bearer (s3)."""
    desk = Desk()
    desk.pair()
    for command in (AddApiKey(None, groups_body("API_SPOT"), IP), AddApiKeyOld(None, IP)):
        assert desk.reason(command) is Reason.AUTHORIZATION_MISSING
    assert len(desk.world.api_keys) == 0


@pytest.mark.parametrize(
    ("granted", "asked", "word"),
    [
        ((SPOT, MARGIN), (SPOT, MARGIN), "OK"),
        ((SPOT, MARGIN), (COMMON, SPOT, MARGIN), "OK"),
        ((SPOT, MARGIN), (SPOT,), "OK"),
        ((SPOT, MARGIN), (COMMON,), "OK"),
        ((SPOT, MARGIN), (SPOT, EARN), "GROUPS_EXCEED_CONSENT"),
        ((SPOT, MARGIN), (SPOT, MARGIN, WITHDRAW), "GROUPS_EXCEED_CONSENT"),
        ((COMMON,), (SPOT,), "GROUPS_EXCEED_CONSENT"),
        ((SPOT, FUTURES), (FUTURES,), "OK"),
    ],
)
def test_consent_is_enforced(granted: tuple[AuthGroup, ...], asked: tuple[AuthGroup, ...], word: str) -> None:
    """A key can do less than the user granted, never more: 40503 and no key (H15)."""
    desk = Desk()
    pair = desk.pair("alice", *granted)
    outcome = desk.perform(AddApiKey(f"bearer {pair.access_token}", groups_body(*(each.value for each in asked)), IP))
    assert outcome.word == word
    assert len(desk.world.api_keys) == (word == "OK")
    assert word == "OK" or Reason[word].denial.code == "40503"


def test_narrower_than_consent_can_be_refused() -> None:
    """With `narrower_than_consent: refuse` a key must do exactly what was granted (H15)."""
    desk = Desk(narrower_than_consent="refuse")
    authorization = f"bearer {desk.pair('alice', SPOT, MARGIN).access_token}"
    refusal = desk.refusal(AddApiKey(authorization, groups_body("API_SPOT"), IP))
    assert refusal.reason is Reason.GROUPS_NARROWER_THAN_CONSENT
    assert refusal.text == "authGroupMap mismatch: API_MARGIN was granted"
    assert desk.perform(AddApiKey(authorization, groups_body("API_SPOT", "API_MARGIN"), IP)).word == "OK"


@pytest.mark.parametrize("consented", [False, True])
@pytest.mark.parametrize("asked", [False, True, None])
def test_addressbook_only_is_enforced(consented: bool, asked: bool | None) -> None:
    """`isAddressbookOnly` must be what the user consented to; absent is false (H15, H16)."""
    desk = Desk()
    pair = desk.pair("alice", SPOT, addressbook_only=consented)
    sent: dict[str, object] = {"authGroupMap": {"API_SPOT": True}}
    sent |= {} if asked is None else {"isAddressbookOnly": asked}
    outcome = desk.perform(AddApiKey(f"bearer {pair.access_token}", Body(sent), IP))
    assert outcome.word == ("OK" if consented == bool(asked) else "ADDRESSBOOK_ONLY_MISMATCH")


def test_futures_need_a_futures_account() -> None:
    """A key with futures for a user who has opened none is refused, though the user granted it (H15)."""
    desk = Desk()
    authorization = f"bearer {desk.pair('frank').access_token}"
    assert desk.reason(AddApiKey(authorization, groups_body("API_FUTURES"), IP)) is Reason.FUTURES_NOT_OPENED
    assert desk.perform(AddApiKey(authorization, groups_body("API_SPOT"), IP)).word == "OK"


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({}, "authGroupMap"),
        ({"authGroupMap": None}, "authGroupMap"),
        ({"authGroupMap": ["API_SPOT"]}, "authGroupMap"),
        ({"authGroupMap": "API_SPOT"}, "authGroupMap"),
        ({"authGroupMap": {}}, "authGroupMap"),
        ({"authGroupMap": {"API_SPOT": False}}, "authGroupMap"),
        ({"authGroupMap": {"API_UNIFIED": True}}, "authGroupMap.API_UNIFIED"),
        ({"authGroupMap": {"API_SPOT": True, "api_spot": False}}, "authGroupMap.api_spot"),
        ({"authGroupMap": {"API_SPOT": "true"}}, "authGroupMap.API_SPOT"),
        ({"authGroupMap": {"API_SPOT": 1}}, "authGroupMap.API_SPOT"),
        ({"authGroupMap": {"API_SPOT": None}}, "authGroupMap.API_SPOT"),
        ({"authGroupMap": {"API_SPOT": True}, "isAddressbookOnly": "false"}, "isAddressbookOnly"),
    ],
)
def test_malformed_auth_group_map(sent: dict[str, object], field: str) -> None:
    """A malformed `authGroupMap` or `isAddressbookOnly` is 400100 with the field named, and no key (H16)."""
    desk = Desk()
    refusal = desk.refusal(AddApiKey(f"bearer {desk.pair().access_token}", Body(sent), IP))
    assert (refusal.reason, refusal.details["field"]) == (Reason.AUTH_GROUP_MAP_INVALID, field)
    assert refusal.reason.denial.code == "400100"
    assert field in refusal.text


def test_new_endpoint_takes_the_sample() -> None:
    """The sample body of s4.2, all seven keys and the flag, makes a key of six groups."""
    desk = Desk()
    sample = {group.value: group is not WITHDRAW for group in AuthGroup}
    body = Body({"authGroupMap": sample, "isAddressbookOnly": False})
    added = desk.do(AddApiKey(f"bearer {desk.pair().access_token}", body, IP), ApiKeyAdded)
    assert added.groups == OLD_ENDPOINT_GROUPS


def test_repeated_api_name() -> None:
    """A client with a fixed name collides on a user's second key, and on nobody else's; minted names differ (H13)."""
    world = demo_world()
    desk = Desk(world.put(replace(world.clients["demo-broker"], api_name="fast")))
    token = desk.pair().access_token
    assert desk.add_key(token, "API_SPOT").api_name == "fast"
    refusal = desk.refusal(AddApiKey(f"bearer {token}", groups_body("API_SPOT"), IP))
    assert (refusal.reason, refusal.text) == (Reason.REPEATED_API_NAME, "Repeated apiName")
    assert desk.add_key(desk.pair("bob").access_token, "API_SPOT").api_name == "fast"


def test_minted_api_names() -> None:
    """Without a fixed name each key has a name of its own, also two of one token (H13, H21)."""
    desk = Desk()
    token = desk.pair().access_token
    assert len({desk.add_key(token).api_name for _ in range(3)}) == 3
    assert len(desk.world.api_keys) == 3


@pytest.mark.parametrize("old", [False, True])
def test_key_limit(old: bool) -> None:
    """The fiftieth key is made and the next one refused, at both endpoints; dave has his fifty (H14)."""
    desk = Desk()
    desk.world = desk.world.put(replace(desk.world.users["alice"], foreign_api_keys=49))
    for user, words in (("alice", ["OK", "API_KEY_LIMIT_REACHED"]), ("dave", ["API_KEY_LIMIT_REACHED"])):
        authorization = f"bearer {desk.pair(user).access_token}"
        command = AddApiKeyOld(authorization, IP) if old else AddApiKey(authorization, groups_body("API_SPOT"), IP)
        assert [desk.perform(command).word for _ in words] == words


def test_key_limit_is_a_choice() -> None:
    """`api_key_limit` moves the limit (H14)."""
    desk = Desk(api_key_limit=1)
    token = desk.pair().access_token
    desk.add_key(token)
    assert desk.reason(AddApiKey(f"bearer {token}", groups_body("API_SPOT"), IP)) is Reason.API_KEY_LIMIT_REACHED


@pytest.mark.parametrize("keys", ["any", "one"])
def test_keys_per_consent(keys: str) -> None:
    """A token may make several keys, unless the switch says one a consent; a new consent makes another (H21)."""
    desk = Desk(keys_per_consent=keys)
    token = desk.pair().access_token
    desk.add_key(token)
    again = desk.perform(AddApiKey(f"bearer {token}", groups_body("API_SPOT"), IP))
    assert again.word == ("OK" if keys == "any" else "CONSENT_HAS_A_KEY")
    assert desk.add_key(desk.pair().access_token).api_key


def test_keys_outlive_their_tokens() -> None:
    """A key works on after its tokens have expired, were refreshed, and its consent was revoked (H22)."""
    desk = Desk()
    key = desk.key()
    consent = next(iter(desk.world.consents.values()))
    desk.advance(100 * HOUR)
    desk.world = desk.world.put(replace(consent, generation=9, revoked=True))
    assert desk.perform(GetApiKeyInfo(key.sign())).word == "OK"


@pytest.mark.parametrize("switch", ["sample", "introduction"])
@pytest.mark.parametrize(
    ("user", "granted", "sample", "introduction"),
    [
        ("alice", tuple(AuthGroup), OLD_ENDPOINT_GROUPS, INTRODUCTION_GROUPS),
        ("alice", (SPOT, MARGIN, WITHDRAW), (COMMON, SPOT, MARGIN), (COMMON, SPOT)),
        ("alice", (WITHDRAW,), (COMMON,), (COMMON,)),
        ("frank", (SPOT, MARGIN), (COMMON, SPOT, MARGIN), (COMMON, SPOT)),
    ],
)
def test_old_endpoint_groups(
    switch: str,
    user: str,
    granted: tuple[AuthGroup, ...],
    sample: tuple[AuthGroup, ...],
    introduction: tuple[AuthGroup, ...],
) -> None:
    """The old endpoint gives the sample's six groups, or s1's, as far as granted, and never a withdrawal (H18)."""
    desk = Desk(old_endpoint_groups=switch)
    added = desk.do(AddApiKeyOld(f"bearer {desk.pair(user, *granted).access_token}", IP), ApiKeyAdded)
    assert added.groups == (sample if switch == "sample" else introduction)


def test_old_endpoint_needs_no_parameters() -> None:
    """The old endpoint reads nothing but the bearer; the key keeps the consent's address book flag (s4.1)."""
    assert {each.name for each in fields(AddApiKeyOld)} == {"authorization", "ip", "ignored", "media_type"}
    desk = Desk()
    pair = desk.pair("alice", SPOT, addressbook_only=True)
    added = desk.do(AddApiKeyOld(f"bearer {pair.access_token}", IP), ApiKeyAdded)
    assert desk.world.api_keys[added.api_key].addressbook_only


@pytest.mark.parametrize("switch", ["sample", "introduction"])
def test_futures_are_refused_alike(switch: str) -> None:
    """Futures granted by a user without a futures account are 40503 at both endpoints, and make no key (H18)."""
    desk = Desk(old_endpoint_groups=switch)
    token = f"bearer {desk.pair('frank', SPOT, FUTURES).access_token}"
    for command in (AddApiKeyOld(token, IP), AddApiKey(token, groups_body("API_SPOT", "API_FUTURES"), IP)):
        assert desk.reason(command) is Reason.FUTURES_NOT_OPENED
    assert not desk.world.key_ring("frank").names


@pytest.mark.parametrize(
    ("media_type", "passes"),
    [
        (None, True),
        ("application/json", True),
        ("application/x-www-form-urlencoded", True),
        ("", False),
        ("text/plain", False),
        ("multipart/form-data", False),
        ("application/xml", False),
        ("application/jsonp", False),
    ],
)
def test_content_types_of_the_old_endpoint(media_type: str | None, passes: bool) -> None:
    """JSON and forms pass, and no body at all; anything else is 415, once the bearer has been judged (s4.1)."""
    desk = Desk()
    command = AddApiKeyOld(f"bearer {desk.pair().access_token}", IP, 0, media_type)
    result = desk.perform(command).result
    if passes:
        assert isinstance(result, ApiKeyAdded)
    else:
        assert isinstance(result, Refusal)
        assert (result.reason, result.received) == (Reason.UNSUPPORTED_MEDIA_TYPE, media_type or "absent")
        assert result.expected == "application/json or application/x-www-form-urlencoded"
    assert desk.reason(replace(command, authorization="bearer x")) is Reason.ACCESS_TOKEN_UNKNOWN


def test_local_site_must_use_the_new_endpoint() -> None:
    """A client of a local site is refused at the old endpoint and served at the new one (s4.2)."""
    desk = Desk()
    desk.world = desk.world.put(replace(desk.world.clients["demo-broker"], local_site=True))
    token = desk.pair().access_token
    assert desk.reason(AddApiKeyOld(f"bearer {token}", IP)) is Reason.OLD_ENDPOINT_REFUSED
    assert desk.add_key(token).api_key


def test_keys_are_of_version_3() -> None:
    """Keys are of version 3, which a caller may state (s1)."""
    desk = Desk()
    signed = replace(desk.key().sign(), version=str(API_KEY_VERSION))
    assert desk.perform(GetApiKeyInfo(signed)).word == "OK"
    assert KEY_VERSIONS[-1] == "3"
