"""How a mistake is put into a careful broker: what a mutant has in place of the style's own attributes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from support.mutants.accounting import CarefulBroker
from support.mutants.calls import Reply
from support.mutants.styles import Retry

Style: TypeAlias = type[CarefulBroker]


@dataclass(frozen=True)
class Change:
    """A change of a style. `only` = the result without which it changes nothing, as `stage.TELLING` names it."""

    of: Callable[[Style], dict[str, Any]]
    """The attributes that a mutant of a style has in place of the style's."""
    only: str = ""


@dataclass(frozen=True)
class Mutant:
    """One mistake. `does` completes the sentence "The broker ..."."""

    name: str
    does: str
    change: Change
    style: Style = Retry

    def differs(self, names: frozenset[str]) -> bool:
        """Whether it can do anything else than its style, on a stage on which its style looks up these attributes."""
        return not names.isdisjoint([self.change.only] if self.change.only else self.change.of(self.style))

    @property
    def broker(self) -> Style:
        """The careful broker of its style, with the mistake."""
        return type(self.name, (self.style,), self.change.of(self.style))


def instead(only: str = "", **attributes: Any) -> Change:
    """Other attributes or methods than the style's."""
    return Change(lambda style: attributes, only)


def stubborn(
    method: str,
    which: Callable[..., bool] = lambda *_: True,
    times: int = 4,
    between: Callable[[CarefulBroker], object] = lambda self: None,
) -> Change:
    """A call that is sent again at once, several times, when it is refused. `which` sees its reply and parameters.

    `between` is what the broker looks at before each repetition.
    """

    def change(style: Style) -> dict[str, Any]:
        send = getattr(style, method)

        def send_again(self: CarefulBroker, *arguments: Any) -> Reply:
            reply: Reply = send(self, *arguments)
            for _ in range(times):
                if self.ok(reply) or not which(reply, *arguments):
                    break
                between(self)
                reply = send(self, *arguments)
            return reply

        return {method: send_again}

    return Change(change, f"{method}?")
