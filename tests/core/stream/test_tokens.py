"""Tokens for websocket sessions: what each opens, and for how long."""

from __future__ import annotations

from msgspec.structs import replace
from support.desk import Desk

from simulator.core.stream.tokens import LIFETIME, OpenPublicStream, StreamClaims, StreamOpened, opened_by


def test_a_token_opens_sessions_for_a_day() -> None:
    """One tick before its end it does, at its end it is expired; a clock that was set back changes nothing."""
    desk = Desk()
    token = desk.do(OpenPublicStream(""), StreamOpened).token
    now = desk.exchange.clock.now()
    for later in (LIFETIME - 1, 0, -LIFETIME):
        assert isinstance(opened_by(desk.world, token, replace(now, business=now.business + later)), StreamClaims)
    assert opened_by(desk.world, token, replace(now, business=now.business + LIFETIME)) == "token is expired"


def test_a_token_of_another_workspace_opens_nothing() -> None:
    """The same claims count only with the signature and the name of their workspace."""
    desk = Desk()
    token = desk.do(OpenPublicStream(""), StreamOpened).token
    for world in (replace(desk.world, workspace="other"), replace(desk.world, seed=desk.world.seed + 1)):
        assert opened_by(world, token, desk.exchange.clock.now()) == "token is invalid"
