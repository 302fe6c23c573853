"""One call on one screen: why it was refused, what it changed, the same again, the way back."""

from __future__ import annotations

import html
import re

import pytest
from support.dashboard import Dashboard
from support.desk import START
from support.wire import TOKEN

from simulator.web.app import App

LIST = "/api/v1/accounts?type=main"


def test_a_refused_call_says_why(dashboard: Dashboard) -> None:
    """The screen of a refused call has its meaning, what was expected, the rule, its quote and its grade."""
    dashboard.broker.refresh("nonsense")
    shown = html.unescape(dashboard.get("/calls/1").text)
    told = dashboard.send("GET", "/_sim/v1/requests/1").json()["diagnosis"]
    for text in (told["meaning"], told["rule"], told["grade"], told["expected"], told["quote"], *told["causes"]):
        assert text in shown
    for rule in told["rules"]:
        assert rule["id"] in shown
        assert rule["grade"] in shown


def test_a_wrong_signature_is_marked_at_its_first_byte(dashboard: Dashboard) -> None:
    """If the mistake is found, both texts stand beneath each other and the first character that differs is marked."""
    key = dashboard.broker.key("alice")
    headers = dashboard.broker.headers(key, "get", LIST)
    dashboard.send("GET", LIST, headers=headers)
    shown = dashboard.get(f"/calls/{dashboard.journal.last}").text
    assert re.findall(r'<mark class="diff">(.)</mark>', shown) == ["g", "G"]
    assert f"The first <strong>{len(str(START))}</strong> characters are equal" in shown


def test_what_a_call_changed_stands_before_and_after(dashboard: Dashboard) -> None:
    """Each row of the world that the call changed is shown with the old and the new value of each field."""
    dashboard.broker.tokens("alice")
    shown = dashboard.get("/calls/2").text
    for change in dashboard.send("GET", "/_sim/v1/requests/2").json()["changes"]:
        assert f"<code>{change['table']}</code>" in shown
        for name in change["changes"]:
            assert f'class="mono">{name}</th>' in shown
    assert "Nothing in the world." in dashboard.get(f"/calls/{refused(dashboard)}").text


def refused(dashboard: Dashboard) -> int:
    """The number of a new call that was refused."""
    dashboard.send("GET", TOKEN)
    return dashboard.journal.last


def test_a_call_is_tried_again_in_both_worlds(dashboard: Dashboard) -> None:
    """A code that was used is refused now and served then; neither changes the world or adds to the journal."""
    code = dashboard.broker.authorize()
    dashboard.broker.exchange(code)
    world, last = dashboard.app.desk.exchange.world, dashboard.journal.last
    now = dashboard.post("/calls/2", do="again-now").text
    then = dashboard.post("/calls/2", do="again-then").text
    again = [text.partition("In the world of")[2].partition("</section>")[0] for text in (now, then)]
    assert "badge refused" in again[0]
    assert "badge ok" in again[1]
    assert (dashboard.app.desk.exchange.world, dashboard.journal.last) == (world, last)


@pytest.mark.parametrize(("action", "codes"), [("rewind-to", 1), ("rewind-before", 0)])
def test_a_workspace_is_rewound_to_a_call(dashboard: Dashboard, action: str, codes: int) -> None:
    """The world stands as it stood right after the call, or right before it."""
    dashboard.broker.authorize()
    dashboard.broker.authorize("bob")
    assert 'role="status"' in dashboard.post("/calls/1", do=action).text
    assert len(dashboard.app.desk.exchange.world.codes) == codes


def test_a_call_is_saved_as_a_har(dashboard: Dashboard) -> None:
    """The HAR of a call holds that call alone."""
    dashboard.broker.tokens("alice")
    answer = dashboard.send("GET", "/_sim/calls/2/har")
    assert [entry["_number"] for entry in answer.json()["log"]["entries"]] == [2]
    assert answer.headers["content-disposition"] == 'attachment; filename="call-2.har"'


def test_secrets_are_hidden_as_in_the_journal(dashboard: Dashboard) -> None:
    """No token, code, signature or passphrase is on the screens of the calls that carried them."""
    tokens = dashboard.broker.tokens("alice")
    key = dashboard.broker.add_key(tokens["access_token"]).key
    headers = dashboard.broker.headers(key, "GET", LIST)
    dashboard.broker.signed(key, "GET", LIST)
    secrets = [tokens["access_token"], tokens["refresh_token"], key.secret, key.passphrase]
    secrets += [headers["KC-API-SIGN"], headers["KC-API-PASSPHRASE"]]
    shown = [dashboard.get("/calls").text]
    shown += [dashboard.get(f"/calls/{number}").text for number in range(1, dashboard.journal.last + 1)]
    shown += [dashboard.send("GET", "/_sim/calls/har").text]
    assert [secret for secret in secrets for text in shown if secret in html.unescape(text)] == []


@pytest.mark.parametrize("number", ["0", "7", "x", "-1", "1.0", "9" * 40, "%00", "\xb2"])
def test_a_call_that_is_not_there_is_told(dashboard: Dashboard, number: str) -> None:
    """A number without an entry is a 404 with a page."""
    assert "There is no call" in dashboard.get(f"/calls/{number}", 404).text


@pytest.mark.parametrize("fields", [{}, {"do": "delete"}, {"do": ""}])
def test_a_wrong_form_changes_nothing(dashboard: Dashboard, fields: dict[str, str]) -> None:
    """A form that no button sends is a 400."""
    number = refused(dashboard)
    assert dashboard.post(f"/calls/{number}", 400, **fields)


def test_a_workspace_has_its_own_calls(dashboard: Dashboard) -> None:
    """Below `/w/NAME` the dashboard shows that workspace, and its links stay there."""
    app: App = dashboard.app
    dashboard.send("POST", "/_sim/v1/workspaces", b'{"name": "mine"}', {"content-type": "application/json"})
    refused(dashboard)
    assert app.desk.journal.last == 1
    shown = dashboard.send("GET", "/w/mine/_sim/calls", headers={"Accept": "text/html"}).text
    assert "No call has come yet" in shown
    assert 'href="/w/mine/_sim/faults"' in shown
    assert 'href="/_sim/' not in shown.partition("<main")[2].partition("</main>")[0]
