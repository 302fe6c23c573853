"""Tokens for websocket sessions, and where to connect with them.

A token names the workspace, so its session finds the workspace by any address of ours. It is stored nowhere: it counts
while its signature, its age and its API key are good.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal

from msgspec.json import Decoder

from simulator.core.data import Count, Data, Name, words
from simulator.core.endpoint import REST, Endpoint
from simulator.core.fast_api import claims
from simulator.core.fast_api.claims import LONGEST_TOKEN as LONGEST
from simulator.core.gateway.permissions import GENERAL
from simulator.core.gateway.rate_limits import Pool
from simulator.core.gateway.signature import SignedRequest
from simulator.core.mint import token_key
from simulator.core.value import Reply, Value
from simulator.core.world import ApiKey, Now, World

LIFETIME: Final = 86_400_000
"""ms of the business clock for which a token opens sessions, and for which a session stays [H125/lifetime]."""
PING_INTERVAL: Final = 18_000
"""ms after which a client should send a ping [H125/ping]."""
PING_TIMEOUT: Final = 10_000
"""ms for which the server waits longer than that."""
TokenProblem = Literal["token is invalid", "token is expired"]
"""What is wrong with a token [H125/token-errors]."""


class StreamClaims(Value, frozen=True, forbid_unknown_fields=True):
    """The claims of a token. `sub` and `key` are the user and the API key, "" = it opens public topics only."""

    iss: str
    """The workspace."""
    sub: str
    key: str
    typ: Literal["stream"]
    at: int
    """The instant of issue, ms."""


class OpenPublicStream(Value, frozen=True):
    """`POST /api/v1/bullet-public`. `origin` is how the caller addressed us, such as `https://api.kucoin.com`."""

    origin: str


class OpenPrivateStream(Value, frozen=True):
    """`POST /api/v1/bullet-private`."""

    signed: SignedRequest
    origin: str


class InstanceServerData(Data, frozen=True):
    """Where to connect, and how often to send a ping, in ms."""

    endpoint: Name
    encrypt: bool
    protocol: Annotated[str, words("websocket")]
    ping_interval: Count
    ping_timeout: Count


class StreamTokenData(Data, frozen=True):
    """A token and where it is good."""

    token: Name
    instance_servers: tuple[InstanceServerData, ...]


class StreamOpened(Reply, frozen=True):
    """A token, and the address to connect to [H125/endpoint]."""

    token: str
    endpoint: str

    def data(self) -> StreamTokenData:
        """The token and the one server."""
        encrypt = self.endpoint.startswith("wss:")
        server = InstanceServerData(self.endpoint, encrypt, "websocket", PING_INTERVAL, PING_TIMEOUT)
        return StreamTokenData(self.token, (server,))


_CLAIMS: Final = Decoder(StreamClaims)


def endpoint(world: World, origin: str) -> str:
    """The address of the websocket for a caller who addressed us by this origin; "" = an unknown one.

    The public origin is behind a proxy that may speak TLS in our place.
    """
    _, _, host = origin.partition("://")
    if host in ("", world.origin.partition("://")[2]) and (not host or world.origin.startswith("https:")):
        origin = world.origin
    return f"ws{origin.removeprefix('http')}{world.prefix}/"


def _opened(world: World, origin: str, user: str, key: str, now: Now) -> tuple[World, StreamOpened]:
    issued = StreamClaims(world.workspace, user, key, "stream", now.business)
    token = claims.sign(issued, token_key(world.seed, world.workspace))
    return world, StreamOpened(token=token, endpoint=endpoint(world, origin))


def open_public_stream(world: World, command: OpenPublicStream, now: Now) -> tuple[World, StreamOpened]:
    """Public: no key is needed."""
    return _opened(world, command.origin, "", "", now)


def open_private_stream(world: World, key: ApiKey, command: OpenPrivateStream, now: Now) -> tuple[World, StreamOpened]:
    """The private topics of the token are those of the key's user."""
    return _opened(world, command.origin, key.user, key.api_key, now)


def opened_by(world: World, token: str, now: Now) -> StreamClaims | TokenProblem:
    """The claims of a token that opens a session now, or what is wrong with it.

    A token for private topics counts as long as its API key does.
    """
    try:
        payload = claims.verified(token, token_key(world.seed, world.workspace)) if len(token) <= LONGEST else None
        issued = _CLAIMS.decode(payload or b"")
    except (ValueError, RecursionError):
        return "token is invalid"
    if issued.iss != world.workspace or (issued.key and issued.key not in world.api_keys):
        return "token is invalid"
    return "token is expired" if now.business - issued.at >= LIFETIME else issued


ENDPOINTS: Final = (
    Endpoint(
        open_public_stream, OpenPublicStream, REST, call="POST /api/v1/bullet-public", pool=Pool.PUBLIC, weight=10
    ),
    Endpoint(
        open_private_stream,
        OpenPrivateStream,
        REST,
        call="POST /api/v1/bullet-private",
        permission=GENERAL,
        pool=Pool.SPOT,
        weight=10,
    ),
)
