"""Regular expressions of a scenario: which are taken, so that none of them can keep the exchange busy for long.

One that backtracks tries every way to share a text out among its parts of varying length. Two such parts in a row are
half a million ways at the most, for a text of `payments.LONGEST_TEXT`; of three, or of one inside another, there may be
more than anybody can wait for. What takes up no text is not repeated either: no text is ever too short for it.
"""

from __future__ import annotations

import re
from typing import Final

LONGEST: Final = 300
"""Characters of a pattern."""
MOST_VARYING: Final = 2
"""Parts of varying length, of which one follows the other. A choice between alternatives is one as well."""
PART: Final = r"""(?P<atom>\\.|\[\^?+(?:\\.|[^\[\]\\])+\])  # an escape, a set
    |(?P<special>\(\?(?!:)..?)  # what looks ahead, what refers back, flags
    |(?P<begin>\((?:\?:)?)
    |(?P<end>\))
    |(?P<other>\|)
    |(?P<fixed>\{(?P<times>[0-9]+)(?:,(?P=times))?\}\??)  # so many times, neither more nor less
    |(?P<varying>(?:[*+?]|\{[0-9]*,?[0-9]*\})\??)
    |(?P<open>\[)
    |(?P<plain>.)"""
"""What a regular expression is made of; compiled when the first one is read."""


PLACES: Final = ("^", "$", r"\A", r"\Z", r"\b", r"\B")
"""What matches a place, not a text."""


def pattern(text: str) -> str:
    """The text, if it is a regular expression that is taken. Raises `ValueError`, which says why it is not."""
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
    """How many parts of varying length follow one another, where that is most."""
    groups = [[0]]  # of each group that is open, the number in each of its alternatives
    filled = [False]  # of each of them, whether anything in it takes up text
    inside, taking = 0, True  # the same two of what stands just before, which is repeated if it is
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
