"""Every way to earn a refusal of the OAuth side: for each operation a good request, and what can be wrong with it."""

from __future__ import annotations

from typing import Final

from simulator.core import spec
from simulator.core.fast_api.api_keys import AddApiKey, AddApiKeyOld
from simulator.core.fast_api.authorization import Authorize
from simulator.core.fast_api.refresh import RefreshTokens
from simulator.core.fast_api.tokens import ExchangeCode
from simulator.core.gateway.requests import Body
from simulator.core.refusals import Reason
from simulator.core.spec import AuthGroup
from simulator.core.value import Command
from support.demo_world import CALLBACK
from support.desk import IP, Desk
from support.refusal_cases.defects import (
    ELSEWHERE,
    NOBODY_KNOWN,
    UNREADABLE,
    Case,
    Defect,
    Fields,
    change_client,
    change_consent,
    change_user,
    choose,
    named,
    unreadable,
)


# --- s7.1
def _login(desk: Desk) -> Fields:
    return {
        "response_type": "code",
        "client_id": "demo-broker",
        "redirect_uri": CALLBACK,
        "scope": "OAUTH_CREATE_API",
        "state": "s-1",
        "identity": "alice",
    }


def _query(fields: Fields, *names: str) -> str:
    sent = [f"{name}={fields[name]}" for name in names if fields.get(name) is not None]
    return "&".join([*sent, *fields.get("more", ())])


def _authorize(desk: Desk, fields: Fields) -> Command:
    names = ("response_type", "client_id", "redirect_uri", "scope", "state")
    return Authorize(_query(fields, *names), fields["identity"], None)


ENCODED_CALLBACK: Final = CALLBACK.replace(":", "%3A").replace("/", "%2F")
QUERY_DEFECTS: Final = (
    Defect(Reason.CLIENT_UNKNOWN, {"client_id": "nobody"}, hides=NOBODY_KNOWN),
    Defect(Reason.REDIRECT_URI_ENCODED, {"redirect_uri": ENCODED_CALLBACK}, choose(encoded_redirect_uri="refuse")),
    Defect(Reason.PARAMETER_REPEATED, {"client_secret": None, "more": ["client_secret=demo-secret"] * 2}),
    Defect(
        Reason.PARAMETER_MISSING,
        {"client_id": None},
        hides=(
            Reason.IP_NOT_ALLOWED,
            Reason.CLIENT_SECRET_INVALID,
            Reason.REDIRECT_URI_UNREGISTERED,
            Reason.REDIRECT_URI_ENCODED,
        ),
    ),
    Defect(Reason.PARAMETER_MISSING, {"redirect_uri": None}),
)
AUTHORIZE: Final = Case(
    _login,
    _authorize,
    (
        *QUERY_DEFECTS,
        Defect(
            Reason.CLIENT_SECRET_INVALID,
            world=lambda world: choose(secret_at_login="require")(change_client(secret="another")(world)),
        ),
        Defect(Reason.REDIRECT_URI_UNREGISTERED, {"redirect_uri": "https://evil.example/callback"}),
        Defect(Reason.PARAMETER_MISSING, {"response_type": None}),
        Defect(Reason.PARAMETER_MISSING, {"scope": None}),
        Defect(Reason.PARAMETER_MISSING, {"state": None}),
        Defect(Reason.RESPONSE_TYPE_UNSUPPORTED, {"response_type": "token"}),
        Defect(Reason.SCOPE_INVALID, {"scope": "read"}),
        Defect(Reason.USER_UNKNOWN, {"identity": "mallory@example.test"}),
    ),
)


# --- s7.2, s7.3
def _bought(desk: Desk) -> Fields:
    code = desk.authorize().code
    return {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": CALLBACK,
        "client_id": "demo-broker",
    }


def _exchange(desk: Desk, fields: Fields) -> Command:
    return ExchangeCode(_query(fields, "grant_type", "code", "redirect_uri", "client_id", "client_secret"), IP)


EXCHANGE_CODE: Final = Case(
    _bought,
    _exchange,
    (
        *QUERY_DEFECTS,
        Defect(Reason.IP_NOT_ALLOWED, world=change_client(oauth_ips=ELSEWHERE)),
        Defect(Reason.CLIENT_SECRET_INVALID, {"client_secret": "wrong"}),
        Defect(Reason.PARAMETER_MISSING, {"grant_type": None}),
        Defect(Reason.PARAMETER_MISSING, {"code": None}),
        Defect(Reason.GRANT_TYPE_UNSUPPORTED, {"grant_type": "refresh_token"}),
        Defect(Reason.CODE_UNKNOWN, {"code": "0" * 24}),
        Defect(Reason.CODE_OF_ANOTHER_CLIENT, world=change_consent(client_id="other-broker")),
        Defect(Reason.REDIRECT_URI_MISMATCH, {"redirect_uri": "https://elsewhere.example/cb"}),
        Defect(Reason.CODE_USED, world=change_consent(generation=1)),
        Defect(Reason.CODE_EXPIRED, later=5 * spec.MINUTE),
    ),
)


def _paired(desk: Desk) -> Fields:
    return {
        "grant_type": "authorization_code",
        "refresh_token": desk.pair().refresh_token,
        "scope": "OAUTH_CREATE_API",
        "body": None,
    }


def _refresh(desk: Desk, fields: Fields) -> Command:
    names = ("grant_type", "refresh_token", "scope")
    sent = {name: fields[name] for name in names if fields[name] is not None}
    return RefreshTokens(fields["body"] or Body(sent, encoding="form"), IP)


REFRESH_TOKENS: Final = Case(
    _paired,
    _refresh,
    (
        *unreadable(*UNREADABLE, Reason.PARAMETER_REPEATED, encoding="form", hides=NOBODY_KNOWN),
        Defect(Reason.IP_NOT_ALLOWED, world=change_client(oauth_ips=ELSEWHERE)),
        Defect(Reason.REFRESH_ENCODING_REFUSED, world=choose(refresh_encoding=("json",))),
        Defect(Reason.PARAMETER_MISSING, {"refresh_token": None}, hides=NOBODY_KNOWN),
        Defect(Reason.PARAMETER_MISSING, {"grant_type": None}),
        Defect(Reason.PARAMETER_MISSING, {"scope": None}),
        Defect(Reason.GRANT_TYPE_UNSUPPORTED, {"grant_type": "refresh_token"}),
        Defect(Reason.SCOPE_INVALID, {"scope": "read"}),
        Defect(Reason.REFRESH_TOKEN_UNKNOWN, {"refresh_token": "none.of.ours"}, hides=NOBODY_KNOWN),
        Defect(Reason.REFRESH_TOKEN_SUPERSEDED, world=change_consent(generation=2)),
        Defect(Reason.REFRESH_TOKEN_EXPIRED, later=3 * spec.DAY),
    ),
)


# --- s4
def _may_add(desk: Desk) -> Fields:
    pair = desk.pair("alice", AuthGroup.API_SPOT, AuthGroup.API_FUTURES)
    return {
        "authorization": f"bearer {pair.access_token}",
        "groups": {"API_SPOT": True, "API_FUTURES": True},
        "book_only": False,
        "body": None,
    }


def _add(desk: Desk, fields: Fields) -> Command:
    sent = {"authGroupMap": fields["groups"], "isAddressbookOnly": fields["book_only"]}
    return AddApiKey(fields["authorization"], fields["body"] or Body(sent), IP)


def _add_old(desk: Desk, fields: Fields) -> Command:
    return AddApiKeyOld(fields["authorization"], IP, 0, fields.get("media_type"))


BEARER_DEFECTS: Final = (
    Defect(Reason.IP_NOT_ALLOWED, world=change_client(oauth_ips=ELSEWHERE)),
    Defect(Reason.AUTHORIZATION_MISSING, {"authorization": None}, hides=NOBODY_KNOWN),
    Defect(Reason.ACCESS_TOKEN_UNKNOWN, {"authorization": "bearer none.of.ours"}, hides=NOBODY_KNOWN),
    Defect(Reason.ACCESS_TOKEN_SUPERSEDED, world=change_consent(generation=2)),
    Defect(Reason.ACCESS_TOKEN_EXPIRED, later=spec.HOUR),
)
KEY_DEFECTS: Final = (
    Defect(Reason.CONSENT_HAS_A_KEY, world=lambda world: choose(keys_per_consent="one")(change_consent(keys=1)(world))),
    Defect(
        Reason.REPEATED_API_NAME,
        world=lambda world: change_client(api_name="fast")(named("fast")(world)),
    ),
    Defect(Reason.API_KEY_LIMIT_REACHED, world=choose(api_key_limit=0)),
)
ADD_API_KEY: Final = Case(
    _may_add,
    _add,
    (
        *BEARER_DEFECTS,
        *unreadable(*UNREADABLE),
        Defect(Reason.AUTH_GROUP_MAP_INVALID, {"groups": {"API_SPOT": "yes"}}),
        Defect(Reason.ADDRESSBOOK_ONLY_MISMATCH, {"book_only": True}),
        Defect(Reason.GROUPS_EXCEED_CONSENT, {"groups": {"API_FUTURES": True, "API_EARN": True}}),
        Defect(
            Reason.GROUPS_NARROWER_THAN_CONSENT,
            {"groups": {"API_FUTURES": True}},
            choose(narrower_than_consent="refuse"),
        ),
        Defect(Reason.FUTURES_NOT_OPENED, world=change_user(futures=False)),
        *KEY_DEFECTS,
    ),
)
ADD_API_KEY_OLD: Final = Case(
    _may_add,
    _add_old,
    (
        *BEARER_DEFECTS,
        Defect(Reason.UNSUPPORTED_MEDIA_TYPE, {"media_type": "text/plain"}),
        Defect(Reason.OLD_ENDPOINT_REFUSED, world=change_client(local_site=True)),
        Defect(Reason.FUTURES_NOT_OPENED, world=change_user(futures=False)),
        *KEY_DEFECTS,
    ),
)

CASES: Final[dict[str, Case]] = {
    "authorize": AUTHORIZE,
    "exchange_code": EXCHANGE_CODE,
    "refresh_tokens": REFRESH_TOKENS,
    "add_api_key": ADD_API_KEY,
    "add_api_key_old": ADD_API_KEY_OLD,
}
