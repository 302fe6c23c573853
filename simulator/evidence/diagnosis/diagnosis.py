"""Why a call was refused: the rule and what the page says, what was expected and received, and what to try."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from simulator.core.endpoints import OPERATIONS
from simulator.core.quoting import shortened
from simulator.core.refusals import Reason, Refusal
from simulator.evidence.diagnosis import rules as rulebook
from simulator.evidence.diagnosis.advice import ADVICE
from simulator.evidence.diagnosis.hints import findings
from simulator.evidence.signatures.report import SIGNATURES, traced

if TYPE_CHECKING:
    from simulator.evidence.diagnosis.rules import Rule
    from simulator.evidence.journal import Entry

SECTION: Final = re.compile(r"s\d(?:\.\d)?")
HOLE: Final = re.compile(r"\((H\d\d)\)")
NOTED: Final = {"fields that nothing read": "H37/unread", "parameters that nothing read": "s7.1/raw-redirect-url"}
"""How a note begins that names no hole, and the rule behind it."""

SECTIONS: Final = {each.name: each.section for each in OPERATIONS.values()}
"""The section of the page that is about an operation."""

Hide = Callable[[str], str]
"""What people may see of a text."""


def diagnose(entry: Entry, hide: Hide, *, thorough: bool = True) -> dict[str, Any]:
    """All that is known of why a call was refused, or departed from the document; empty when it did neither.

    `thorough` looks for the recipe of a wrong signature, which takes some milliseconds.
    """

    def brief(text: str) -> str:
        return shortened(hide(text))

    refusal = entry.refusal
    if refusal is None:
        return {"departures": [_departure(note, brief) for note in entry.notes]} if entry.notes else {}
    said = reasoned(refusal, brief, SECTIONS.get(entry.outcome.operation, ""))
    staged = entry.outcome.prevented
    said["staged"] = staged
    if staged:
        said["found"] = ["A fault of the scenario gave this answer; the request was not judged."]
        return said
    found = [brief(finding) for finding in findings(entry, refusal)]
    if thorough and refusal.reason in SIGNATURES:
        signature = traced(entry, refusal.reason, hide)
        if signature:
            said["signature"] = signature
            if signature["recipe"]:
                found.insert(0, signature["says"])
    said["found"] = found
    return said


def reasoned(refusal: Refusal, hide: Hide, asked: str = "") -> dict[str, Any]:
    """What there is to say of a refusal by an operation of section `asked`.

    `section` and `quote` are the page's; "" where it is silent. `rules` has every rule behind it, those of `asked`
    first.
    """
    reason, denial = refusal.reason, refusal.reason.denial
    rules = sorted((rulebook.rules()[each] for each in ADVICE[reason].rules), key=lambda rule: rule.section != asked)
    return {
        "reason": reason.name,
        "meaning": denial.meaning,
        "rule": denial.rule,
        "grade": denial.grade.value,
        "section": section(reason, rules),
        "quote": next((rule.quote for rule in rules if rule.quote), ""),
        "rules": [_short(rule) for rule in rules],
        "expected": hide(refusal.expected),
        "received": hide(refusal.received),
        "causes": list(ADVICE[reason].causes),
    }


def section(reason: Reason, rules: list[Rule]) -> str:
    """The section of the page that a reason is about, such as `s6.3`, that of the quote first; "" when it has none."""
    quoted = [rule.section for rule in rules if rule.quote] + [rule.section for rule in rules]
    named = [each for each in quoted if SECTION.fullmatch(each)] or SECTION.findall(reason.denial.rule)
    return named[0] if named else ""


def _short(rule: Rule) -> dict[str, str]:
    return {"id": rule.id, "quote": rule.quote, "reading": rule.reading, "grade": rule.grade, "source": rule.source}


def _departure(note: str, hide: Hide) -> dict[str, Any]:
    """A note, and the rules that it is about."""
    known = rulebook.rules()
    begun = next((rule for words, rule in NOTED.items() if note.startswith(words)), None)
    rules = [known[begun]] if begun else [rule for hole in HOLE.findall(note) for rule in rulebook.of_section(hole)]
    return {"note": hide(note), "rules": [_short(rule) for rule in rules]}
