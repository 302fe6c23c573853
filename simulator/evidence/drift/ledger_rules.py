"""The rules of the ledger that a difference concerns, the nearest first."""

from __future__ import annotations

import re
from functools import cache
from typing import Final, get_args, get_type_hints

from simulator.core.endpoint import Endpoint
from simulator.core.endpoints import ENDPOINTS
from simulator.core.refusals import Reason
from simulator.evidence.diagnosis.rules import Rule, of_section, rules
from simulator.evidence.drift.findings import Difference, DriftKind

MOST: Final = 4
"""Rules of one finding."""
HEADERS: Final = "rest/rate-headers"
DECIMALS: Final = ("rest/decimals", "H65/decimals")
UNPUBLISHED: Final = "H00/unpublished-code"
"""The rule that every code without a published one obeys."""
POOLS: Final = "rest/pools"
"""The ledger's row about every call that the gateway counts."""
WORD: Final = re.compile(r"\w+")
SECTION: Final = re.compile(r"\b(?:s\d(?:\.\d)?|H\d\d)\b")
OF_KINDS: Final = {
    DriftKind.TIME_UNIT: ("H92/whole-seconds",),
    DriftKind.NEW_HEADER: (HEADERS,),
    DriftKind.HEADER_FORMAT: (HEADERS,),
    DriftKind.HEADER_ABSENT: (HEADERS,),
}


def rules_of(difference: Difference) -> tuple[str, ...]:
    """The ids of the rules that a difference concerns; never empty."""
    if difference.refusals:
        names = [rule for name in difference.refusals for rule in of_reason(Reason[name])]
    elif difference.place.at.startswith("header "):
        names = [HEADERS]
    elif difference.place.at.startswith("refusal"):
        names = [UNPUBLISHED]
    else:
        names = _of_answer(difference)
    return tuple(dict.fromkeys(names))[:MOST]


def of_reason(reason: Reason) -> list[str]:
    """The rules that a reason names as its own, and the one about codes that nobody published."""
    denial = reason.denial
    named = [rule.id for section in SECTION.findall(denial.rule) for rule in _nearest(section, reason)]
    return [*([UNPUBLISHED] if denial.code is None else []), *named] or ["H54/money-errors"]


def _nearest(section: str, reason: Reason) -> list[Rule]:
    """The rules of a section whose text has most words of the reason's meaning."""
    words = {word for word in WORD.findall(reason.denial.meaning.lower()) if len(word) > 3}
    return sorted(of_section(section), key=lambda rule: -len(words & set(WORD.findall(rule.reading.lower()))))[:2]


def _of_answer(difference: Difference) -> list[str]:
    operation = difference.place.operation
    nearest = list(of_operation(operation))
    name = difference.place.at.replace("[]", "").replace(" ", ".").rpartition(".")[2]
    naming = [rule for rule in nearest if f"`{name}`" in rules()[rule].reading]
    if difference.kind is DriftKind.NUMBER_FORMAT and "decimal places" in difference.expected:
        naming += DECIMALS if operation in PRO else DECIMALS[:1]
    return [*naming, *OF_KINDS.get(difference.kind, ()) * (not naming and not nearest), *nearest] or [POOLS]


PRO: Final = frozenset(endpoint.name for endpoint in ENDPOINTS if endpoint.section == "Broker Pro")


@cache
def of_operation(name: str) -> tuple[str, ...]:
    """The rules of an operation: those at home in its function, its command and its reply, and of its section.

    Without any, those of its module, since they are about the same kind of answers.
    """
    endpoint = next(endpoint for endpoint in ENDPOINTS if endpoint.name == name)
    homes = _homes(endpoint)
    own = [rule.id for rule in rules().values() if _home(rule) in homes]
    of_page = [rule.id for rule in of_section(endpoint.section)] if SECTION.fullmatch(endpoint.section) else []
    modules = {module for module, _ in homes}
    beside = [rule.id for rule in rules().values() if _home(rule)[0] in modules]
    return tuple(dict.fromkeys((*own, *(of_page if not own else []), *(beside if not own else [])))) or (POOLS,)


def _homes(endpoint: Endpoint) -> set[tuple[str, str]]:
    """Module and name of everything that an endpoint is declared with."""
    _, reply = get_args(get_type_hints(endpoint.run)["return"])
    objects = [endpoint.run, endpoint.command, *(get_args(reply) or (reply,))]
    for kind in get_args(reply) or (reply,):
        data = get_type_hints(kind.data)["return"]
        objects += [data, *get_args(data)]
    return {
        (part.__module__, part.__qualname__)
        for part in objects
        if part.__class__ is not None and hasattr(part, "__qualname__")
    }


def _home(rule: Rule) -> tuple[str, str]:
    file, _, name = rule.home.partition(":")
    return file.removesuffix(".py").replace("/", "."), name.partition(".")[0]
