"""What each permission lets a broker do, in the words of a user; and what the simulator knows about it."""

from __future__ import annotations

from typing import Final, NamedTuple

from simulator.core.fast_api.authorization import preticked
from simulator.core.spec import PERMISSIONS, AuthGroup
from simulator.core.world import User

MEANINGS: Final[dict[AuthGroup | None, str]] = {
    AuthGroup.API_COMMON: "See your balances, orders and history. This is always part of the access.",
    AuthGroup.API_SPOT: "Place and cancel spot orders for you.",
    AuthGroup.API_MARGIN: "Trade with borrowed money.",
    AuthGroup.API_FUTURES: "Open and close futures positions.",
    AuthGroup.API_EARN: "Subscribe to Earn products and redeem them.",
    AuthGroup.API_TRANSFER: "Move money between your own accounts.",
    AuthGroup.API_WITHDRAW_OAUTH: "Send money out of your account. Tick it only if the broker pays out for you.",
    None: "Use your unified account.",
}
KNOWN: Final[dict[AuthGroup | None, str]] = {
    AuthGroup.API_COMMON: "Comes with every key and cannot be left out (H25).",
    AuthGroup.API_WITHDRAW_OAUTH: "Never ticked beforehand: the broker guides its users to tick it themselves (s7.1).",
    None: "Named in s3, but no key of it is published: no API key will grant it (H17).",
}
NO_FUTURES: Final = "A key that asks for API_FUTURES will be refused with 40503, because of the missing account (H15)."


class ConsentBox(NamedTuple):
    """A checkbox of the consent page. `field` and `value` are the form's; `known` is for the drawer."""

    label: str
    field: str
    value: str
    group: str
    ticked: bool
    fixed: bool
    meaning: str
    known: str


def permissions(user: User) -> list[ConsentBox]:
    """The eight checkboxes of s3 (H17, H25)."""
    ticked = preticked(user)
    return [_permission(user, label, group, ticked=group in ticked) for label, group in PERMISSIONS]


def _permission(user: User, label: str, group: AuthGroup | None, *, ticked: bool) -> ConsentBox:
    without = group is AuthGroup.API_FUTURES and not user.futures
    return ConsentBox(
        label,
        "grant" if group else "unified_account",
        group.value if group else "yes",
        group.value if group else "",
        ticked,
        group is AuthGroup.API_COMMON,
        f"{user.name} has no futures account, so it would be of no use now." if without else MEANINGS[group],
        NO_FUTURES if without else KNOWN.get(group, "Ticked beforehand (s1)." if ticked else "Not ticked beforehand."),
    )


def labels(groups: tuple[AuthGroup, ...]) -> list[str]:
    """The permissions in the words of the consent page, without the word "permission"."""
    return [label.removesuffix(" permission") for label, group in PERMISSIONS if group in groups]
