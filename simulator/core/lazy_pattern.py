"""Regular expressions that are compiled when they are first used: a start imports some 40 and needs few of them."""

from __future__ import annotations

import re
from typing import Any, AnyStr, cast


class LazyPattern:
    """Stands for a compiled pattern. Each attribute is fetched once, so that later uses cost nothing more."""

    def __init__(self, text: str | bytes, flags: int) -> None:
        self._text = text
        self._flags = flags

    def __getattr__(self, name: str) -> Any:
        """An attribute that nobody has used yet, such as `fullmatch`."""
        value = getattr(self.compiled(), name)
        setattr(self, name, value)
        return value

    def compiled(self) -> re.Pattern[Any]:
        """The pattern itself; `re` remembers it from one attribute to the next."""
        return re.compile(self._text, self._flags)


def lazy_pattern(text: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """What `re.compile` returns, without the time that compiling takes."""
    return cast("re.Pattern[AnyStr]", LazyPattern(text, flags))
