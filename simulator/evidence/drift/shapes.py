"""Shapes: what is left of JSON when its values are gone. Nothing else of a recording is compared or shown.

A `Stripper` knows the words of our declarations: names of fields, closed lists, texts of refusals. A name or a text
that is none of them is a value of somebody's, and only its form is kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from msgspec import msgpack
from msgspec.structs import replace

from simulator.core.nesting import too_deep
from simulator.core.value import Value
from simulator.evidence.json_as_written import Members, Number, read_json

DeclaredSchema = Mapping[str, Any]
"""A JSON schema of our declarations."""
DECIMAL: Final = re.compile(r"-?[0-9]{1,64}\.[0-9]{1,64}")
DIGITS: Final = re.compile("-?[0-9]{1,64}")
EXPONENT: Final = re.compile(r"-?[0-9]{1,64}(?:\.[0-9]{1,64})?[eE][+-]?[0-9]{1,8}")
HEX24: Final = re.compile("(?=[0-9]{0,23}[a-f])[0-9a-f]{24}")
UUID: Final = re.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ][0-9:.]{5,18})?(?:Z|[+-][0-9:]{4,6})?")
FLAG: Final = re.compile("true|false")
NUMBERS: Final = (
    ("decimal", DECIMAL),
    ("digits", DIGITS),
    ("exponent", EXPONENT),
    ("hex24", HEX24),
    ("uuid", UUID),
    ("date", DATE),
)
FORMS_WITH_LETTERS: Final = (("flag", FLAG), ("hex24", HEX24), ("uuid", UUID))
"""The forms of texts that begin with a digit, and of others. The first that fits is meant; any other text is `text`."""
STARTS: Final = frozenset("-0123456789")
UNITS: Final = ((10, "s"), (13, "ms"), (16, "us"), (19, "ns"))
"""Digits of an instant of today (2001 to 2286) in each unit of time."""
WORDS: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
NAME: Final = re.compile("[a-z][A-Za-z_-]{1,39}")
MOST_NAMES: Final = 1000
"""How many new names are counted apart. A recording with more has maps whose names are values."""
ANY_TEXT: Final = r"[\s\S]*"
"""Stands in a pattern for any text."""
MESSAGE: Final = "msg"
"""The field with the text of a refusal."""
DEEPEST: Final = 64
"""Levels of objects and lists. No declared answer has more than five."""
LONGEST_FORM: Final = 64
"""Characters of a text whose form is looked at; a longer one is `text`."""


class Leaf(Value, frozen=True):
    """A value without its content.

    `kind` is null, boolean, integer, number or text. `form`: of a text one of `NUMBERS`. `unit` is the unit of time if
    it looks as an instant does. `places` are the decimal places, `padded` is true if the last of them is a nought.
    `word` is the text itself, but only if our declarations have it, and `fits` are the patterns of our refusals that it
    fits; `digits` counts those of a whole number.
    """

    kind: str
    form: str = ""
    unit: str = ""
    places: int = 0
    padded: bool = False
    word: str = ""
    digits: int = 0
    fits: tuple[str, ...] = ()


class ListShape(Value, frozen=True):
    """A list. Equal shapes stand once."""

    shapes: tuple[Any, ...]
    empty: bool


class NewName(Value, frozen=True):
    """The name of a field that our declarations do not have.

    `number` is its number in the recording; 0 = one of too many. `place` is where it stood in its object when it came
    first, the first field is 1; a reader who has the recording finds it there.
    """

    number: int
    place: int

    @property
    def text(self) -> str:
        """What is said of the name. It can be a value, such as a key of a map, so it is not shown."""
        if not self.number:
            return "one of many new names, none of which is shown because they can be values"
        return f"new name {self.number}, field {self.place} of its object, not shown because it can be a value"


class FieldShapes(Value, frozen=True):
    """An object: its fields by name, and those whose names are no words of ours."""

    known: dict[str, Any]
    new: tuple[NewName, ...]
    repeated: bool = False
    """True if a name stands twice."""
    unnamed: tuple[Any, ...] = ()
    """The shapes of the fields in `new`; equal ones stand once."""


TOO_MANY: Final = NewName(0, 0)
JsonShape = Leaf | ListShape | FieldShapes
NULL: Final = Leaf("null")
UNREADABLE: Final = Leaf("unreadable")
"""The shape of a body that is no JSON."""


class Vocabulary(Value, frozen=True):
    """The words of our declarations: all that may be shown."""

    names: frozenset[str]
    words: frozenset[str]
    """Constants and words of closed lists."""
    parts: frozenset[str]
    """The single words in names, in lower case: `createdAt` has two."""
    sentences: tuple[str, ...] = ()
    """The patterns of our refusals' texts."""

    def shows(self, name: str) -> bool:
        """True if a name is one of ours, or looks as ours do and has words of ours only."""
        if name in self.names:
            return True
        if not NAME.fullmatch(name):
            return False
        parts = WORDS.findall(name)
        return len(parts) > 1 and all(part.lower() in self.parts for part in parts)


def vocabulary(names: Iterable[str], words: Iterable[str], sentences: Iterable[str] = ()) -> Vocabulary:
    """The vocabulary of these names and words."""
    names = frozenset(names)
    parts = {part.lower() for name in names for part in WORDS.findall(name)}
    return Vocabulary(names, frozenset(words), frozenset(part for part in parts if len(part) > 1), tuple(sentences))


class Stripper:
    """Takes the values out of bodies. It numbers names that are not ours, so that one name has one number."""

    def __init__(self, words: Vocabulary) -> None:
        self._words = words
        self._names: dict[str, NewName] = {}
        self._sentences = [(sentence, literals(sentence)) for sentence in words.sentences]

    def body(self, text: str) -> JsonShape:
        """The shape of a JSON text; `UNREADABLE` if it is none, or is nested too deeply."""
        if too_deep(text, DEEPEST):
            return UNREADABLE
        try:
            value = read_json(text)
        except ValueError:
            return UNREADABLE
        return self._shape(value)

    def form(self, pairs: Iterable[tuple[str, str]]) -> FieldShapes:
        """The shape of the pairs of a query, a form or a head."""
        return self._fields(pairs, self.text)

    def text(self, text: str) -> Leaf:
        """The shape of a text."""
        word = text if text in self._words.words else ""
        if not text:
            return Leaf("text", "empty")
        form = form_of(text)
        if form == "digits":
            return Leaf("text", form, unit_of(text), word=word, digits=len(text.lstrip("-")))
        if form == "decimal":
            places = len(text) - text.index(".") - 1
            return Leaf("text", form, places=places, padded=text.endswith("0"), word=word)
        return Leaf("text", form, word=word)

    def _shape(self, value: Any) -> JsonShape:
        if isinstance(value, Members):
            return self._fields(value, self._shape)
        if isinstance(value, list):
            return ListShape(tuple(unique(map(self._shape, value))), not value)
        if isinstance(value, Number):
            return self._number(str(value))
        if isinstance(value, str):
            return self.text(value)
        return NULL if value is None else Leaf("boolean", word="true" if value else "false")

    def _number(self, text: str) -> Leaf:
        word = text if text in self._words.words else ""
        if "." in text or "e" in text or "E" in text or not text.lstrip("-").isdigit():
            return Leaf("number", "exponent" if "e" in text.lower() else "decimal", word=word)
        return Leaf("integer", "digits", unit_of(text), word=word, digits=len(text.lstrip("-")))

    def _fields(self, pairs: Iterable[tuple[str, Any]], shape: Any) -> FieldShapes:
        known: dict[str, Any] = {}
        new, unnamed, repeated = [], list[Any](), False
        for place, (name, value) in enumerate(pairs, 1):
            if self._words.shows(name):
                repeated = repeated or name in known
                known[name] = self._sentence(value) if name == MESSAGE and isinstance(value, str) else shape(value)
            else:
                new.append(self._new(name, place))
                unnamed.append(shape(value))
        return FieldShapes(known, tuple(new), repeated, tuple(unique(unnamed)))

    def _sentence(self, text: str) -> Leaf:
        """The shape of a refusal's text."""
        fits = tuple(sentence for sentence, parts in self._sentences if follows(parts, text))
        return replace(self.text(text), fits=fits)

    def _new(self, name: str, place: int) -> NewName:
        if name not in self._names and len(self._names) >= MOST_NAMES:
            return TOO_MANY
        return self._names.setdefault(name, NewName(len(self._names) + 1, place))


def literals(pattern: str) -> list[str]:
    """The literal parts of a pattern that allows any text between them, as those of refusals do."""
    return [part.replace("\\", "") for part in pattern.removeprefix("^").removesuffix("$").split(ANY_TEXT)]


def follows(parts: list[str], text: str) -> bool:
    """True if a text begins with the first part, ends with the last one, and has the others between them in order."""
    first, last = parts[0], parts[-1]
    if len(text) < len(first) + len(last) or not (text.startswith(first) and text.endswith(last)):
        return False
    place, end = len(first), len(text) - len(last)
    for part in parts[1:-1]:
        place = text.find(part, place, end)
        if place < 0:
            return False
        place += len(part)
    return True


def form_of(text: str) -> str:
    """The form of a text. Its first character says which patterns are tried."""
    if len(text) > LONGEST_FORM:
        return "text"
    forms = NUMBERS if text[0] in STARTS else FORMS_WITH_LETTERS
    return next((name for name, pattern in forms if pattern.fullmatch(text)), "text")


def unit_of(digits: str) -> str:
    """The unit of time in which these digits are an instant of today; "" = they are none."""
    if digits.startswith("-"):
        return ""
    return next((unit for length, unit in UNITS if len(digits) == length), "")


def unique(shapes: Iterable[JsonShape]) -> Iterator[JsonShape]:
    """Each shape once. Their bytes are compared, because a list can have a hundred thousand of them."""
    kept: dict[bytes, JsonShape] = {}
    for shape in shapes:
        kept.setdefault(msgpack.encode(shape), shape)
    yield from kept.values()


def names_in(schema: Any) -> Iterator[str]:
    """Every name of a field in a schema, at any depth."""
    if isinstance(schema, dict):
        properties = schema.get("properties")
        if isinstance(properties, dict):
            yield from properties
        for part in schema.values():
            yield from names_in(part)
    elif isinstance(schema, list | tuple):
        for part in schema:
            yield from names_in(part)
