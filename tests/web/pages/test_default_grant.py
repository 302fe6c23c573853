"""What a consent grants of which nobody says what it grants: the same at every door (s1, s7.1)."""

from __future__ import annotations

from asyncio import Runner
from collections.abc import Callable
from typing import Literal

import pytest
from support.browser import Site
from support.demo_world import CALLBACK
from support.desk import query
from support.wire import V1, Asgi, control

from simulator.core.spec import AuthGroup
from simulator.scenario.staging.armed import Staging
from simulator.scenario.staging.logins import Decided, Login

LINK = f"/oauth?{query(CALLBACK)}"
ASKED = {"client_id": "demo-broker", "redirect_uri": CALLBACK, "state": "s-1"}
READ, SPOT, EARN = AuthGroup.API_COMMON, AuthGroup.API_SPOT, AuthGroup.API_EARN
DEFAULTS = {"alice": {READ, SPOT, EARN, AuthGroup.API_FUTURES}, "frank": {READ, SPOT, EARN}}
"""What s1 names, for a user with a futures account and for one without."""


def called(site: Site, path: str, **body: str) -> None:
    """A call of the control surface that makes something."""
    with Runner() as runner:
        assert control(Asgi(site.app, runner), path, body).status == 201


def by_page(site: Site, user: str) -> None:
    """Log in and approve without a look at the boxes."""
    consent = site.submit("/oauth", site.get(LINK).page.forms[0], identity=user).page
    assert site.submit("/oauth", consent.forms[0], decision="approve").status == 303


def by_mode(mode: Literal["auto", "queue"]) -> Callable[[Site, str], None]:
    """Open the link while `login:` has this mode."""

    def follow(site: Site, user: str) -> None:
        site.exchange.stage(Staging((), Login(mode, (Decided(user),))))
        assert site.get(LINK).status == 303

    return follow


def by_control(site: Site, user: str) -> None:
    """Consent without a browser."""
    called(site, "/authorizations", user=user, **ASKED)


def by_waiting(site: Site, user: str) -> None:
    """Have the user wait to log in, then open the link."""
    called(site, "/logins", user=user)
    assert site.get(LINK).status == 303


DOORS = {
    "the consent page": by_page,
    "login: auto": by_mode("auto"),
    "login: queue": by_mode("queue"),
    f"POST {V1}/authorizations": by_control,
    f"POST {V1}/logins": by_waiting,
}


@pytest.mark.parametrize("user", DEFAULTS)
@pytest.mark.parametrize("door", DOORS)
def test_every_door_grants_what_the_page_ticks(door: str, user: str) -> None:
    """A consent that says nothing of its permissions grants those that the consent page has ticked."""
    site = Site()
    DOORS[door](site, user)
    [consent] = site.world.consents.values()
    assert set(consent.groups) == DEFAULTS[user]


@pytest.mark.parametrize("user", DEFAULTS)
def test_what_is_ticked_beforehand(user: str) -> None:
    """The page ticks reading, spot, earn and - only for who has a futures account - futures, and nothing else."""
    site = Site()
    form = site.submit("/oauth", site.get(LINK).page.forms[0], identity=user).page.forms[0]
    assert {name for name, box in form.boxes.items() if "checked" in box} == {group.value for group in DEFAULTS[user]}


def test_all_is_said_in_a_word() -> None:
    """`grant: all` grants every permission that has a key, also where the user has no futures account."""
    site = Site()
    called(site, "/authorizations", user="frank", grant="all", **ASKED)
    called(site, "/logins", user="frank", grant="all")
    assert site.get(LINK).status == 303
    assert [consent.groups for consent in site.world.consents.values()] == [tuple(AuthGroup)] * 2
