"""`login:`: who decides at `/oauth`, a person at the page or the scenario."""

from __future__ import annotations

import json
from urllib.parse import parse_qs, urlsplit

import pytest
from msgspec.structs import replace
from support.browser import Reply, Site
from support.demo_world import CALLBACK
from support.desk import query

from simulator.core.refusals import Reason
from simulator.core.spec import INTRODUCTION_GROUPS, AuthGroup, Decision
from simulator.scenario.staging.armed import Staging
from simulator.scenario.staging.faults import Fault
from simulator.scenario.staging.logins import Decided, Login
from simulator.web.wire.damage import NoTransportError

LINK = f"/oauth?{query(CALLBACK)}"
ALICE = Decided("alice")
BOB_DENIES = Decided("bob", Decision.DENY)


def site_with(login: Login, *faults: Fault) -> Site:
    site = Site()
    site.exchange.stage(Staging(faults, login))
    return site


def brought(reply: Reply) -> dict[str, list[str]]:
    """What the browser brings back to the broker."""
    assert reply.status == 303
    assert reply.location.startswith(f"{CALLBACK}?")
    return parse_qs(urlsplit(reply.location).query)


def operations(site: Site) -> list[tuple[str, str]]:
    """Operation and outcome of each entry, oldest first."""
    return [(entry["operation"], entry["outcome"]) for entry in site.entries][::-1]


def test_page_asks_a_person() -> None:
    """Without `login:` the page is shown, and no code exists."""
    site = site_with(Login())
    assert "Log in for Demo Broker" in site.get(LINK).page.text
    assert not site.world.codes


def test_auto_decides_each_time() -> None:
    """`auto`: every good request goes straight back with a code of its own, the state, and what was granted."""
    site = site_with(Login("auto", (Decided("alice", grant=frozenset({AuthGroup.API_SPOT}), addressbook_only=True),)))
    codes = set()
    for state in ("s-1", "s-2"):
        back = brought(site.get(f"/oauth?{query(CALLBACK, state)}"))
        assert back["state"] == [state]
        codes.add(back["code"][0])
    assert codes == set(site.world.codes)
    assert len(codes) == 2
    for consent in site.world.consents.values():
        assert (consent.user, consent.addressbook_only) == ("alice", True)
        assert AuthGroup.API_SPOT in consent.groups
        assert AuthGroup.API_MARGIN not in consent.groups
    assert operations(site) == [("request_authorization", "OK"), ("authorize", "OK")] * 2


def test_auto_grants_the_defaults_unless_it_says_what() -> None:
    """`grant` absent is what the consent page has ticked."""
    site = site_with(Login("auto", (ALICE,)))
    brought(site.get(LINK))
    [consent] = site.world.consents.values()
    assert consent.groups == INTRODUCTION_GROUPS


def test_auto_can_deny() -> None:
    """`decision: deny`: the browser goes back with access_denied."""
    back = brought(site_with(Login("auto", (BOB_DENIES,))).get(LINK))
    assert (back["error"], back["state"]) == (["access_denied"], ["s-1"])
    assert "code" not in back


def test_a_queue_is_used_up_and_then_asks() -> None:
    """`queue`: each decision serves one request, in order; then the page is shown."""
    site = site_with(Login("queue", (ALICE, BOB_DENIES)))
    assert "code" in brought(site.get(LINK))
    assert brought(site.get(LINK))["error"] == ["access_denied"]
    assert "Log in for Demo Broker" in site.get(LINK).page.text
    site.exchange.reset()
    assert "code" in brought(site.get(LINK))


@pytest.mark.parametrize(
    ("target", "faults"),
    [
        (f"/oauth?{query(CALLBACK, client_id='nobody')}", ()),
        ("/oauth?state=1", ()),
        (LINK, (Fault("request_authorization", times=1, refuse=Reason.SCOPE_INVALID),)),
        (LINK, (Fault("request_authorization", times=1, at="after_commit", refuse=Reason.SCOPE_INVALID),)),
    ],
)
def test_a_refused_request_takes_nobody_from_the_queue(target: str, faults: tuple[Fault, ...]) -> None:
    """Whoever waits is still there for the next request that is in order."""
    site = site_with(Login("queue", (ALICE,)), *faults)
    assert site.get(target).status == 400
    assert not site.world.codes
    assert "code" in brought(site.get(LINK))


def test_json_for_who_prefers_it() -> None:
    """`Accept: application/json` gets the answer that s7.1 prints, as from the consent page."""
    site = site_with(Login("auto", (ALICE,)))
    reply = site.get(LINK, accept="application/json")
    assert (reply.status, reply.headers["content-type"]) == (200, "application/json")
    answer = json.loads(reply.body)
    assert (answer["success"], answer["state"], answer["code"]) == (True, "s-1", next(iter(site.world.codes)))


@pytest.mark.parametrize(
    ("login", "faults", "reason", "text"),
    [
        (Login("auto", (Decided("nobody"),)), (), "USER_UNKNOWN", "Log in for Demo Broker"),
        (Login("auto", (ALICE,)), (Fault("authorize", refuse=Reason.SCOPE_INVALID),), "SCOPE_INVALID", "scope"),
    ],
)
def test_a_decision_that_is_refused_is_explained(
    login: Login, faults: tuple[Fault, ...], reason: str, text: str
) -> None:
    """The page says why, the journal has both calls, and the browser goes nowhere."""
    site = site_with(login, *faults)
    reply = site.get(LINK)
    assert reply.status == 400
    assert text in reply.page.text
    assert operations(site) == [("request_authorization", "OK"), ("authorize", reason)]


def test_a_slow_login_page_still_decides() -> None:
    """A delay at the request of the page is waited for, and then the scenario decides."""
    site = site_with(Login("queue", (ALICE,)), Fault("request_authorization", times=1, delay=1))
    assert "code" in brought(site.get(LINK))


def test_a_login_page_that_is_lost_takes_nobody_from_the_queue() -> None:
    """Who never saw the page has decided nothing, although the request was in order."""
    lost = Fault("request_authorization", times=1, at="after_commit", network="truncate")
    site = site_with(Login("queue", (ALICE,)), lost)
    with pytest.raises(NoTransportError):  # there is no socket to lose it on
        site.get(LINK)
    assert operations(site) == [("request_authorization", "OK")]
    assert "code" in brought(site.get(LINK))


@pytest.mark.parametrize(
    ("login", "said"),
    [
        (Login("auto", (ALICE,)), "decided by the scenario, for alice: the login page is not shown"),
        (Login("queue", (ALICE, BOB_DENIES)), "for alice, bob: the login page is not shown to the first 2"),
    ],
)
def test_the_front_page_says_who_decides(login: Login, said: str) -> None:
    """Whoever presses the button there knows beforehand that the scenario logs in, for whom, and what it stages."""
    site, refused = Site(), Fault("withdraw", refuse=Reason.WITHDRAWAL_DISABLED)
    site.app.desk.scenario = replace(site.app.desk.scenario, description="A storm", login=login, faults=(refused,))
    text = " ".join(site.get("/").page.text.split())
    assert said in text
    assert "A storm" in text
    assert "Faults1" in text
    assert "decided by the scenario" not in Site().get("/").page.text
