"""The adversary drawer of the consent page: how each button spoils the way back, and that the journal says so."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from msgspec.structs import replace
from support.browser import Reply, Site
from support.demo_world import CALLBACK, DEMO_BROKER
from support.desk import query
from support.wire import Asgi, control

from simulator.scenario.loader import read
from simulator.scenario.text.nodes import ScenarioError
from simulator.web.pages.adversary import NAMES

APPROVE = [("step", "consent"), ("identity", "alice"), ("grant", "API_SPOT")]


def pressed(site: Site, trick: str, redirect_uri: str = CALLBACK, state: str = "s-2") -> Reply:
    """The answer to a consent whose button is that one."""
    return site.post(f"/oauth?{query(redirect_uri, state)}", [*APPROVE, ("trick", trick)])


def parameters(address: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


def only_code(site: Site) -> str:
    (code,) = site.world.codes
    return code


def test_state_is_dropped_altered_or_replayed() -> None:
    """The code is right each time, and the state is missing, another one, or that of the login before."""
    for trick, state in (("drop_state", None), ("alter_state", "s-2-altered")):
        site = Site()
        reply = pressed(site, trick)
        assert reply.status == 303
        assert parameters(reply.location) == {"code": only_code(site), **({"state": state} if state else {})}
    site = Site()
    assert site.post(f"/oauth?{query(state='s-1')}", [*APPROVE, ("decision", "approve")]).status == 303
    sent = parameters(pressed(site, "replay_state").location)
    assert sent["state"] == "s-1"
    assert sent["code"] in site.world.codes


def test_without_an_earlier_login_no_state_can_be_replayed() -> None:
    """The page says what to do first, and nothing was granted."""
    site = Site()
    reply = pressed(site, "replay_state")
    assert reply.status == 400
    assert "Approve one login first" in reply.page.text
    assert not site.world.consents


def test_a_wrong_code_is_none_of_ours() -> None:
    """It looks like a code, and the exchange does not know it."""
    site = Site()
    sent = parameters(pressed(site, "wrong_code").location)
    assert sent["state"] == "s-2"
    assert len(sent["code"]) == len(only_code(site))
    assert sent["code"] not in site.world.codes


def test_a_used_code_has_bought_tokens_already() -> None:
    """Somebody has exchanged it before the broker does; both calls are in the journal."""
    site = Site(client_secret="required")
    sent = parameters(pressed(site, "used_code").location)
    [consent] = site.world.consents.values()
    assert (consent.code, consent.generation) == (sent["code"], 1)
    assert [entry["operation"] for entry in site.entries] == ["exchange_code", "authorize"]


def test_the_callback_is_called_twice() -> None:
    """The page loads the callback as an image of the only other origin that it may load from, then goes there."""
    site = Site()
    reply = pressed(site, "twice")
    target = f"{CALLBACK}?code={only_code(site)}&state=s-2"
    assert reply.page.attributes("img", "src") == [target]
    assert reply.headers["refresh"] == f"1; url={target}"
    assert "img-src 'self' data: http://localhost:3000;" in reply.headers["content-security-policy"]


def test_a_redirect_uri_that_no_browser_opens_is_no_image() -> None:
    """Its origin does not get into the policy of the page."""
    uri = "javascript:alert(1)//; script-src *"
    site = Site()
    site.exchange.world = site.world.put(replace(DEMO_BROKER, redirect_uris=(uri,)))
    reply = pressed(site, "twice", uri)
    assert not reply.page.attributes("img", "src")
    assert "script-src *" not in reply.headers["content-security-policy"]


def test_the_redirect_comes_late() -> None:
    """The browser is sent on after ten seconds; who does not want to wait has a link."""
    site = Site()
    reply = pressed(site, "wait")
    target = f"{CALLBACK}?code={only_code(site)}&state=s-2"
    assert reply.headers["refresh"] == f"10; url={target}"
    assert target in reply.page.links


@pytest.mark.parametrize("trick", NAMES)
def test_the_journal_says_who_spoiled_it(trick: str) -> None:
    """The approval's entry has a note, so that nobody takes the redirect for KuCoin's."""
    site = Site()
    site.post(f"/oauth?{query(state='s-1')}", [*APPROVE, ("decision", "approve")])
    assert pressed(site, trick).status in (200, 303)
    entry = next(entry for entry in site.entries if entry["operation"] == "authorize")
    assert entry["notes"][0].startswith("adversary drawer: ")
    assert not [note for note in site.entries[-1]["notes"] if "adversary" in note]


def test_a_scenario_spoils_the_redirects_of_its_logins(send: Asgi) -> None:
    """The redirect of each waiting login is spoilt as its button would do it, and a login without `redirect` is not."""
    tricks = ["replay_state", None, "replay_state", "alter_state", "drop_state", "wrong_code", "twice"]
    for trick in tricks:
        decided = {"user": "alice", **({"redirect": trick} if trick else {})}
        waiting = control(send, "/logins", decided)
        assert waiting.status == 201
        assert waiting.json()["waiting"][-1].get("redirect") == trick
    answers = [send("GET", f"/oauth?{query(state=f's-{place}')}") for place in range(len(tricks))]
    sent = [parameters(answer.headers["location"]) for answer in answers[:-1]]
    assert [one.get("state") for one in sent] == ["s-0", "s-1", "s-1", "s-3-altered", None, "s-5"]
    assert answers[-1].headers["refresh"].endswith("&state=s-6")
    codes = send.app.desk.exchange.world.codes
    assert [one["code"] in codes for one in sent] == [True] * 5 + [False]
    notes = [entry.notes for entry in send.app.desk.journal.after(0) if entry.outcome.operation == "authorize"]
    assert notes[0][0].startswith("adversary drawer: no earlier login")
    assert [bool(texts) for texts in notes] == [True, False, *[True] * 5]


def test_a_denial_has_no_code_to_spoil(send: Asgi) -> None:
    """`redirect` goes with an approval: in a scenario and in a call."""
    refused = control(send, "/logins", {"user": "alice", "decision": "deny", "redirect": "twice"})
    assert refused.status == 400
    assert "goes with decision approve" in refused.text
    text = "version: 1\nname: x\nextends: demo\nlogin: {mode: auto, user: alice, decision: deny, redirect: twice}\n"
    with pytest.raises(ScenarioError, match="goes with decision: approve"):
        read(text, "x.yaml")


def test_a_trick_that_is_none_is_refused() -> None:
    """Nothing was granted then; and who is unknown gets the login page again."""
    site = Site()
    assert pressed(site, "other").status == 400
    fields = [("step", "consent"), ("identity", "nobody"), ("trick", "twice")]
    assert site.post(f"/oauth?{query()}", fields).status == 400
    assert not site.world.consents
