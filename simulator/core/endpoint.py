"""What is declared of each thing that the exchange can do, in one value beside the function that obeys it.

Everything else follows from that value: how a call is routed and decoded, what the gateway asks of it, its name in the
journal, what a scenario's fault can name, docs/endpoints.md and the OpenAPI document. `core/endpoints.py` joins them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from typing import Any, Final

from msgspec.structs import force_setattr

from simulator.core.gateway.parameters import Parameter, names_of
from simulator.core.gateway.permissions import Permission
from simulator.core.gateway.rate_limits import Pool, RateLimit
from simulator.core.refusals import Grade, Reason
from simulator.core.value import Command, Reply, Value
from simulator.core.world import ApiKey, World

WWW, API, FUTURES = "www.kucoin.com", "api.kucoin.com", "api-futures.kucoin.com"
HOSTS: Final = (WWW, API, FUTURES)
"""KuCoin's hosts (H27): a client or a browser may believe that it talks to one of them."""
REST: Final = "REST API"
"""KuCoin's reference of the REST API around the page."""
PRO: Final = "Broker Pro"

BODY: Final = {
    Reason.UNSUPPORTED_MEDIA_TYPE,
    Reason.BODY_TOO_LARGE,
    Reason.BODY_NOT_UTF8,
    Reason.BODY_NOT_JSON,
    Reason.BODY_NOT_AN_OBJECT,
}
"""What refuses a body that cannot be read."""
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
"""What refuses a signed call before it is looked into."""
BEARER: Final = {
    Reason.IP_NOT_ALLOWED,
    Reason.AUTHORIZATION_MISSING,
    Reason.ACCESS_TOKEN_UNKNOWN,
    Reason.ACCESS_TOKEN_SUPERSEDED,
    Reason.ACCESS_TOKEN_EXPIRED,
}
"""What refuses a call with an access token."""


def camel(name: str) -> str:
    """A name of ours as KuCoin writes it."""
    first, *rest = name.split("_")
    return first + "".join(part.title() for part in rest)


NO_PARAMETERS: Final = (*("signed", "authorization", "body", "asked", "query", "ip", "ignored", "grant", "media_type"),)
"""Fields of a command that are no single parameters: they hold several, or say who calls."""


class Subject(Value, frozen=True):
    """Whom a call is about, as far as its credentials tell before it is judged; "" = nobody known."""

    user: str = ""
    client: str = ""


NOBODY: Final = Subject()


def nobody(world: World, command: Command) -> Subject:
    """A call that names nobody."""
    return NOBODY


def by_key(world: World, command: Command) -> Subject:
    """The user and the client of the key that is named."""
    key = world.api_keys.get(command.signed.key or "")
    return Subject(key.user, key.client_id) if key else NOBODY


class Operation(Value, frozen=True):
    """One thing that the exchange can do: the function that obeys, and the command that asks for it.

    The operation's name is the function's: the word in the journal and in a scenario's faults. `section` is the page's,
    a hole or another source. This kind itself is for what no client calls.
    """

    run: Callable[..., tuple[World, Reply]]
    command: type[Value]
    section: str
    subject: Callable[[World, Command], Subject] = nobody
    name: str = ""
    """Derived, as the next three are."""
    rate_limit: RateLimit | None = None
    """What the gateway counts; None = the call does not pass it."""
    reads: bool = False
    """Whether it makes nothing new, whatever comes of it."""
    held_in: str = ""
    """The field of the command that holds the parameters: `body`, `asked`, or "" = they are its own fields.

    `ignored` = the size of a body that holds none.
    """

    def __post_init__(self) -> None:
        """The name is that of the function."""
        force_setattr(self, "name", self.run.__name__)


class Call(Operation, frozen=True, kw_only=True):
    """What a client asks for at `call`, such as `GET /oauth`. This kind itself is for the pages.

    `parameters` are what can stand in the query or in the body; what can stand in the form of a page are fields of the
    command. `refusals` are all the reasons that can refuse it.
    """

    call: str
    parameters: tuple[Parameter, ...] = ()
    refusals: AbstractSet[Reason] = frozenset()
    names: tuple[str, ...] = ()
    """Derived: the names of the parameters."""
    fields: tuple[str, ...] = ()
    """Derived: what a fault can match, by KuCoin's names. A field in a field is written with a dot."""

    def __post_init__(self) -> None:
        """Derive the names; those of a form are ours."""
        super().__post_init__()
        force_setattr(self, "names", names_of(self.parameters))
        force_setattr(self, "fields", tuple(dict.fromkeys((*self.matchable, *self.own))))

    @property
    def own(self) -> tuple[str, ...]:
        """The fields of the command that are parameters."""
        return tuple(name for name in self.command.__struct_fields__ if name not in NO_PARAMETERS)

    @property
    def matchable(self) -> tuple[str, ...]:
        """The single values in the parameters."""
        return tuple(name for parameter in self.parameters for name in parameter.matchable)

    @property
    def method(self) -> str:
        """The method, and no other [H02/method]."""
        return self.call.partition(" ")[0]

    @property
    def path(self) -> str:
        """The path; what stands in braces is a parameter."""
        return self.call.partition(" ")[2]


class Endpoint(Call, frozen=True, kw_only=True):
    """A call of the exchange. What passes the gateway has a pool and, unless it is public, a permission.

    - `example`: a good request's values by KuCoin's names, of path, query or body. Tests make requests of it.
    - `form`: whether the body can be a form, too.
    - `notes_unread`: whether the journal names what else stands there; of a body it always does.
    - `refusals`: the endpoint's own. Those of a body, an access token, the gateway and its pools are added, since the
      command and the permission tell which of them there are.
    - `permits` says which permission counts where that depends on the world.
    - `caller` makes the function's second argument of the key; without it that is the key.
    - `malformed` refuses parameters that are not as they should be.
    - `grade` tells how well pool and weight are known. `host` is KuCoin's.

    A call that needs a permission or an access token is authenticated before the function runs, as
    `run(world, caller, asked, now)`. The caller of an access token is its consent. `asked` is the body, the query or,
    if the command has fields of its own, the command. Any other function gets `run(world, command, now)`.
    """

    example: Mapping[str, str] = {}
    form: bool = False
    notes_unread: bool = False
    permission: Permission | None = None
    permits: Callable[[World, Command], Permission] | None = None
    caller: Callable[[World, ApiKey], Any] | None = None
    malformed: Reason = Reason.PARAMETER_INVALID
    bearer: bool = False
    """Derived: whether it needs an access token."""
    pool: Pool | None = None
    weight: int = 0
    grade: Grade = Grade.DOCUMENTED
    host: str = ""

    def __post_init__(self) -> None:
        """Derive what the command, the permission and the path tell."""
        super().__post_init__()
        holds = self.command.__struct_fields__
        held_in = next((name for name in ("body", "asked", "ignored") if name in holds), "")
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
            force_setattr(self, "reads", self.method == "GET")  # s7.2 has a GET that makes something; it has no pool
        force_setattr(self, "refusals", frozenset(refusals))
        force_setattr(self, "held_in", held_in)
        force_setattr(self, "notes_unread", self.notes_unread or held_in == "body")
        force_setattr(self, "fields", tuple(dict.fromkeys((*map(camel, self.own), *self.matchable))))
        force_setattr(self, "host", self.host or (API if self.path.startswith("/api/") else WWW))
