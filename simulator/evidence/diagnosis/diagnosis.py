"""The diagnosis of a call: the rule and its quote, what was expected and received, the causes, what to try."""

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
from simulator.evidence.signatures.report import SIGNATURES, explain_signature

if TYPE_CHECKING:
    from simulator.evidence.diagnosis.rules import Rule
    from simulator.evidence.journal import Entry

SECTION: Final = re.compile(r"s\d(?:\.\d)?")
HOLE: Final = re.compile(r"\((H\d{2,3})\)")
NOTED: Final = {"fields that nothing read": "H37/unread", "parameters that nothing read": "s7.1/raw-redirect-url"}
"""The beginnings of notes that name no hole of the page, and the rule behind each."""

SECTIONS: Final = {operation.name: operation.section for operation in OPERATIONS.values()}
"""Operation -> the section of the page that is about it."""

Hide = Callable[[str], str]
"""Redacts a text."""


def diagnose(entry: Entry, hide: Hide, *, thorough: bool = True) -> dict[str, Any]:
    """Why a call was refused, or how it departs from the document, as JSON data; empty if it is neither.

    `thorough` also searches for the recipe of a wrong signature, which takes some milliseconds.
    """

    def brief(text: str) -> str:
        return shortened(hide(text))

    refusal = entry.refusal
    if refusal is None:
        return {"departures": [_departure(note, brief) for note in entry.notes]} if entry.notes else {}
    data = describe_refusal(refusal, brief, SECTIONS.get(entry.outcome.operation, ""))
    staged = entry.outcome.prevented
    data["staged"] = staged
    if staged:
        data["found"] = ["A fault of the scenario gave this answer; the request was not judged."]
        return data
    sentences = [brief(finding) for finding in findings(entry, refusal)]
    if thorough and refusal.reason in SIGNATURES:
        signature = explain_signature(entry, refusal.reason, hide)
        if signature:
            data["signature"] = signature
            if signature["recipe"]:
                sentences.insert(0, signature["says"])
    data["found"] = sentences
    return data


def describe_refusal(refusal: Refusal, hide: Hide, operation_section: str = "") -> dict[str, Any]:
    """A refusal as JSON data: its reason, rules, expected and received values, and causes.

    `section` and `quote` are the page's, "" if it says nothing. `rules` are all rules behind the reason; those of
    `operation_section` come first.
    """
    reason, denial = refusal.reason, refusal.reason.denial
    rules = sorted(
        (rulebook.rules()[rule_id] for rule_id in ADVICE[reason].rules),
        key=lambda rule: rule.section != operation_section,
    )
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
    """The page's section about a reason, such as `s6.3`; sections with a quote come first; "" if there is none."""
    quoted = [rule.section for rule in rules if rule.quote] + [rule.section for rule in rules]
    named = [name for name in quoted if SECTION.fullmatch(name)] or SECTION.findall(reason.denial.rule)
    return named[0] if named else ""


def _short(rule: Rule) -> dict[str, str]:
    return {"id": rule.id, "quote": rule.quote, "reading": rule.reading, "grade": rule.grade, "source": rule.source}


def _departure(note: str, hide: Hide) -> dict[str, Any]:
    """A note and its rules as JSON data."""
    ledger = rulebook.rules()
    rule_id = next((rule for words, rule in NOTED.items() if note.startswith(words)), None)
    rules = (
        [ledger[rule_id]] if rule_id else [rule for hole in HOLE.findall(note) for rule in rulebook.of_section(hole)]
    )
    return {"note": hide(note), "rules": [_short(rule) for rule in rules]}
