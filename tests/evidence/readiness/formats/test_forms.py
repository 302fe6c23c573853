"""The forms of a report: complete, valid, and safe whatever the texts are made of."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from html import unescape
from html.parser import HTMLParser

import pytest
from msgspec.structs import replace
from support.junit_schema import problems
from support.readiness_reports import (
    ASSUMED,
    CATALOGUE,
    LOST,
    REFRESH,
    STATE,
    finding,
    handled,
    leaning,
    mistake,
    record,
    report_of,
    undecided,
)

from simulator.evidence.diagnosis.rules import rules
from simulator.evidence.readiness.baseline import Baseline
from simulator.evidence.readiness.formats import page, terminal
from simulator.evidence.readiness.formats.markdown import MOST_BYTES
from simulator.evidence.readiness.formats.writing import FORMS, written
from simulator.evidence.readiness.judging import judged
from simulator.evidence.readiness.record import CitedCall
from simulator.evidence.readiness.report import Report
from simulator.evidence.readiness.states import RowState

VOID = {"meta", "rect", "br"}
PAYING = "tests/test_pay.py::test[1]"
HOSTILE = "</td><script>alert(1)</script>\"'`|[x](javascript:1)<!--]]>--> &amp; \x1b[31m\x00\ud800\u202e\u2028\n# h @me"
BASELINE = Baseline(
    situations={LOST.id: RowState.PROVEN, STATE.id: RowState.UNTESTED},
    waived={"deposits/unconfirmed": "we take none"},
    strict_truth=True,
)


def full() -> Report:
    """A report with everything that a report can have."""
    first = record(
        {LOST: mistake(), REFRESH: handled()},
        leanings=leaning(),
        set_up=(finding(),),
        tests=(PAYING,),
    )
    return report_of(first, record({STATE: undecided()}, workspace="w2", first=3), baseline=BASELINE, fail_under=90)


def hostile() -> Report:
    """A report in which every text that is not ours is an attack."""
    call = CitedCall(2, HOSTILE, HOSTILE, 200, HOSTILE, HOSTILE, HOSTILE)
    texts = dict.fromkeys(("title", "kucoin", "risk", "fix", "scenario", "reach", "lines", "profile"), HOSTILE)
    catalogue = [replace(situation, **texts) for situation in CATALOGUE]
    part = record(
        {LOST: mistake(why=f"#4 {HOSTILE}")},
        cited=(call,),
        tests=(HOSTILE,),
        workspace=HOSTILE,
        scenario=HOSTILE,
        run=HOSTILE,
        leanings={HOSTILE: leaning()[ASSUMED]},
        set_up=(finding(id=HOSTILE, title=HOSTILE, text=HOSTILE, fix=HOSTILE),),
    )
    made = judged([part], catalogue, rules(), HOSTILE)
    return replace(made, other_failures=(HOSTILE,), profiles=(HOSTILE,))


class Strict(HTMLParser):
    """An HTML document, taken apart. Fails if elements do not nest or an attribute stands twice."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.tags: list[str] = []
        self.attributes: set[str] = set()
        self.text = ""
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert not self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        assert len(values) == len(attrs)
        self.tags.append(tag)
        self.attributes |= values.keys()
        if "id" in values:
            self.ids.append(values["id"] or "")
        if "href" in values:
            self.links.append(values["href"] or "")
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize("made", [full, hostile, report_of])
def test_the_page_is_one_file_whose_links_lead_somewhere(made: Callable[[], Report]) -> None:
    """No script, nothing that is loaded, every link leads to an element of the page, and every id is there once."""
    html = unescape(written(made(), "html").decode())
    document = Strict(written(made(), "html").decode())
    assert len(set(document.ids)) == len(document.ids)
    assert {link for link in document.links if not (link.startswith("#") and link[1:] in document.ids)} == set()
    assert document.tags.count("script") == document.tags.count("link") == document.tags.count("img") == 0
    assert not [name for name in document.attributes if name.startswith("on") or name in ("src", "style")]
    assert "url(" not in html
    assert "@import" not in html
    assert "default-src 'none'; style-src 'sha256-" in html


def test_the_page_says_what_it_is_about() -> None:
    """Set-up comes before the situations; a mistake has its call, its test and its fix; nothing promises too much."""
    text = Strict(written(full(), "html").decode()).text
    for words in (
        "tests/test_pay.py::test[1]",
        "#4 paid again before anything looked at #2",
        LOST.fix,
        "90 %",
        ASSUMED,
    ):
        assert words in text
    assert text.index("The clock is 40 s slow") < text.index(LOST.fix)
    assert "handled here" in text
    for form in FORMS:
        assert not re.search(r"\bready for\b", written(full(), form).decode(), re.IGNORECASE), form


def test_a_page_can_be_printed_in_both_colour_schemes() -> None:
    """The style has a dark scheme, and a print style that keeps colours and breaks between rows only."""
    html = written(full(), "html").decode()
    for words in ("prefers-color-scheme: dark", "@media print", "break-inside: avoid", "color-scheme: light dark"):
        assert words in html


def test_only_the_newest_calls_of_many_workspaces_are_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten thousand tests do not make a page that no browser opens; links to what is left out are no links."""
    monkeypatch.setattr(page, "MOST_WORKSPACES", 2)
    parts = [record({LOST: handled()}, workspace=f"w{number}", tests=(f"test_{number}",)) for number in range(5)]
    document = Strict(written(report_of(*parts), "html").decode())
    assert "and 3 more" in document.text
    assert {link for link in document.links if link[1:] not in document.ids} == set()


@pytest.mark.parametrize("form", FORMS)
def test_hostile_texts_stay_texts(form: str) -> None:
    """No test's name, no path and no user can put an element, a link or a control character into a report."""
    text = written(hostile(), form).decode()
    assert "<script>" not in text or form == "json"
    assert not set(text) & {"\x00", "\x1b", "\u202e", "\u2028", "\ud800"}
    if form == "md":
        lines = text.split("\n")
        assert not [line for line in lines if re.search(r"(?<!\\)\[x\]|<!--|^# h|(?<!\\)@me", line)]
        tables = [line for line in lines if line.startswith("|")]
        assert all(len(re.findall(r"(?<!\\)\|", line)) in (3, 4, 5, 6, 8) for line in tables)


@pytest.mark.parametrize("made", [full, hostile, report_of])
def test_junit_is_valid(made: Callable[[], Report]) -> None:
    """The XML is what Ant's schema and Jenkins' schema both ask for."""
    assert problems(written(made(), "junit")) == []


def test_junit_fails_what_fails_and_skips_what_is_not_proven() -> None:
    """A failure has the calls and the fix; a skipped case says why, and how to meet the situation."""
    text = written(full(), "junit").decode()
    assert text.count("<failure ") == len(full().failures)
    assert "#4 POST /api/v3/withdrawals -&gt; 200 OK" in text
    assert 'message="untested: reached 1 x' in text
    assert 'message="set-up: The clock is 40 s slow' in text


def test_json_has_everything() -> None:
    """The document says what each row is, with its evidence."""
    data = json.loads(written(full(), "json"))
    assert (data["ok"], data["score"], data["counts"]["broken"]) == (False, 0, 1)
    row = next(row for row in data["rows"] if row["id"] == LOST.id)
    assert row["evidence"][0]["why"] == "#4 paid again before anything looked at #2"
    assert row["failure"].startswith("broken")
    assert data["rules"][0]["id"] == ASSUMED
    assert data["calls_missing"] == 2


def test_each_section_has_its_score() -> None:
    """The document and the page say of each topic how much of it is proven, or that nothing of it counts."""
    report = report_of(record({LOST: handled(), STATE: mistake()}))
    sections = {section["topic"]: section for section in json.loads(written(report, "json"))["sections"]}
    assert {topic: section["score"] for topic, section in sections.items()} == {
        "lost-answers": 50,
        "login": 0,
        "deposits": None,
    }
    assert sections["login"]["counts"]["broken"] == 1
    page = written(report, "html").decode()
    assert '<a href="#t-lost-answers">lost answers</a> <span class="count">50 % of 2</span>' in page
    assert '<a href="#t-deposits">deposits</a> <span class="count">no row counts</span>' in page


def test_markdown_fits_into_a_step_summary() -> None:
    """However many situations there are, it stays below the limit of GitHub, and says that something is left out."""
    long = report_of(record({LOST: mistake(why="x" * 400)}))
    many = replace(long, rows=tuple(long.rows[0] for _ in range(3_000)))
    text = written(many, "md")
    assert len(text) <= MOST_BYTES + 200
    assert text.endswith(b"see the HTML report.\n")
    assert b"see the HTML report" not in written(full(), "md")


def test_the_terminal_tells_what_fails_and_what_to_test_next() -> None:
    """A line for each row that is not proven: the mistakes with their tests and fixes, the untested with a scenario."""
    text = "\n".join(terminal.lines(full()))
    assert "tests/test_pay.py::test[1]: #4 paid again before anything looked at #2" in text
    assert f"fix: {LOST.fix}" in text
    assert "FAILURE" in text
    assert "set-up: The clock is 40 s slow" in text
    assert "untested: login/state-altered" in text
