"""What a fault can match of a request: its fields by name, and those of one inside another with a dot."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from support.demo_world import CALLBACK, demo_world
from support.desk import IP, Desk, query

from simulator.core.account.api_key_info import GetApiKeyInfo
from simulator.core.fast_api import security
from simulator.core.fast_api.api_keys import AddApiKey
from simulator.core.fast_api.authorization import Authorize
from simulator.core.fast_api.refresh import RefreshTokens
from simulator.core.fast_api.tokens import ExchangeCode
from simulator.core.gateway.requests import Body
from simulator.core.market.server import GetServerTime
from simulator.core.refusals import Reason
from simulator.core.spec import Decision
from simulator.core.staged import DERIVED, details_of, names_in, refusal, request_fields


def test_fields_of_a_body() -> None:
    """Two levels, an object also as a whole; a body that could not be read has none."""
    inner = {"API_SPOT": True}
    fields = request_fields(demo_world(), AddApiKey("bearer x", Body({"authGroupMap": inner, "n": 1}), IP))
    assert fields == {
        "authGroupMap": inner,
        "authGroupMap.API_SPOT": True,
        "n": 1,
    }
    assert request_fields(demo_world(), AddApiKey(None, Body(None), IP)) == {}


def test_fields_of_a_query() -> None:
    """The parameters decoded, the redirect URI whole, and the values of closed lists as words."""
    fields = request_fields(demo_world(), Authorize(query(state="a%20b"), "alice", None, decision=Decision.DENY))
    assert (fields["redirect_uri"], fields["state"], fields["client_id"]) == (CALLBACK, "a b", "demo-broker")
    assert (fields["identity"], fields["decision"], fields["addressbook_only"]) == ("alice", "deny", False)


def test_what_fills_a_text() -> None:
    """What world and call tell need not be said; the rest must be."""
    assert names_in(Reason.IP_NOT_ALLOWED) == ("ip",)
    assert (details_of(Reason.IP_NOT_ALLOWED), details_of(Reason.PARAMETER_MISSING)) == ((), ("field",))
    assert set(DERIVED) == {"ip", "link", "encoding", "accepted", "limit"}


def test_a_staged_refusal() -> None:
    """It looks like an earned one, and says that the scenario staged it."""
    desk = Desk()
    command = AddApiKey(None, Body({}), IP)
    staged = refusal(desk.world, command, Reason.IP_NOT_ALLOWED, {})
    assert staged.text.endswith(IP)
    assert (staged.expected, staged.received, staged.keep) == ("", "staged by the scenario", None)
    said = refusal(desk.world, GetServerTime(), Reason.PARAMETER_MISSING, {"field": "code"})
    assert said.text == "invalid_request: code is compulsory"
    assert refusal(desk.world, command, Reason.BODY_TOO_LARGE, {}).text.endswith("65536 bytes.")


@pytest.mark.parametrize("accepted", [("authorization_code",), ("authorization_code", "refresh_token")])
def test_the_grant_types_in_a_text(accepted: tuple[str, ...]) -> None:
    """A staged refusal names those that the call accepts: a refresh those of the switch, the others the one of s7.2."""
    world = demo_world(refresh_grant_types=accepted)
    refresh, exchange = RefreshTokens(Body({}), IP), ExchangeCode("", IP)
    texts = [refusal(world, command, Reason.GRANT_TYPE_UNSUPPORTED, {}).text for command in (refresh, exchange)]
    said = "unsupported_grant_type: grant_type must be"
    assert texts == [f"{said} {' or '.join(accepted)}", f"{said} authorization_code"]


def test_the_link_in_a_text() -> None:
    """A staged refusal for want of a factor leads to the page where the user sets one up."""
    for world, origin in ((demo_world(), "http://127.0.0.1:8080"), (replace(demo_world(), workspace="w"), "/w/w/")):
        staged = refusal(world, GetServerTime(), Reason.MORE_FACTORS_NEEDED, {})
        assert security.link(world) in staged.text
        assert origin in staged.text


def test_the_ip_in_a_text() -> None:
    """It is that of the call, signed or not, unless the world sees another one."""
    desk = Desk()
    signed = desk.own_key().sign()
    for command in (AddApiKey(None, Body({}), IP), GetApiKeyInfo(signed)):
        assert refusal(desk.world, command, Reason.IP_NOT_ALLOWED, {}).text.endswith(IP)
        seen = replace(desk.world, observed_ip="198.51.100.9")
        assert refusal(seen, command, Reason.IP_NOT_ALLOWED, {}).text.endswith("198.51.100.9")
