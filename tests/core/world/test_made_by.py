"""What a key can have by who made it."""

from __future__ import annotations

import pytest

from simulator.core.spec import AuthGroup
from simulator.core.world import MadeBy


@pytest.mark.parametrize(
    ("made_by", "of_a_broker", "can_withdraw", "groups"),
    [
        (MadeBy.CONSENT, True, False, set(AuthGroup)),
        (MadeBy.USER, False, True, set(AuthGroup) - {AuthGroup.API_WITHDRAW_OAUTH}),
        (MadeBy.BROKER, True, True, set(AuthGroup) - {AuthGroup.API_WITHDRAW_OAUTH}),
    ],
)
def test_what_a_key_can_have(made_by: MadeBy, of_a_broker: bool, can_withdraw: bool, groups: set[AuthGroup]) -> None:
    """Hands give the ordinary withdrawal permission, a consent that of s8, and a user's own key has no broker."""
    assert (made_by.of_a_broker, made_by.can_withdraw) == (of_a_broker, can_withdraw)
    assert {group for group in AuthGroup if made_by.can_have(group)} == groups
