"""The list of calls: searching, paging, and how little a full ring costs."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from support.dashboard import Dashboard
from support.wire import TOKEN

from simulator.evidence import views
from simulator.evidence.filters import EntryFilter
from simulator.evidence.journal import CAPACITY, Entry, Journal
from simulator.web.dashboard.calls import PAGE
from simulator.web.dashboard.searching import read_search


def numbers(text: str) -> list[int]:
    """The numbers of the listed calls, in order."""
    return [int(number) for number in re.findall(r'<a href="[^"]*/calls/(\d+)" data-row>', text)]


def filled(dashboard: Dashboard, count: int) -> None:
    """Put one refused call into the journal again and again until it has had `count`."""
    dashboard.send("GET", TOKEN)
    entry = dashboard.journal.newest(1)[0]
    for _ in range(count - dashboard.journal.last):
        again = (entry.request, entry.answer, entry.outcome, entry.before, entry.after, entry.duration)
        dashboard.journal.add(*again, was=entry.was, mark=entry.mark)


def test_the_newest_calls_come_first(dashboard: Dashboard) -> None:
    """Each call is a row with its outcome and a link to it, the newest first."""
    dashboard.broker.key("alice")
    dashboard.send("GET", TOKEN)
    shown = dashboard.get("/calls").text
    assert numbers(shown) == [4, 3, 2, 1]
    assert "PARAMETER_MISSING" in shown
    assert "add_api_key" in shown


def test_a_list_without_calls_says_so(dashboard: Dashboard) -> None:
    """An empty journal is no empty table without a word."""
    assert "No call has come yet" in dashboard.get("/calls").text
    assert "No call is found by this search" in dashboard.get("/calls?q=refused").text


@pytest.mark.parametrize(
    ("text", "parameters"),
    [
        ("", ()),
        ("exchange_code", (("operation", "exchange_code"),)),
        ("parameter_missing", (("outcome", "PARAMETER_MISSING"),)),
        ("ok 200", (("outcome", "OK"), ("status", "200"))),
        ("/api/v1", (("path", "/api/v1*"),)),
        ("path:/api/v1/accounts", (("path", "/api/v1/accounts"),)),
        ("alice", (("user", "alice"),)),
        ("ALICE@example.test", (("user", "alice"),)),
        ("demo-broker", (("client", "demo-broker"),)),
        ("user:nobody", (("user", "nobody"),)),
        ('user:"a b"', (("user", "a b"),)),
        ("status:0", (("status", "0"),)),
    ],
)
def test_words_become_filters(dashboard: Dashboard, text: str, parameters: tuple[tuple[str, str], ...]) -> None:
    """A word stands for the filter of the journal that knows it; `name:` says which."""
    search = read_search(dashboard.app.desk.exchange.world, text)
    assert (search.problem, search.parameters) == ("", parameters)


@pytest.mark.parametrize("text", ["blubb", "operation:x", "outcome:x", "status:abc", 'a "b', "x" * 501, "evil:1"])
def test_a_wrong_search_is_told(dashboard: Dashboard, text: str) -> None:
    """A search that nothing understands is a 400 that says so, and shows all calls."""
    dashboard.send("GET", TOKEN)
    assert read_search(dashboard.app.desk.exchange.world, text).problem
    assert numbers(dashboard.send("GET", f"/_sim/calls?q={text.replace(' ', '+')}").text) == [1]


def test_a_search_finds_what_the_journal_finds(dashboard: Dashboard) -> None:
    """The rows of a search are those that the journal lists for the same parameters."""
    dashboard.broker.key("alice")
    dashboard.broker.tokens("bob")
    dashboard.send("GET", TOKEN)
    listed = dashboard.send("GET", "/_sim/v1/requests?user=alice&operation=exchange_code").json()["requests"]
    assert numbers(dashboard.get("/calls?q=alice+exchange_code").text) == [entry["number"] for entry in listed] == [2]
    assert numbers(dashboard.get("/calls?q=refused").text) == [dashboard.journal.last]


def test_pages_go_back_and_forth(dashboard: Dashboard) -> None:
    """Next and previous pages list every call once, with a search and without."""
    filled(dashboard, 3 * PAGE + 7)
    for query in ("", "q=refused&"):
        seen, before = [], 3 * PAGE + 8
        while before > 1:
            page = numbers(dashboard.get(f"/calls?{query}before={before}").text)
            seen += page
            before = page[-1]
        assert seen == list(range(3 * PAGE + 7, 0, -1))
        second = list(range(2 * PAGE + 7, PAGE + 7, -1))
        assert numbers(dashboard.get(f"/calls?{query}before={second[0] + 1}").text) == second
        assert numbers(dashboard.get(f"/calls?{query}after={PAGE + 7}").text) == second
    assert 'rel="next"' not in dashboard.get("/calls?before=5").text


@pytest.mark.parametrize("cursor", ["before=x", "after=-1", f"before={'9' * 30}", "before=1&before=2"])
def test_a_wrong_cursor_is_told(dashboard: Dashboard, cursor: str) -> None:
    """A cursor that is no number is a 400."""
    assert dashboard.get(f"/calls?{cursor}", 400)


def test_a_full_ring_costs_no_more(dashboard: Dashboard, monkeypatch: pytest.MonkeyPatch) -> None:
    """With 10,000 entries a page looks at as many of them as it shows and one more; a search renders only its page."""
    filled(dashboard, CAPACITY + 5)
    dashboard.get("/calls")
    looked_at: list[int] = []
    rendered: list[int] = []

    def counting(count: list[int], function: Callable[..., bool]) -> Callable[..., bool]:
        def counted(*arguments: object) -> bool:
            count.append(1)
            return function(*arguments)

        return counted

    monkeypatch.setattr(EntryFilter, "matches", counting(looked_at, EntryFilter.matches))

    def render(journal: Journal, entry: Entry) -> bytes:
        rendered.append(entry.number)
        return original(journal, entry)

    original = views.rendered
    monkeypatch.setattr(views, "rendered", render)
    assert numbers(dashboard.get("/calls").text)[0] == CAPACITY + 5
    assert (len(looked_at), len(rendered)) == (PAGE + 1, PAGE)
    assert dashboard.get(f"/calls?before={CAPACITY // 2}")
    assert len(looked_at) == 2 * (PAGE + 1)
    rendered.clear()
    looked_at.clear()
    assert dashboard.get("/calls?q=alice")
    assert (len(looked_at), len(rendered)) == (CAPACITY, 0)


def test_the_list_is_saved_as_a_har(dashboard: Dashboard) -> None:
    """The HAR holds the calls that the search finds, and a browser saves it under a name."""
    dashboard.broker.tokens("alice")
    dashboard.send("GET", TOKEN)
    answer = dashboard.send("GET", "/_sim/calls/har?q=refused")
    assert [entry["_number"] for entry in answer.json()["log"]["entries"]] == [dashboard.journal.last]
    assert answer.headers["content-disposition"] == 'attachment; filename="calls.har"'
