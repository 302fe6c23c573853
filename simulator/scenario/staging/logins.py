"""`login:` as data: a person uses the pages of s7.1, or the scenario decides for them."""

from __future__ import annotations

from typing import Final, Literal

from simulator.core.spec import AuthGroup, Decision
from simulator.core.value import Value


class Decided(Value, frozen=True):
    """A decision at the login page without a person. `grant` None = the permissions that the page has ticked."""

    user: str
    decision: Decision = Decision.APPROVE
    grant: frozenset[AuthGroup] | None = None
    addressbook_only: bool = False


class Login(Value, frozen=True):
    """`page`: a person decides. `auto`: the one decision, each time. `queue`: each decision once, then the page."""

    mode: Literal["page", "auto", "queue"] = "page"
    decisions: tuple[Decided, ...] = ()


PAGE: Final = Login()
