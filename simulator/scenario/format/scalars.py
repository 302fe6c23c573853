"""The scalars of a scenario: how each is written, and its value. Money never goes through a float."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from ipaddress import ip_address
from typing import Final

from simulator.clock import LATEST, SWIFTEST
from simulator.core import money, spec
from simulator.core.gateway import pools
from simulator.core.lazy_pattern import lazy_pattern
from simulator.core.value import Value
from simulator.scenario.format.patterns import pattern

_AMOUNT: Final = r"[0-9]{1,30}(\.[0-9]{1,30})?"
AMOUNT: Final = lazy_pattern(_AMOUNT)
MOST_OF_A_RATE: Final = 1_000
"""The highest fee rate is 0.001: no fee is above the funds of its fill."""
_PARTS: Final = "".join(rf"(?:([0-9]{{1,15}}){unit})?" for unit in ("d", "h", "m", "s", "ms"))
_DURATION: Final = "(?=[0-9])" + _PARTS
DURATION: Final = lazy_pattern(_DURATION)
DURATION_UNITS: Final = (spec.DAY, spec.HOUR, spec.MINUTE, spec.SECOND, 1)
_DATE, _TIME = "[0-9]{4}-[0-9]{2}-[0-9]{2}", r"[0-9]{2}:[0-9]{2}(:[0-9]{2}([.,][0-9]{1,9})?)?"
INSTANT: Final = rf"{_DATE}[T ]{_TIME}(Z|[+-][0-9]{{2}}:?[0-9]{{2}})"
URI: Final = r"(/|[A-Za-z][A-Za-z0-9+.-]*://[^#])[^\s#\x00-\x1f\x7f]*"
LARGEST: Final = 10**18 - 1
EARLIEST: Final = -62_135_596_800_000
"""The beginning of the year 1 in ms, the first instant of `datetime`."""
LONGEST: Final = 3_650_000 * spec.DAY
"""The longest duration in ms: a little less than the years 1 to 9999."""
LARGEST_OFFSET: Final = 3650 * spec.DAY


class Scalar(Value, frozen=True):
    """A text of one form: all of it matches `pattern`, and `convert` makes its value.

    `convert` returns None if the text is not valid, and raises `ValueError` with a message if there is more to say.
    `pattern` means the same in Python and JavaScript; "" = any text. `types` are the JSON types that another reader of
    YAML may read such a text as; `least` and `most` are bounds of numbers.
    """

    expected: str
    pattern: str = ""
    convert: Callable[[str], object] = str
    types: tuple[str, ...] = ("string",)
    least: int | None = None
    most: int | None = None
    why: Callable[[str], str] | None = None
    """Makes the message about a text that does not match."""


def duration_ms(text: str) -> int | None:
    """`1h30m`, `59m59s`, `3d`, `250ms` as milliseconds; None if it is not a duration."""
    match = DURATION.fullmatch(text)
    if not match:
        return None
    return sum(int(part) * unit for part, unit in zip(match.groups(), DURATION_UNITS, strict=True) if part)


def _duration(text: str) -> int | None:
    """A duration in ms that a clock can show the end of. Raises `ValueError` if it is longer."""
    milliseconds = duration_ms(text)
    if milliseconds is not None and milliseconds > LONGEST:
        raise ValueError("must not be longer than 3650000d")
    return milliseconds


def offset_ms(text: str) -> int | None:
    """A duration in ms, perhaps with a `-` before it; None if it is not one. Raises `ValueError` if it is too long."""
    milliseconds = duration_ms(text.removeprefix("-"))
    if milliseconds is None:
        return None
    if milliseconds > LARGEST_OFFSET:
        raise ValueError("must not be more than 3650d either way")
    return -milliseconds if text.startswith("-") else milliseconds


def _scale(text: str) -> Decimal:
    """The speed of a clock. It is more than 0, because 0 would be a frozen clock."""
    scale = Decimal(text)
    if not 0 < scale <= SWIFTEST:
        raise ValueError(f"must be more than 0 and at most {SWIFTEST}")
    return scale


def _coefficient(text: str) -> Decimal:
    """What a fee rate is multiplied by. With more, a sell would cost more than it brings."""
    factor = Decimal(text)
    if factor > MOST_OF_A_RATE:
        raise ValueError(f"must be at most {MOST_OF_A_RATE}")
    return factor


def _part(text: str) -> Decimal:
    """A part of the whole, from 0 to 1."""
    part = Decimal(text)
    if part > 1:
        raise ValueError("must be at most 1")
    return part


def instant_ms(text: str) -> int | None:
    """An ISO 8601 instant with a zone as milliseconds since 1970; None if it is not one."""
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        return None
    if instant.tzinfo is None:
        return None
    since = instant - datetime(1970, 1, 1, tzinfo=UTC)
    return (since.days * 86_400 + since.seconds) * 1_000 + since.microseconds // 1_000


def _instant(text: str) -> int | None:
    """An instant in ms that a clock can show. Raises `ValueError` if no clock can."""
    milliseconds = instant_ms(text)
    if milliseconds is not None and not EARLIEST <= milliseconds <= LATEST:
        raise ValueError("must be in the years 1 to 9999, UTC")
    return milliseconds


def redirect_uri_problem(text: str) -> str:
    """Why a client cannot register this redirect URI; "" if it can: a URL, or a path on the simulator's origin."""
    if re.fullmatch(URI, text):
        return ""
    if "#" in text:
        return f"{text!r} has a fragment, in which code and state would be lost (RFC 6749 s3.1.2)"
    return f"{text!r} is neither a URL, such as http://localhost:3000/callback, nor a path"


def number_hint(text: str) -> str:
    """A hint about a number with separators or a currency sign; "" for any other text."""
    if not re.search("[0-9]", text) or not re.search("[,_' \u00a0\u202f$\u20ac\u00a3\u00a5]", text):
        return ""
    return "; write digits, with a point before decimals: no commas, underscores, spaces or currency signs"


def _number(
    expected: str,
    pattern: str,
    convert: Callable[[str], object],
    types: tuple[str, ...] = ("number", "string"),
    least: int | None = 0,
    most: int | None = None,
) -> Scalar:
    """A scalar whose message says how a number is written."""

    def why(text: str) -> str:
        return f"expected {expected}, found {text!r}{number_hint(text)}"

    return Scalar(expected, pattern, convert, types, least, most, why)


def _ip(text: str) -> str | None:
    try:
        return str(ip_address(text))
    except ValueError:
        return None


def whole(least: int = 0, most: int = LARGEST) -> Scalar:
    """A whole number in this range."""

    def convert(text: str) -> int:
        number = int(text)
        if number < least:
            raise ValueError(f"must be at least {least}")
        if number > most:
            raise ValueError(f"must be at most {most}")
        return number

    return _number("a whole number", "[0-9]{1,18}", convert, ("integer", "string"), least, most)


ANY: Final = ("string", "number", "boolean")

TEXT: Final = Scalar("text", types=ANY)
"""Any scalar but null, as it is written."""
BOOLEAN: Final = Scalar("true or false", "true|false", lambda text: text == "true", ("boolean", "string"))
INTEGER: Final = whole()
POSITIVE: Final = whole(1)
PRECISION: Final = whole(0, money.MOST_PRECISE)
STATUS: Final = whole(200, 599)
LEVEL: Final = whole(0, pools.TOP_LEVEL)
AMOUNTS: Final = _number("an amount such as 0.5", _AMOUNT, Decimal)
DURATIONS: Final = Scalar("a duration such as 59m59s or 3d", _DURATION, _duration)
OFFSETS: Final = Scalar("a duration such as 30s or -30s", "-?" + _DURATION, offset_ms)
RATE: Final = _number("a part such as 0.4, at most 1", _AMOUNT, _part, most=1)
COEFFICIENTS: Final = _number("a coefficient such as 0.5, at most 1000", _AMOUNT, _coefficient, most=MOST_OF_A_RATE)
SCALES: Final = _number("a scale such as 60 or 0.5", _AMOUNT, _scale, most=SWIFTEST)
INSTANTS: Final = Scalar("a time such as 2026-06-01T00:00:00Z", INSTANT, _instant)
CODE: Final = Scalar("digits such as 999999", "[0-9]+", str, ("integer", "string"), 0)
BASE32: Final = Scalar(
    "base32 digits (A-Z, 2-7), a multiple of 8 and at least 24", "([A-Z2-7]{8}){3,}", str, ("string", "integer")
)
"""At least 112 bits, as NIST SP 800-63B-4 s3.1.4.1 wants and authenticators insist on."""
IP: Final = Scalar("an IP address such as 203.0.113.7 (no network, no name)", "[0-9A-Fa-f:.]+(%[0-9A-Za-z]+)?", _ip)
"""A whole address: brokers register addresses, not networks (s2)."""
REDIRECT_URI: Final = Scalar("a URL or a path", URI, why=redirect_uri_problem)
API_KEY: Final = Scalar("a key of visible ASCII characters", "[!-~]+", str, ANY)
"""It is sent in a header."""
HEADER: Final = Scalar("the name of a header (RFC 9110 s5.1)", "[!#$%&'*+.^_`|~0-9A-Za-z-]+")
HEADER_VALUE: Final = Scalar("text of a header: one line of Latin-1", "[ -~\u00a0-\u00ff]*", str, ANY)
HOLD_ORDER: Final = Scalar("arrival, reversed, or seed: and a text", "arrival|reversed|seed:.{1,60}")
PATTERN: Final = Scalar("a regular expression", "", pattern, ANY)
SCENARIO_NAME: Final = Scalar(
    "the plain name of a scenario: no folder, no .yaml",
    r"(?!\.+$)(?!.*\.[Yy][Aa]?[Mm][Ll]$)[^/\\:\x00-\x1f\x7f]{1,60}",
    str,
    ANY,
)
