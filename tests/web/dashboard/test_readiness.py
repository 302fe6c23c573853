"""The screen of readiness: scores, mistakes that lead to their calls, what to test next, and the report's files."""

from __future__ import annotations

import html
import re

from support.dashboard import BROWSER, Dashboard
from support.desk import payment
from support.wire import Broker, control
from support.workspaces import tenant


def plain(text: str) -> str:
    """The text of a page in one line."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


def pay_twice(broker: Broker) -> None:
    """A payment whose answer is lost, and the same payment again at once."""
    fault = {"operation": "withdraw", "at": "after_commit", "respond": {"status": 502}, "times": 1}
    assert control(broker.send, "/faults", fault).status == 201
    key = broker.key("frank", "API_COMMON", "API_WITHDRAW_OAUTH")
    for _ in range(2):
        broker.withdraw(key, payment())


def test_a_world_without_calls_has_a_report_too(dashboard: Dashboard) -> None:
    """Nothing is claimed: the score is 0, no mistake is shown, and no section has a score."""
    shown = plain(dashboard.get("/readiness").text)
    assert "Handled here 0" in shown
    assert "No call has come yet." in shown
    assert "Play the flow once" in shown
    assert re.search(r"Login - \d+ not yours", shown)


def test_a_mistake_leads_to_its_calls_and_to_the_report(dashboard: Dashboard) -> None:
    """A payment that was made twice is named with its calls and its fix; the scores are those of the report."""
    pay_twice(dashboard.broker)
    answer = dashboard.get("/readiness")
    report = dashboard.send("GET", "/_sim/v1/report").json()
    row = next(row for row in report["rows"] if row["id"] == "lost-answers/withdrawal")
    [evidence] = row["evidence"]
    shown = plain(answer.text)
    assert row["title"] in shown
    assert evidence["why"] in shown
    assert row["fix"] in shown
    for call in evidence["calls"]:
        assert f'href="/_sim/calls/{call["number"]}"' in answer.text
        assert dashboard.get(f"/calls/{call['number']}").status == 200
    assert f"Handled here {report['score']}" in shown
    section = next(section for section in report["sections"] if section["topic"] == "lost-answers")
    assert f"Lost answers {section['score']} % 1 broken" in shown
    assert "refresh-answer-lost" in shown  # what to test next, with the scenario that stages it
    assert f'href="/_sim/readiness/report.html#s-{row["id"].replace("/", ".")}"' in answer.text
    assert f'id="s-{row["id"].replace("/", ".")}"' in dashboard.send("GET", "/_sim/readiness/report.html").text


def test_every_link_into_the_report_has_its_place_there(dashboard: Dashboard) -> None:
    """Sections and situations are linked by the anchors that the page of the report has."""
    pay_twice(dashboard.broker)
    links = set(re.findall(r'href="/_sim/readiness/report\.html#([^"]+)"', dashboard.get("/readiness").text))
    anchors = set(re.findall(r'id="([^"]+)"', dashboard.send("GET", "/_sim/readiness/report.html").text))
    assert len(links) > 20
    assert links - anchors == set()


def test_the_report_comes_in_each_form(dashboard: Dashboard) -> None:
    """Each file is what the control surface answers, is not stored or framed, and another name is not found."""
    kinds = {"html": ("/report.html", "text/html"), "json": ("/report", "application/json")}
    kinds |= {"xml": ("/report.xml", "application/xml"), "md": ("/report.md", "text/markdown")}
    for ending, (path, kind) in kinds.items():
        answer = dashboard.send("GET", f"/_sim/readiness/report.{ending}", headers=BROWSER)
        assert answer.headers["content-type"].startswith(kind)
        assert answer.headers["cache-control"] == "no-store"
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        assert answer.body == dashboard.send("GET", f"/_sim/v1{path}").body
    assert "report.html, report.json" in plain(dashboard.get("/readiness/report.pdf", 404).text)


def test_a_workspace_has_a_report_of_its_own_and_the_default_one_of_all(dashboard: Dashboard) -> None:
    """A mistake in a workspace is on both screens with a link to its call there, until the workspace has ended."""
    pay_twice(tenant(dashboard.send, name="mine"))
    link = re.compile(r'href="(/w/mine/_sim/calls/\d+)"')
    for path in ("/_sim/readiness", "/w/mine/_sim/readiness"):
        found = link.findall(dashboard.send("GET", path, headers=BROWSER).text)
        assert len(found) == 2
        assert dashboard.send("GET", found[0], headers=BROWSER).status == 200
    tenant(dashboard.send, name="other")
    assert not link.search(dashboard.send("GET", "/w/other/_sim/readiness", headers=BROWSER).text)
