"""A workspace for one test: an exchange of its own at a simulator that many tests share."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from math import ceil
from typing import TYPE_CHECKING, Any, Final, Self, TypeVar
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

from . import environment
from .client import AsyncClient, Client
from .problems import Problem, SimulatorError
from .transport import in_thread

if TYPE_CHECKING:
    from .replies import Line, VerifyReply, Workspace

STATE: Final = "kucoin"
"""The state of an authorization if the caller has none; KuCoin wants one."""
MOST: Final = 10_000
"""Entries of the journal that are read."""
LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")
_HERE: Final[WeakKeyDictionary[Client, bool]] = WeakKeyDictionary()
"""True for a server of this machine, the ports of which can be reached."""
_AUTHORITIES: Final[WeakKeyDictionary[Client, str]] = WeakKeyDictionary()
T = TypeVar("T")


class KucoinWorkspace:
    """A fresh exchange with a client of its own.

    `url` stands for https://www.kucoin.com and https://api.kucoin.com: everything that is sent there reaches this
    workspace. `scenario` is a built-in one's name, the text of one, or a mapping; the simulator's own without.
    """

    def __init__(
        self,
        server: Client,
        *,
        scenario: str | Mapping[str, Any] | None = None,
        seed: int | None = None,
        client_id: str | None = None,
        client_secret: str | None = None,
        redirect_uris: str | Sequence[str] = (),
        users: str | Sequence[str] = (),
    ) -> None:
        local = _HERE.get(server, urlsplit(server.url).hostname in LOOPBACK)
        made = server.create_workspace(
            scenario=dict(scenario) if isinstance(scenario, Mapping) else scenario,
            seed=seed,
            client_id=client_id,
            client_secret=client_secret,
            redirect_uris=_listed(redirect_uris),
            users=_listed(users),
            port=0 if local else None,  # a port of its own is one of that machine's loopback
        )
        self._server = server
        self.info: Workspace = made
        """All that the simulator says of it."""
        self.name = made["name"]
        self.seed, self.users = made["seed"], made["users"]
        self.client = server.at(f"/w/{self.name}")
        self.url = self._own_port() or self.client.url

    def _own_port(self) -> str | None:
        """The URL of its port, None if it has none or if that is a port of another machine, such as a container."""
        url = self.info["urls"]["port"]
        if url and self._server not in _HERE:
            try:
                with self._server.at(url) as client:
                    _HERE[self._server] = client.index()["workspace"] == self.name
            except SimulatorError:
                _HERE[self._server] = False
        return url if url and _HERE[self._server] else None

    @property
    def client_id(self) -> str:
        """The id of its client."""
        return self._of_client(self.info["client_id"])

    @property
    def client_secret(self) -> str:
        """The secret of its client."""
        return self._of_client(self.info["client_secret"])

    @property
    def redirect_uri(self) -> str:
        """The first redirect URI of its client."""
        return self._of_client(next(iter(self.info["redirect_uris"]), None))

    def _of_client(self, value: str | None) -> str:
        if value is None:
            raise SimulatorError(f"the scenario {self.info['scenario']} has no such thing; give client_id= and so on")
        return value

    def totp(self, user: str) -> str:
        """What the user's authenticator shows now."""
        return self.client.totp(user)["code"]

    def messages(self, user: str, wait: float = 0.0) -> list[dict[str, Any]]:
        """The one-time codes that the user was sent, newest first: `code`, `kind` (EMV or SMS), `transaction_id` ...

        Waits up to `wait` seconds until there is one.
        """
        begin = os.times().elapsed  # no library that stops clocks stops this one
        while True:
            since = self.client.requests(limit=1)["next"]
            messages = self.client.messages(user)["messages"]
            left = wait - (os.times().elapsed - begin)
            if messages or left <= 0:
                return [{"kind": message["factor"], **message} for message in messages]
            try:
                self.client.wait_for_requests(since=since, timeout=min(60, ceil(left)))
            except Problem as problem:
                if problem.status != 408:
                    raise

    def authorize(
        self,
        user: str = "alice",
        grant: Sequence[str] | None = None,
        state: str = "",
        redirect_uri: str | None = None,
        *,
        client_id: str | None = None,
    ) -> str:
        """Let the user give consent without a browser, and return the authorization code.

        `grant` are the permissions that the user ticks, such as `("API_COMMON", "API_WITHDRAW_OAUTH")`; without, what
        the consent page has ticked.
        """
        reply = self.client.authorize(
            user=user,
            client_id=client_id or self.client_id,
            redirect_uri=redirect_uri or self.redirect_uri,
            state=state or STATE,
            grant=None if grant is None else list(grant),
        )
        if reply["code"] is None:
            raise SimulatorError(f"{user} has denied")
        return reply["code"]

    def requests(self, operation: str | None = None, outcome: str | None = None) -> list[Line]:
        """What was asked of the exchange, oldest first: `operation`, `outcome`, `status`, `diagnosis` ..."""
        return self.client.requests(operation=operation, outcome=outcome, since=0, limit=MOST)["requests"]

    def verify(self, expect: Sequence[Mapping[str, Any]] | None = None) -> VerifyReply:
        """Compare what has happened with `expect`, or with what the scenario expects. Raises `AssertionError`."""
        try:
            return self.client.verify(None if expect is None else {"expect": list(expect)})
        except Problem as problem:
            if problem.status != 409:
                raise
            raise AssertionError(problem.body.get("text", str(problem))) from None

    def env(self) -> dict[str, str]:
        """The environment for a subprocess: this process's, in which KuCoin's hosts lead to this workspace."""
        return environment.leading_to(self.url)

    def lead_hosts(self, more_hosts: Sequence[str] = ()) -> Callable[[], None]:
        """Let https://*.kucoin.com in this process lead to this workspace, until the function is called that returns.

        `more_hosts` are other names that shall lead there.
        """
        return environment.lead_hosts(self.url, self._authority, more_hosts)

    def _authority(self) -> str:
        """The certificate that the simulator's are signed with; it is asked for once."""
        if self._server not in _AUTHORITIES:
            _AUTHORITIES[self._server] = self._server.ca()
        return _AUTHORITIES[self._server]

    def close(self) -> None:
        """End the workspace. One that has ended is no error."""
        try:
            self._server.delete_workspace(self.name)
        except Problem as problem:
            if problem.status != 404:
                raise

    def __enter__(self) -> Self:
        """The workspace itself."""
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


def _listed(values: str | Sequence[str]) -> list[str] | None:
    """The values as a list; one may be given without. None = there is none."""
    return [values] if isinstance(values, str) else list(values) or None


class AsyncKucoinWorkspace:
    """A `KucoinWorkspace` whose calls are awaited: `code = await kucoin_async.authorize("alice")`.

    What is no call is not awaited.
    """

    def __init__(self, workspace: KucoinWorkspace) -> None:
        self.sync = workspace
        self.client = AsyncClient.over(workspace.client)
        self.name, self.url, self.seed, self.users = workspace.name, workspace.url, workspace.seed, workspace.users
        self.client_id, self.client_secret = workspace.info["client_id"], workspace.info["client_secret"]
        self.redirect_uri = next(iter(workspace.info["redirect_uris"]), None)
        self.env = workspace.env

    async def totp(self, user: str) -> str:
        """What the user's authenticator shows now."""
        return await _awaited(lambda: self.sync.totp(user))

    async def messages(self, user: str, wait: float = 0.0) -> list[dict[str, Any]]:
        """The one-time codes that the user was sent, newest first; waits up to `wait` seconds until there is one."""
        return await _awaited(lambda: self.sync.messages(user, wait))

    async def authorize(
        self,
        user: str = "alice",
        grant: Sequence[str] | None = None,
        state: str = "",
        redirect_uri: str | None = None,
        *,
        client_id: str | None = None,
    ) -> str:
        """Let the user give consent without a browser, and return the authorization code."""
        return await _awaited(lambda: self.sync.authorize(user, grant, state, redirect_uri, client_id=client_id))

    async def requests(self, operation: str | None = None, outcome: str | None = None) -> list[Line]:
        """What was asked of the exchange, oldest first."""
        return await _awaited(lambda: self.sync.requests(operation, outcome))

    async def verify(self, expect: Sequence[Mapping[str, Any]] | None = None) -> VerifyReply:
        """Compare what has happened with `expect`, or with what the scenario expects. Raises `AssertionError`."""
        return await _awaited(lambda: self.sync.verify(expect))


async def _awaited(function: Callable[[], T]) -> T:
    return await in_thread(function, lambda: None)
