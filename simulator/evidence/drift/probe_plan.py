"""The probe plan as text: calls like curl with placeholders, and what each outcome means. Nothing is executed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any, Final
from urllib.parse import urlencode

from simulator.core.endpoint import API, Call, Endpoint
from simulator.core.endpoints import CALLS
from simulator.core.quoting import most_like, shortened
from simulator.core.refusals import Grade
from simulator.evidence.diagnosis.rules import Rule, rules
from simulator.evidence.drift.probes.left_out import LEFT_OUT
from simulator.evidence.drift.probes.of_broker_pro import BROKER_PRO
from simulator.evidence.drift.probes.of_fast_api import FAST_API
from simulator.evidence.drift.probes.of_reference import REFERENCE
from simulator.evidence.drift.probes.of_trading import TRADING
from simulator.evidence.drift.probes.probe import Ask, Probe

PROBES: Final = {probe.rule: probe for probe in (*FAST_API, *REFERENCE, *TRADING, *BROKER_PRO)}
"""Every probe by its rule."""
LIKE: Final = 70
"""The least similarity in percent at which a rule is suggested: all of them look alike."""
NAMES: Final = re.compile(r"\{(\w+)\}")
SIGNED: Final = {
    "KC-API-KEY": "$KEY",
    "KC-API-SIGN": "$SIGN",
    "KC-API-TIMESTAMP": "$MS",
    "KC-API-PASSPHRASE": "$SIGNED_PASSPHRASE",
    "KC-API-KEY-VERSION": "3",
}
PLACEHOLDERS: Final = """\
# $KEY, $ACCESS_TOKEN and so on are yours. $MS is now in ms, $S in seconds. With the secret of the key:
# $SIGN = base64(HMAC-SHA256(secret, $MS + METHOD + /path?query + body)), the query decoded;
# $SIGNED_PASSPHRASE = base64(HMAC-SHA256(secret, passphrase)).
# Nothing here moves money. Record the calls as HAR and give the file to `kucoin-simulator drift`."""


def assumed() -> list[Rule]:
    """The rules with an assumed part, in the ledger's order."""
    return [rule for rule in rules().values() if Grade.ASSUMED.value in rule.grade.split(", ")]


def chosen(names: Iterable[str]) -> list[Probe]:
    """The probes of these rules or sections, or of all. Raises `ValueError` if a name fits no rule that has a probe."""
    probes = [PROBES[rule.id] for rule in assumed() if rule.id in PROBES]
    names = tuple(names)
    if not names:
        return probes
    for name in names:
        if not any(_is_of(probe.rule, name) for probe in probes):
            raise ValueError(_no_probe(name))
    return [probe for probe in probes if any(_is_of(probe.rule, name) for name in names)]


def _is_of(rule: str, name: str) -> bool:
    return name.lower() in (rule.lower(), rule.partition("/")[0].lower())


def _no_probe(name: str) -> str:
    """Why no rule of that name or section has a probe."""
    named = [rule for rule in rules().values() if _is_of(rule.id, name)]
    if named:
        reasons = [f"{rule.id} has no probe: {LEFT_OUT[rule.id]}" for rule in named if rule.id in LEFT_OUT]
        grades = sorted({grade for rule in named for grade in rule.grade.split(", ")})
        return "; ".join(reasons) or f"{name} has no probe: nothing of it is assumed, it is {', '.join(grades)}"
    names = {part for rule in rules() for part in (rule, rule.partition("/")[0])}
    near = most_like(name, sorted(names), LIKE)
    advice = f"did you mean {near}?" if near else "give a rule such as H94/live-fields, or a section such as H94"
    return f"no rule is called {shortened(name)!r}: {advice}"


def left_out() -> list[tuple[str, str]]:
    """The assumed rules without a probe, each with the reason, in the ledger's order."""
    return [(rule.id, LEFT_OUT[rule.id]) for rule in assumed() if rule.id in LEFT_OUT]


def as_data(probes: Iterable[Probe]) -> list[dict[str, Any]]:
    """The plan as JSON data."""
    return [
        {
            "rule": probe.rule,
            "grade": rules()[probe.rule].grade,
            "reading": rules()[probe.rule].reading,
            "calls": [{"operation": ask.operation, "how": ask.how, "curl": curl(ask)} for ask in probe.asks],
            "holds_if": probe.holds,
            "otherwise": probe.otherwise,
        }
        for probe in probes
    ]


def as_text(probes: Iterable[Probe]) -> str:
    """The plan for people, as a script that does nothing but comment if it is run without its calls."""
    return "\n".join((PLACEHOLDERS, *(line for probe in probes for line in _lines(probe)))) + "\n"


def _lines(probe: Probe) -> Iterator[str]:
    rule = rules()[probe.rule]
    yield ""
    yield f"## {rule.id} ({rule.grade})"
    yield f"# {rule.reading}"
    for ask in probe.asks:
        if ask.how:
            yield f"# {ask.how}:"
        yield curl(ask)
    yield f"# The rule holds if: {probe.holds}."
    yield f"# Otherwise: {probe.otherwise}."


def curl(ask: Ask) -> str:
    """The call as a command line with placeholders."""
    call = CALLS.get(ask.operation)
    if call is None:
        method, _, path = ask.operation.partition(" ")
        return _written(method, f"https://{API}{path}", {**SIGNED, **ask.headers}, "")
    values = {**getattr(call, "example", {}), **ask.values}
    values = {name: value for name, value in values.items() if value is not None}
    path = call.path
    for name in NAMES.findall(path):
        path = path.replace(f"{{{name}}}", str(values.pop(name, f"${name}")))
    headers: dict[str, str | None] = {}
    if isinstance(call, Endpoint) and call.permission is not None:
        headers |= SIGNED
    elif isinstance(call, Endpoint) and call.bearer:
        headers["Authorization"] = "bearer $ACCESS_TOKEN"
    has_body = isinstance(call, Endpoint) and call.held_in == "body"
    if has_body or call.method == "POST":
        headers["Content-Type"] = "application/json"
    query = f"?{urlencode(values, safe='$:/')}" if values and not has_body else ""
    body = json.dumps(values) if has_body else ""
    return _written(call.method, f"https://{_host(call)}{path}{query}", {**headers, **ask.headers}, body)


def _host(call: Call) -> str:
    return call.host if isinstance(call, Endpoint) else "www.kucoin.com"


def _written(method: str, url: str, headers: dict[str, str | None], body: str) -> str:
    parts = [f"curl -X {method} {_quoted(url)}"]
    parts += [f"-H {_quoted(f'{name}: {value}')}" for name, value in headers.items() if value is not None]
    if body:
        parts.append(f"--data {_quoted(body)}")
    return " ".join(parts)


def _quoted(text: str) -> str:
    """In double quotes of a shell, so that placeholders are variables."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
