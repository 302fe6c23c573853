"""The search box of the calls: words that become the journal's filters."""

from __future__ import annotations

import shlex
from typing import Final, NamedTuple

from simulator.core.refusals import Reason
from simulator.core.world import World
from simulator.evidence.filters import EntryFilter
from simulator.web.control.journal import FILTERS
from simulator.web.control.views.entries import OPERATION, OUTCOME

REFUSED: Final = "refused"
"""The word for every refusal, whatever its reason."""
NAMES: Final = tuple(parameter.name for parameter in FILTERS)
LONGEST: Final = 500
"""Characters of a search."""
HELP: Final = (
    "A word is an operation, an outcome, a status, the beginning of a path, a user or a client,"
    f" or {REFUSED}; {NAMES[0]}:withdraw says which."
)


class Search(NamedTuple):
    """A search as it was typed, the parameters of the journal that do the same, and what is wrong with it.

    `refused` = only refusals, whatever their reason. `problem` "" = nothing is wrong.
    """

    text: str
    parameters: tuple[tuple[str, str], ...] = ()
    refused: bool = False
    problem: str = ""

    @property
    def filters(self) -> EntryFilter:
        """The filter of the journal."""
        words: dict[str, list[str]] = {name: [] for name in NAMES}
        for name, value in self.parameters:
            words[name].append(value)
        if self.refused and not words["outcome"]:
            words["outcome"] = [*Reason.__members__]
        path = tuple(words.pop("path"))
        return EntryFilter(**{name: frozenset(values) for name, values in words.items()}, path=path)


def read_search(world: World, text: str) -> Search:
    """The search that a text asks for. A text with a problem finds everything."""
    if len(text) > LONGEST:
        return Search(text[:LONGEST], problem=f"A search has at most {LONGEST} characters.")
    try:
        words = shlex.split(text)
    except ValueError:
        return Search(text, problem="A quotation mark is open.")
    parameters, refused = [], False
    for word in words:
        if word.lower() == REFUSED:
            refused = True
            continue
        name, value = _parameter(world, word)
        if not name:
            return Search(text, problem=value)
        parameters.append((name, value))
    return Search(text, tuple(parameters), refused)


def _parameter(world: World, word: str) -> tuple[str, str]:
    """Name and value of the parameter that a word stands for; the name is "" if the value says what is wrong."""
    name, separator, value = word.partition(":")
    if not separator or name not in NAMES:
        return _guessed(world, word)
    known = {"operation": OPERATION["enum"], "outcome": OUTCOME["enum"]}.get(name)
    if known is not None and value not in known:
        return "", f"There is no {name} {value}."
    if name == "status" and not _is_status(value):
        return "", f"A status is a number such as 200, not {value}."
    return name, value


def _guessed(world: World, word: str) -> tuple[str, str]:
    if word in OPERATION["enum"]:
        return "operation", word
    if word.upper() in OUTCOME["enum"]:
        return "outcome", word.upper()
    if _is_status(word):
        return "status", word
    if word.startswith("/"):
        return "path", word if word.endswith("*") else f"{word}*"
    user = world.user_of(word)
    if user is not None:
        return "user", user.name
    if word in world.clients:
        return "client", word
    return "", f"{word} is nothing that calls can be found by. {HELP}"


def _is_status(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 3
