"""The declaration of an operation: one value, which stands next to the function that performs it.

Everything else follows from that value: how a call is routed and decoded, what the gateway requires, its name in the
journal and in a scenario's faults, docs/endpoints.md and the OpenAPI document. `core/endpoints.py` joins them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from typing import Any, Final

from msgspec.structs import force_setattr

from simulator.core.gateway.parameters import Parameter, names_of
from simulator.core.gateway.permissions import Permission
from simulator.core.gateway.rate_limits import Pool, RateLimit
from simulator.core.gateway.signature import SignedRequest, named_key
from simulator.core.refusals import Grade, Reason
from simulator.core.value import Command, Reply, Value
from simulator.core.world import ApiKey, World

WWW, API, FUTURES = "www.kucoin.com", "api.kucoin.com", "api-futures.kucoin.com"
HOSTS: Final = (WWW, API, FUTURES)
"""KuCoin's hosts (H27): the simulator can answer under these names."""
REST: Final = "REST API"
"""The section of calls in KuCoin's reference of the REST API that the page does not have."""
OLDER: Final = "older REST API"
"""The section of calls that only older versions of that reference have."""
PRO: Final = "Broker Pro"

BODY: Final = {
    Reason.UNSUPPORTED_MEDIA_TYPE,
    Reason.BODY_TOO_LARGE,
    Reason.BODY_NOT_UTF8,
    Reason.BODY_NOT_JSON,
    Reason.BODY_NOT_AN_OBJECT,
}
"""The reasons that refuse a body that cannot be read."""
GATEWAY: Final = {
    Reason.HEADER_MISSING,
    Reason.KEY_VERSION_ABOLISHED,
    Reason.KEY_VERSION_INVALID,
    Reason.TIMESTAMP_INVALID,
    Reason.API_KEY_UNKNOWN,
    Reason.PASSPHRASE_INVALID,
    Reason.SIGNATURE_INVALID,
    Reason.UNKNOWN_PARTNER,
    Reason.PARTNER_SIGNATURE_INVALID,
    Reason.IP_NOT_ALLOWED,
    Reason.PERMISSION_MISSING,
}
"""The reasons that refuse a signed call before its parameters are read."""
BEARER: Final = {
    Reason.IP_NOT_ALLOWED,
    Reason.AUTHORIZATION_MISSING,
    Reason.ACCESS_TOKEN_UNKNOWN,
    Reason.ACCESS_TOKEN_SUPERSEDED,
    Reason.ACCESS_TOKEN_EXPIRED,
}
"""The reasons that refuse a call for its access token."""


def camel(name: str) -> str:
    """A name of ours (snake_case) as KuCoin writes it (camelCase)."""
    first, *rest = name.split("_")
    return first + "".join(part.title() for part in rest)


NO_PARAMETERS: Final = frozenset(
    ("signed", "authorization", "body", "parameters", "query", "ip", "origin", "ignored", "grant", "media_type")
)
"""Fields of a command that are no single parameters: they hold several parameters, or identify the caller."""


class Subject(Value, frozen=True):
    """The user and the client of a call, as its credentials name them before they are checked; "" = unknown."""

    user: str = ""
    client: str = ""


NOBODY: Final = Subject()


def nobody(world: World, command: Command) -> Subject:
    """The subject of a call without a user and a client."""
    return NOBODY


def by_key(world: World, command: Command) -> Subject:
    """The user and the client of the key in a signed call."""
    key = named_key(world, command.signed)
    return Subject(key.user, key.client_id) if key else NOBODY


class Operation(Value, frozen=True):
    """An operation of the exchange: the function `run` that performs it, and the type of its command.

    The operation's name is the function's: the word in the journal and in a scenario's faults. `section` is a section
    of the page, a hole or another source. This class itself is for operations that no client calls.
    """

    run: Callable[..., tuple[World, Reply]]
    command: type[Value]
    section: str
    subject: Callable[[World, Command], Subject] = nobody
    name: str = ""
    """Derived, as the next three fields are."""
    rate_limit: RateLimit | None = None
    """The weight that the gateway counts; None = the call does not go through the gateway."""
    reads: bool = False
    """True if the operation never creates anything."""
    held_in: str = ""
    """The field of the command with the parameters: `body`, `parameters`, or "" = they are fields of the command.

    `ignored` = the command has only the size of a body that is not read.
    """

    def __post_init__(self) -> None:
        """Derive the name from the function."""
        force_setattr(self, "name", self.run.__name__)


class Call(Operation, frozen=True, kw_only=True):
    """An operation that a client calls at `call`, such as `GET /oauth`. This class itself is for the pages.

    `parameters` are those of the query or of the body; those of a page's form are fields of the command. `refusals` are
    all the reasons that can refuse the call.
    """

    call: str
    parameters: tuple[Parameter, ...] = ()
    refusals: AbstractSet[Reason] = frozenset()
    names: tuple[str, ...] = ()
    """Derived: the names of the parameters."""
    fields: tuple[str, ...] = ()
    """Derived: the fields that a fault can match, by KuCoin's names. A nested field is written with a dot."""

    def __post_init__(self) -> None:
        """Derive the names. Those of a form are ours."""
        super().__post_init__()
        force_setattr(self, "names", names_of(self.parameters))
        force_setattr(self, "fields", tuple(dict.fromkeys((*self.matchable, *self.own))))

    @property
    def own(self) -> tuple[str, ...]:
        """The fields of the command that are parameters."""
        return tuple(name for name in self.command.__struct_fields__ if name not in NO_PARAMETERS)

    @property
    def matchable(self) -> tuple[str, ...]:
        """The names of all single values in the parameters."""
        return tuple(name for parameter in self.parameters for name in parameter.matchable)

    @property
    def method(self) -> str:
        """The only method that is allowed [H02/method]."""
        return self.call.partition(" ")[0]

    @property
    def path(self) -> str:
        """The path; names in braces are parameters."""
        return self.call.partition(" ")[2]


class Endpoint(Call, frozen=True, kw_only=True):
    """A call of the API. One that goes through the gateway has a pool and, unless it is public, a permission.

    - `example`: the values of a valid request by KuCoin's names, of path, query or body. Tests build requests from it.
    - `form`: True if the body can be a form as well as JSON.
    - `notes_unread`: True if the journal names unknown parameters; for a body it always does.
    - `refusals`: the endpoint's own. Those of a body, an access token, the gateway and its pools are added, because the
      command and the permission determine them.
    - `permits` returns the permission that is needed if that depends on the world.
    - `caller` turns the key and the signed request into the function's second argument; without it that is the key.
    - `malformed`: the reason that refuses invalid parameters.
    - `grade`: the evidence for pool and weight. `host`: KuCoin's host.

    A call that needs a permission or an access token is authenticated before the function runs, as
    `run(world, caller, parameters, now)`. The caller of an access token is its consent. `parameters` are the body, the
    query or, if the command has fields of its own, the command. Any other function runs as `run(world, command, now)`.
    """

    example: Mapping[str, str] = {}
    form: bool = False
    notes_unread: bool = False
    permission: Permission | None = None
    permits: Callable[[World, Command], Permission] | None = None
    caller: Callable[[World, ApiKey, SignedRequest], Any] | None = None
    malformed: Reason = Reason.PARAMETER_INVALID
    bearer: bool = False
    """Derived: True if the call needs an access token."""
    pool: Pool | None = None
    weight: int = 0
    grade: Grade = Grade.DOCUMENTED
    host: str = ""

    def __post_init__(self) -> None:
        """Derive the fields that follow from the command, the permission and the path."""
        super().__post_init__()
        holds = self.command.__struct_fields__
        held_in = next((name for name in ("body", "parameters", "ignored") if name in holds), "")
        refusals = set(self.refusals)
        if held_in == "body":
            refusals |= BODY
        if "authorization" in holds:
            refusals |= BEARER
            force_setattr(self, "bearer", True)
        if self.permission is not None:
            refusals |= GATEWAY
            force_setattr(self, "subject", by_key)
        if self.pool is not None:
            refusals.add(Reason.RATE_LIMITED)
            force_setattr(self, "rate_limit", RateLimit(self.pool, self.weight, self.grade))
            force_setattr(self, "reads", self.method == "GET")  # s7.2 has a GET that creates something; it has no pool
        force_setattr(self, "refusals", frozenset(refusals))
        force_setattr(self, "held_in", held_in)
        force_setattr(self, "notes_unread", self.notes_unread or held_in == "body")
        force_setattr(self, "fields", tuple(dict.fromkeys((*map(camel, self.own), *self.matchable))))
        force_setattr(self, "host", self.host or (API if self.path.startswith("/api/") else WWW))
