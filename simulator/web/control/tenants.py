"""What a call gives for a new workspace: its scenario, its client and more users."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache, partial
from typing import Final, NamedTuple

from msgspec.json import Encoder
from msgspec.structs import replace
from starlette.requests import Request

from simulator.core.gateway.requests import FieldProblem, Fields
from simulator.core.lazy_pattern import lazy_pattern
from simulator.core.quoting import shortened
from simulator.scenario import loader
from simulator.scenario.client_names import ANY_TENANT, Tenant
from simulator.scenario.format.reader import suggestion
from simulator.scenario.format.scalars import redirect_uri_problem
from simulator.scenario.loader import Scenario, builtin, load
from simulator.scenario.overrides import OverrideError, Overrides, UserOverride, override, read_user
from simulator.web.control.protocol.bodies import BodyFields
from simulator.web.control.protocol.problems import LONGEST_NAME
from simulator.web.json_schema import TEXT, Schema, listed
from simulator.web.work import aside

LONGEST: Final = 255
"""Characters of a client_id or of a secret that is given."""
TEXT_OF_SCENARIO: Final = lazy_pattern(r"[\n:{]")
"""What the text of a scenario has, and the name of one has not."""
AS_JSON: Final = Encoder(decimal_format="number")
FILE: Final = "scenario"
"""What the text of a scenario is called where a file would be."""
TENANT_FIELDS: Final[dict[str, Schema]] = {
    "scenario?": {
        "type": ["string", "object"],
        "description": "A built-in one, or one as YAML text or as an object; that of the default workspace without",
        "examples": ["demo"],
    },
    "client_id?": {"type": "string", "maxLength": LONGEST, "description": "Of its client; minted without"},
    "client_secret?": {"type": "string", "maxLength": LONGEST},
    "redirect_uris?": listed(TEXT),
    "users?": listed(TEXT, description="Users as `--user` of the command line takes them: `zoe:GAV+EMV:1000`"),
}


class NewTenant(NamedTuple):
    """What is given for a new workspace. `text` is the scenario that the caller wrote, "" if it is `base` as it is."""

    tenant: Tenant
    users: tuple[UserOverride, ...]
    base: Scenario
    text: str

    async def scenario(self, request: Request) -> Scenario:
        """The scenario to play. Raises `ScenarioError` and `FieldProblem`."""
        scenario = self.base
        if self.text:
            scenario = await aside(partial(loader.read, self.text, FILE, tenant=self.tenant), request.receive)
        try:
            return override(scenario, Overrides(users=self.users))
        except OverrideError as error:
            raise FieldProblem("users", str(error), None) from None


def read(home: Scenario, fields: BodyFields) -> NewTenant:
    """What the fields of a body give. `home` is the scenario of the default workspace."""
    base, text = fields.get(partial(_scenario, home), (home, ""))
    users: tuple[UserOverride, ...] = ()
    tenant = replace(fields.get(_tenant, ANY_TENANT), as_written=bool(text))
    return NewTenant(tenant, fields.get(_users, users), base, text)


def _tenant(fields: Fields) -> Tenant:
    """What is given for the client."""
    uris = tuple(_texts(fields, "redirect_uris"))
    for uri in uris:
        if problem := redirect_uri_problem(uri):
            raise FieldProblem("redirect_uris", problem, uri)
    client_id, secret = fields.text("client_id"), fields.text("client_secret")
    for name, text in (("client_id", client_id), ("client_secret", secret)):
        if len(text) > LONGEST or not text.isprintable():
            raise FieldProblem(name, f"must be at most {LONGEST} printable characters", text)
    return Tenant("", client_id, secret, uris)


def _users(fields: Fields) -> tuple[UserOverride, ...]:
    try:
        return tuple(map(read_user, _texts(fields, "users")))
    except OverrideError as error:
        raise FieldProblem("users", str(error), None) from None


def _texts(fields: Fields, name: str) -> Iterator[str]:
    for text in fields.items(name) if fields.raw(name) is not None else ():
        if not isinstance(text, str):
            raise FieldProblem(name, "must be a list of strings", text)
        yield text


def _scenario(home: Scenario, fields: Fields) -> tuple[Scenario, str]:
    """The scenario to play, and its text if the caller wrote it. A caller may not name the path of a file."""
    given = fields.raw("scenario")
    if isinstance(given, dict):
        return home, AS_JSON.encode(given).decode()
    if given is not None and not isinstance(given, str):
        raise FieldProblem("scenario", "must be a string or an object", given)
    if not given:
        return home, ""
    names = [file.stem for file in builtin()]
    if given in names:
        return _builtin(given), ""
    if TEXT_OF_SCENARIO.search(given):
        return home, given
    near = f"{shortened(given, LONGEST_NAME)!r} is none{suggestion(given[:LONGEST_NAME], names)}"
    problem = f"must be a built-in scenario or the text of one; {near}; `kucoin-simulator scenarios` lists them"
    raise FieldProblem("scenario", problem, given)


@lru_cache(maxsize=64)
def _builtin(name: str) -> Scenario:
    """A built-in scenario. It is read once."""
    return load(name)
