"""`login:` as data: a person uses the pages of s7.1, or the scenario decides for them."""

from __future__ import annotations

from enum import Enum, unique
from typing import Final, Literal

from simulator.core.spec import AuthGroup, Decision
from simulator.core.value import Value


@unique
class Trick(Enum):
    """A way to spoil the redirect to the broker: what the buttons of the adversary drawer do."""

    DROP_STATE = "drop_state"
    ALTER_STATE = "alter_state"
    REPLAY_STATE = "replay_state"
    WRONG_CODE = "wrong_code"
    USED_CODE = "used_code"
    TWICE = "twice"
    WAIT = "wait"


class Decided(Value, frozen=True):
    """A decision at the login page without a person. `grant` None = the permissions that the page has ticked."""

    user: str
    decision: Decision = Decision.APPROVE
    grant: frozenset[AuthGroup] | None = None
    addressbook_only: bool = False
    redirect: Trick | None = None
    """What spoils the redirect to the broker; None = it is as KuCoin's."""


class Login(Value, frozen=True):
    """`page`: a person decides. `auto`: the one decision, each time. `queue`: each decision once, then the page."""

    mode: Literal["page", "auto", "queue"] = "page"
    decisions: tuple[Decided, ...] = ()


PAGE: Final = Login()
