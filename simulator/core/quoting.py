"""How a message quotes a text of a client or of a scenario, and the search for the most similar one of known texts.

Both are bounded, because such a text may have a million characters.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from heapq import nlargest
from typing import Final

LONGEST_QUOTE: Final = 200
"""The most characters of a text that a message quotes. No credential of KuCoin except a token is longer."""
MOST_QUOTED: Final = 20
"""The most names that a message lists."""

LONGEST_COMPARED: Final = 64
"""The most characters of a text that are compared: the cost of a comparison grows with up to their cube."""
MOST_COMPARED: Final = 20_000
"""The most characters of all texts that one text is compared with. All names of one kind that the simulator declares
together have fewer."""
COST: Final = 10
"""What a text costs of these besides its characters, so that the number of short texts is bounded, too."""
MOST_LIKELY: Final = 8
"""The texts that are compared exactly: those that share most letters with the given one."""
LIKE: Final = 60
"""The least similarity of two texts in percent at which one is suggested for the other: the default of `difflib`."""


def shortened(text: str, most: int = LONGEST_QUOTE) -> str:
    """The text; if it is longer than `most`, its first `most` characters and its length."""
    return text if len(text) <= most else f"{text[:most]}... ({len(text)} characters)"


def listed(names: Iterable[str], most: int = MOST_QUOTED) -> str:
    """The names with commas between them: the first `most` of them, each shortened, and the number of the rest."""
    names = list(names)
    more = [f"and {len(names) - most} more"] if len(names) > most else []
    return ", ".join([*map(shortened, names[:most]), *more])


def most_like(text: str, texts: Iterable[str], least: int = LIKE) -> str:
    """The text that is most similar to `text`, the first of equals; "" if none reaches `least` percent.

    Of very many texts only the first are compared, see `MOST_COMPARED`.
    """
    from difflib import SequenceMatcher  # imported here, because only a wrong text needs it

    matcher = SequenceMatcher()
    matcher.set_seq2(text[:LONGEST_COMPARED])

    def likeness(other: str, *, quick: bool) -> float:
        matcher.set_seq1(other[:LONGEST_COMPARED])
        return matcher.quick_ratio() if quick else matcher.ratio()

    candidates = nlargest(MOST_LIKELY, _affordable(texts), key=lambda other: likeness(other, quick=True))
    ratios = [(likeness(other, quick=False), other) for other in candidates]
    ratio, nearest = max(ratios, key=lambda pair: pair[0], default=(0, ""))
    return nearest if ratio * 100 >= least else ""


def _affordable(texts: Iterable[str]) -> Iterator[str]:
    """The first texts, as many as may be compared."""
    rest = MOST_COMPARED
    for text in texts:
        rest -= COST + min(len(text), LONGEST_COMPARED)
        if rest < 0:
            return
        yield text
