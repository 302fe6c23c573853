"""How much of somebody's text a message repeats, and which of the texts that there are it is most like.

Both are bounded here, in one place: a text of a client or of a scenario may have a million characters.
"""

from __future__ import annotations

from collections.abc import Iterable
from heapq import nlargest
from itertools import islice
from typing import Final

LONGEST_QUOTE: Final = 200
"""Characters of a text that a message repeats. No credential of KuCoin but a token is longer."""
MOST_QUOTED: Final = 20
"""Names that a message lists."""

LONGEST_COMPARED: Final = 64
"""Characters of a text that are compared: comparing costs up to the cube of them."""
MOST_COMPARED: Final = 200
"""Texts that one is compared with."""
MOST_LIKELY: Final = 8
"""Texts that are compared in earnest: those that share most letters with the one."""
LIKE: Final = 60
"""How much alike two texts must be to be taken for each other, percent: what `difflib` uses."""


def shortened(text: str, most: int = LONGEST_QUOTE) -> str:
    """The text, or its first `most` characters and how many it has."""
    return text if len(text) <= most else f"{text[:most]}... ({len(text)} characters)"


def listed(names: Iterable[str], most: int = MOST_QUOTED) -> str:
    """Names in a line: the first `most` of them, each shortened, and how many more there are."""
    names = list(names)
    more = [f"and {len(names) - most} more"] if len(names) > most else []
    return ", ".join([*map(shortened, names[:most]), *more])


def most_like(text: str, texts: Iterable[str], least: int = LIKE) -> str:
    """The one of some texts that is most like this one, the first of equals; "" if none is enough like it."""
    from difflib import SequenceMatcher  # here, because only somebody's mistake needs it

    matcher = SequenceMatcher(autojunk=False)
    matcher.set_seq2(text[:LONGEST_COMPARED])

    def likeness(other: str, *, quick: bool) -> float:
        matcher.set_seq1(other[:LONGEST_COMPARED])
        return matcher.quick_ratio() if quick else matcher.ratio()

    candidates = nlargest(MOST_LIKELY, islice(texts, MOST_COMPARED), key=lambda other: likeness(other, quick=True))
    ratios = [(likeness(other, quick=False), other) for other in candidates]
    ratio, nearest = max(ratios, key=lambda pair: pair[0], default=(0, ""))
    return nearest if ratio * 100 >= least else ""
