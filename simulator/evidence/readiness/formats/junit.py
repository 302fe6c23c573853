"""A report as JUnit XML, as CI systems read it: a suite for each topic, a case for each situation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final, NamedTuple
from xml.sax.saxutils import escape, quoteattr

from simulator.evidence.readiness.formats.wording import TITLE, basis, headline, note, place, reached, staging
from simulator.evidence.readiness.report import Report, SetupRow, SituationRow
from simulator.evidence.readiness.states import RowState
from simulator.printing import printable

HOST: Final = "kucoin-simulator"
PACKAGE: Final = "readiness"


class JunitCase(NamedTuple):
    """A test case: `passed`, `failure` or `skipped`, and its XML."""

    kind: str
    xml: str


def junit(report: Report) -> bytes:
    """The report as XML. A row that fails the report is a failure; one that is not proven is skipped and says why."""
    began = min((record.began for record in report.records), default=0)
    timestamp = datetime.fromtimestamp(began // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    suites = {section.topic: [_case(row) for row in section.rows] for section in report.sections}
    checks = [
        *[_set_up(row) for row in report.set_up],
        *[_failed(f"policy/{number}", failure) for number, failure in enumerate(report.other_failures, 1)],
        *[_failed(f"assumed-rule/{row.id}", row.failure) for row in report.rules if row.failure],
    ]
    if checks:
        suites = {"report": checks, **suites}
    texts = [_suite(number, name, cases, timestamp) for number, (name, cases) in enumerate(suites.items())]
    summary = f"<!-- {_comment(f'{TITLE}: {headline(report)}; {basis(report)}')} -->"
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', summary, "<testsuites>", *texts, "</testsuites>", ""]
    return "\n".join(lines).encode()


def _clean(text: str) -> str:
    """The text without characters that XML 1.0 cannot have, or that change the direction of others; lines stay."""
    return "\n".join(map(printable, text.split("\n")))


def _text(text: str) -> str:
    return escape(_clean(text))


def _attribute(text: str) -> str:
    return quoteattr(_clean(text), {"\n": "&#10;", "\r": "&#13;", "\t": "&#9;"})


def _comment(text: str) -> str:
    """Text for a comment, which may not have two hyphens."""
    return _clean(text).replace("--", "- -").rstrip("-")


def _suite(number: int, name: str, cases: list[JunitCase], timestamp: str) -> str:
    """A suite with the elements and attributes that the strictest of the common schemas asks for, in its order."""
    numbers = Counter(case.kind for case in cases)
    head = (
        f"<testsuite id={_attribute(str(number))} package={_attribute(PACKAGE)} name={_attribute(name)}"
        f" timestamp={_attribute(timestamp)} hostname={_attribute(HOST)} tests={_attribute(str(len(cases)))}"
        f' failures="{numbers["failure"]}" errors="0" skipped="{numbers["skipped"]}" time="0">'
    )
    lines = [head, "<properties/>", *(case.xml for case in cases), "<system-out/>", "<system-err/>", "</testsuite>"]
    return "\n".join(lines)


def _written(kind: str, suite: str, name: str, message: str = "", text: str = "") -> JunitCase:
    case = f"<testcase classname={_attribute(f'{PACKAGE}.{suite}')} name={_attribute(name)} time="
    if kind == "passed":
        return JunitCase(kind, f'{case}"0"/>')
    if kind == "skipped":
        return JunitCase(kind, f'{case}"0"><skipped message={_attribute(message)}/></testcase>')
    failure = f'<failure type="readiness" message={_attribute(message)}>{_text(text)}</failure>'
    return JunitCase(kind, f'{case}"0">{failure}</testcase>')


def _case(row: SituationRow) -> JunitCase:
    situation = row.situation
    name = situation.id.partition("/")[2]
    if row.failure:
        return _written("failure", situation.topic, name, row.failure, "\n".join(_details(row)))
    if row.state is RowState.PROVEN:
        return _written("passed", situation.topic, name)
    hint = staging(row) if row.state in (RowState.UNTESTED, RowState.NOT_YOURS) else ""
    message = " ".join(filter(None, (f"{row.state}: {reached(row)}.", note(row), hint)))
    return _written("skipped", situation.topic, name, message)


def _details(row: SituationRow) -> Iterator[str]:
    """What happened, and what to do, in lines."""
    situation = row.situation
    yield situation.title
    yield f"{row.measured}: {reached(row)}"
    for evidence in row.evidence:
        if evidence.occurrence.handled is False:
            yield f"{place(evidence)}: {evidence.occurrence.why}"
            yield from (
                f"    #{call.number} {call.method} {call.path} -> {call.status} {call.outcome}"
                for call in evidence.cited
            )
    yield f"KuCoin: {situation.kucoin}"
    yield f"Risk: {situation.risk}"
    yield f"Fix: {situation.fix}"


def _set_up(row: SetupRow) -> JunitCase:
    """A mistake in the configuration is no failure: it says nothing about the code."""
    finding = row.finding
    return _written("skipped", "report", finding.id, f"set-up: {finding.title}: {finding.text}. Fix: {finding.fix}")


def _failed(name: str, message: str) -> JunitCase:
    return _written("failure", "report", name, message, message)
