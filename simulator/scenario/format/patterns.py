"""Regular expressions of a scenario: only those are accepted that cannot keep the exchange busy for long.

A regular expression that backtracks tries every way to split a text among its parts of varying length. Two such parts
in a row have at most half a million ways, for a text of `payments.LONGEST_TEXT`; three, or one inside another, may have
too many to wait for. A part that matches no text must not be repeated, because no text is too short for it.
"""

from __future__ import annotations

import re
from typing import Final

LONGEST: Final = 300
"""Characters of a pattern."""
MOST_VARYING: Final = 2
"""Parts of varying length in a row. A choice between alternatives counts as one."""
PART: Final = r"""(?P<atom>\\.|\[\^?+(?:\\.|[^\[\]\\])+\])  # an escape, a set
    |(?P<special>\(\?(?!:)..?)  # what looks ahead, what refers back, flags
    |(?P<begin>\((?:\?:)?)
    |(?P<end>\))
    |(?P<other>\|)
    |(?P<fixed>\{(?P<times>[0-9]+)(?:,(?P=times))?\}\??)  # so many times, neither more nor less
    |(?P<varying>(?:[*+?]|\{[0-9]*,?[0-9]*\})\??)
    |(?P<open>\[)
    |(?P<plain>.)"""
"""The tokens of a regular expression. It is compiled when the first one is read."""
PLACES: Final = ("^", "$", r"\A", r"\Z", r"\b", r"\B")
"""Tokens that match a position and no text."""


def pattern(text: str) -> str:
    """The text, if it is an accepted regular expression. Raises `ValueError` with the reason if it is not."""
    if len(text) > LONGEST:
        raise ValueError(f"must not be longer than {LONGEST} characters")
    if (most := _most_varying(text)) > MOST_VARYING:
        raise ValueError(f"has {most} parts of varying length in a row (*, +, ?, {{1,9}}, |); at most {MOST_VARYING}")
    try:
        re.compile(text)
    except (re.error, OverflowError, FutureWarning) as error:
        raise ValueError(f"is no regular expression: {error}") from None
    return text


def _most_varying(text: str) -> int:
    """The greatest number of parts of varying length in a row."""
    groups = [[0]]  # for each open group: the number of varying parts in each of its alternatives
    filled = [False]  # for each open group: whether anything in it matches text
    inside, taking = 0, True  # the same for the part just before, which a repetition would repeat
    for part in re.finditer(PART, text, re.VERBOSE | re.DOTALL):
        before, inside = inside, 0
        took, taking = taking, True
        match part.lastgroup:
            case "begin":
                groups.append([0])
                filled.append(False)
            case "end" if len(groups) > 1:
                alternatives, taking = groups.pop(), filled.pop()
                inside = max(alternatives) + (len(alternatives) > 1)
                groups[-1][-1] += inside
                filled[-1] |= taking
            case "other":
                groups[-1].append(0)
            case "fixed" | "varying" as kind:
                if before and part[0][0] != "?":
                    raise ValueError("repeats a group whose own length varies")
                if not took or (kind == "fixed" and not int(part["times"])):
                    raise ValueError("repeats what takes up no text")
                groups[-1][-1] += kind == "varying"
            case "open":
                raise ValueError("has a set with a [ in it, that begins with a ] or never ends; write \\[ and \\]")
            case "special":
                raise ValueError(f"has a group with {part[0]}, which is not taken; groups are ( and (?:")
            case "atom" if re.match(r"\\[1-9]", part[0]):
                raise ValueError(f"refers to a group with {part[0]}, which is not taken")
            case "atom" | "plain":
                taking = part[0] not in PLACES
                filled[-1] |= taking
    return max(groups[0])
