"""The browsers that the demo broker knows by a cookie, and what it has stored about the customer of each."""

from __future__ import annotations

import secrets
from collections import OrderedDict, deque
from typing import Final
from weakref import ReferenceType, ref

from simulator.messages import Request
from simulator.web.endpoints.desk import Desk
from simulator.web.pages.demo.carrier import KEPT, Exchanged
from simulator.web.pages.demo.orders import TradingCustomer

MOST: Final = 100
"""Browsers that are remembered; the one that did nothing for the longest time is forgotten first."""
NAME: Final = "demo-broker"


class Session:
    """One browser in one workspace."""

    def __init__(self, desk: Desk) -> None:
        self.id = secrets.token_urlsafe()
        self.customer = TradingCustomer()
        self.calls: deque[Exchanged] = deque(maxlen=KEPT)
        self.actions = 0
        """How many actions of the customer have sent something."""
        self.finished = ""
        """The `state` of the login that ended last; "" = none has."""
        self._notice = ("", False)
        self._desk: ReferenceType[Desk] = ref(desk)

    def tell(self, notice: str, *, failed: bool = False) -> None:
        """Keep what became of the last action; "" = nothing needs to be said."""
        self._notice = (notice, failed)

    def pop_notice(self) -> tuple[str, bool]:
        """What became of the last action, once, and whether it failed."""
        notice, self._notice = self._notice, ("", False)
        return notice

    @property
    def desk(self) -> Desk | None:
        """The desk of its workspace, None if the workspace has ended."""
        return self._desk()


class Sessions:
    """All sessions, at most `MOST`."""

    def __init__(self) -> None:
        self._sessions: OrderedDict[str, Session] = OrderedDict()

    def begin(self, desk: Desk) -> Session:
        """A new session."""
        session = Session(desk)
        self._sessions[session.id] = session
        while len(self._sessions) > MOST:
            self._sessions.popitem(last=False)
        return session

    def end(self, session: Session) -> None:
        """Forget a session."""
        self._sessions.pop(session.id, None)

    def of(self, desk: Desk, request: Request) -> Session | None:
        """The session in this workspace that the browser's cookie names."""
        session = self._sessions.get(_cookie(request, cookie_name(desk, request)))
        if session is None or session.desk is not desk:
            return None
        self._sessions.move_to_end(session.id)
        return session

    def that_began(self, state: str, request: Request) -> Session | None:
        """The session of this browser that began the login with this `state`, or ended it just before; None = none did.

        A redirect with an error names no workspace, so every session is looked at.
        """
        for session in self._sessions.values() if state else ():
            desk = session.desk
            if state in (session.customer.state, session.finished) and desk and self.of(desk, request) is session:
                return session
        return None


def cookie_name(desk: Desk, request: Request) -> str:
    """The name of the cookie: with the workspace and the port, because cookies do not know ports."""
    port = (request.header(b"host") or "").rpartition(":")[2]
    return f"{NAME}-{desk.exchange.world.workspace}-{port if port.isdecimal() and port.isascii() else 'none'}"


def cookie(session: Session, request: Request) -> tuple[bytes, bytes]:
    """The header that sets the cookie. It reaches no script, and is not sent with what other sites post."""
    desk = session.desk
    assert desk is not None
    secure = "; Secure" if request.scheme == "https" else ""
    text = f"{cookie_name(desk, request)}={session.id}; Path=/; HttpOnly; SameSite=Lax{secure}"
    return b"set-cookie", text.encode()


def _cookie(request: Request, name: str) -> str:
    """The value of a cookie, "" if there is none of that name."""
    pairs = (part.strip().partition("=") for part in (request.header(b"cookie") or "").split(";"))
    return next((value for part_name, _, value in pairs if part_name == name), "")
