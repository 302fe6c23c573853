"""The served calls that are most similar to an unknown one, and how they differ from it."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final
from urllib.parse import unquote

from simulator.core.quoting import LONGEST_COMPARED, most_like
from simulator.core.value import Value

LONGEST: Final = 4 * LONGEST_COMPARED
"""Characters of a path that are compared."""
SLASHES: Final = re.compile(r"/{2,}")
VERSION: Final = re.compile(r"/v[0-9]{1,3}(?=/)")
FAMILY: Final = re.compile(r"/[^/]*(?:/v[0-9]{1,3})?/")
"""The beginning that many paths share. It is not compared, because it does not tell which path was meant."""
LIKE: Final = 58
"""Percent that the rest of a path must have in common with that of a served path; `/token` is like `/access-token`."""


class Served(Value, frozen=True):
    """A served call; `form` is its path in lower case, as paths are compared."""

    method: str
    path: str
    form: str

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def nearest_call(method: str, path: str, served: tuple[str, ...]) -> str:
    """A sentence that names the most similar served call and the difference; "" if no call is similar.

    `served` are texts such as `GET /api/v3/currencies/{currency}`.
    """
    if not path:
        return ""
    path = path[:LONGEST]
    plain = unquote(path)
    short = SLASHES.sub("/", plain)
    bare = short.rstrip("/") or "/"
    form, calls = bare.lower(), _calls(served)
    differences = [
        ("percent-encoding", plain != path),
        ("two slashes in a row", short != plain),
        ("a slash at its end", bare != short),
    ]
    deviations = [what for what, differs in differences if differs]
    calls_of_form = _of_form(form, calls)
    if calls_of_form:
        deviations += ["letters in another case"] if _literal(calls_of_form[0].path) not in bare else []
        if not deviations:
            return ""  # the path is right, but its workspace does not exist
        return _sentence(method, calls_of_form, f"the path that was sent has {' and '.join(deviations)}")
    calls_of_form = _of_form(VERSION.sub("/v#", form), calls, versions=True)
    if calls_of_form:
        return _sentence(method, calls_of_form, "another version of the path was sent")
    ends = [call for call in calls if len(call.form) > 1 and form.endswith(call.form)]
    if ends:
        longest = max(len(call.form) for call in ends)
        return _sentence(method, [call for call in ends if len(call.form) == longest], "something stands before it")
    near = most_like(_rest(form), dict.fromkeys(_rest(call.form) for call in calls if call.path != "/"), LIKE)
    return _sentence(method, [call for call in calls if _rest(call.form) == near], "") if near else ""


def other_versions(method: str, path: str, served: tuple[str, ...]) -> str:
    """A sentence that names other versions of a path that are served with this method; "" if there are none."""
    form = VERSION.sub("/v#", path[:LONGEST].lower())
    others = [call for call in _of_form(form, _calls(served), versions=True) if call.method == method.upper()]
    return f"{' and '.join(map(str, others))} is served." if others else ""


@lru_cache(maxsize=4)
def _calls(served: tuple[str, ...]) -> tuple[Served, ...]:
    pairs = [call.split(" ", 1) for call in served]
    return tuple(Served(method, path, path.lower()) for method, path in pairs)


def _of_form(form: str, calls: tuple[Served, ...], *, versions: bool = False) -> list[Served]:
    """The calls whose path has that form; a `{name}` in a served path matches anything."""
    forms = [(VERSION.sub("/v#", call.form) if versions else call.form, call) for call in calls]
    exact = [call for served, call in forms if served == form]
    return exact or [call for served, call in forms if _takes(served, form)]


def _takes(served: str, form: str) -> bool:
    """True if a path that is served takes that form, with anything in place of its `{name}`."""
    before, brace, rest = served.partition("{")
    after = rest.partition("}")[2]
    if not (brace and form.startswith(before) and form.endswith(after)):
        return False
    return "/" not in form[len(before) : len(form) - len(after)]


def _rest(form: str) -> str:
    family = FAMILY.match(form)
    return form[family.end() :] if family else form


def _literal(path: str) -> str:
    return path.partition("{")[0]


def _sentence(method: str, calls: list[Served], difference: str) -> str:
    """The sentence about these calls, or about the one with the sent method if there is one."""
    calls = [call for call in calls if call.method == method] or calls
    return f"Nearest served is {' and '.join(map(str, calls))}{f': {difference}' if difference else ''}."
