"""One call of the control surface as one value: routing, index, checks, OpenAPI and docs/control.md follow from it."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from simulator.scenario.format.reader import suggestion
from simulator.scenario.format.shapes import Record
from simulator.scenario.keys import json_schema
from simulator.web.control.protocol.problems import LONGEST_NAME, MOST_NAMES, ProblemError, wrong_field
from simulator.web.endpoints.decode import JSON
from simulator.web.endpoints.desk import Desk
from simulator.web.endpoints.table import BASE
from simulator.web.json_schema import TEXT, Schema, bare, query

Handler = Callable[[Desk, Request], Awaitable[Response]]
"""Answers a call; named after what it does. The first line of its docstring is the summary of the call."""
SCENARIO_TEXTS: Final = (JSON, "application/yaml", "application/x-yaml", "text/yaml", "text/x-yaml")
"""The media types of a scenario, or of a part of one. No form of another site can pretend one of them."""
JSON_PROBLEMS: Final[tuple[int, ...]] = (400, 413, 415)
SCENARIO_PROBLEMS: Final[tuple[int, ...]] = (*JSON_PROBLEMS, 422)
ALWAYS: Final = (400, 401, 403)
"""Problems of every call: an unknown parameter of the query, and what the guards refuse."""
LONGEST_NUMBER: Final = 18
"""Digits of a number."""
MOST_WORDS: Final = 5
"""Words of a closed list that the index shows."""
_CALL: Final = "simulator.control_call"


class QueryParameter:
    """One parameter of the query. It can only be read during a call that declares it."""

    def __init__(self, name: str, schema: Schema, description: str = "") -> None:
        self.name, self.schema, self.description = name, schema, description

    def texts(self, request: Request) -> list[str]:
        """All values of the parameter, as texts."""
        call: ControlCall | None = request.scope.get(_CALL)
        if call is not None and self not in call.query:
            raise LookupError(f"{call.name} reads the parameter {self.name} and does not declare it")
        return request.query_params.getlist(self.name)

    def text(self, request: Request, default: str = "") -> str:
        """The value, the last one if there are several; `default` if there is none."""
        texts = self.texts(request)
        return texts[-1] if texts else default

    def as_openapi(self) -> Schema:
        """The parameter in the OpenAPI document."""
        return query(self.name, self.schema, self.description)


class NumberParameter(QueryParameter):
    """A whole number between two bounds, with a default."""

    def __init__(self, name: str, least: int, most: int, default: int, description: str) -> None:
        super().__init__(name, {"type": "integer", "minimum": least, "maximum": most}, description)
        self.least, self.most, self.default = least, most, default

    def number(self, request: Request) -> int:
        """The number. Raises `ProblemError` for anything else."""
        text = self.text(request, str(self.default))
        whole = text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER
        if not (whole and self.least <= int(text) <= self.most):
            raise ProblemError(400, f"{self.name} must be a whole number from {self.least} to {self.most}")
        return int(text)


class JsonBody(NamedTuple):
    """The body of a call: a JSON object, or with `texts` a scenario or a part of one, in YAML or JSON.

    `shape` is a schema, a function that makes it on demand, or the record by which a scenario is read.
    """

    shape: Schema | Record | Callable[[], Schema]
    description: str = ""
    required: bool = True
    texts: bool = False

    @property
    def schema(self) -> Schema:
        """The JSON Schema."""
        if isinstance(self.shape, Record):
            return json_schema.of(self.shape)
        return self.shape() if callable(self.shape) else self.shape

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the fields."""
        return tuple(self.schema["properties"])

    def brief(self) -> str:
        """The body in one line: its description, or its fields, with `?` behind those that may be absent."""
        if self.description:
            return self.description
        schema = self.schema
        required = schema.get("required", ())
        fields = (
            f'"{name}"{"" if name in required else "?"}{_hint(part)}' for name, part in schema["properties"].items()
        )
        return f"{{{', '.join(fields)}}}"

    def as_openapi(self) -> dict[str, Any]:
        """The body in the OpenAPI document. A text in YAML is only a text there."""
        types = SCENARIO_TEXTS if self.texts else (JSON,)
        content = {media_type: {"schema": self.schema if media_type == JSON else TEXT} for media_type in types}
        return {"description": self.brief(), "required": self.required, "content": content}


def part_of_scenario(shape: Record | Callable[[], Schema], description: str = "", *, required: bool = True) -> JsonBody:
    """The body of a call that takes a scenario or a part of one."""
    return JsonBody(shape, description, required, texts=True)


def _hint(schema: Schema) -> str:
    words = schema.get("enum", ())
    if 0 < len(words) <= MOST_WORDS:
        *others, last = (f'"{word}"' for word in words)
        return f": {', '.join(others)} or {last}" if others else f": {last}"
    return "".join(f": {json.dumps(example)}" for example in schema.get("examples", ())[:1])


class ControlCall(NamedTuple):
    """One call: `GET /clock`, the function that obeys it, and what it takes and gives.

    `reply` is a schema, or a function that makes it; None = the answer has no body. `problems` are statuses of problems
    besides those that follow from query and body. `also` are other statuses of success with the same reply.
    `members` are members of a problem besides those of RFC 9457, by status.
    """

    target: str
    handler: Handler
    reply: Schema | Callable[[], Schema] | None
    status: int = 200
    problems: tuple[int, ...] = ()
    query: tuple[QueryParameter, ...] = ()
    body: JsonBody | None = None
    also: tuple[int, ...] = ()
    media_type: str = JSON
    members: Mapping[int, Mapping[str, Schema]] = {}

    @property
    def method(self) -> str:
        """The HTTP method."""
        return self.target.partition(" ")[0]

    @property
    def path(self) -> str:
        """The path below `/_sim/v1`, as Starlette takes it."""
        return self.target.partition(" ")[2]

    @property
    def name(self) -> str:
        """Method and path as OpenAPI writes it, without convertors."""
        return bare(self.target)

    @property
    def summary(self) -> str:
        """What the call does, in a line."""
        return (self.handler.__doc__ or "").partition("\n")[0]

    @property
    def reply_schema(self) -> Schema | None:
        """The schema of the reply."""
        return self.reply() if callable(self.reply) else self.reply

    @property
    def statuses(self) -> tuple[int, ...]:
        """The statuses of all problems that it can have, in order."""
        if self.body:
            of_body = SCENARIO_PROBLEMS if self.body.texts else JSON_PROBLEMS
        else:
            of_body = () if self.method == "GET" else (413,)
        return tuple(sorted({*ALWAYS, *self.problems, *of_body}))

    def check_query(self, request: Request) -> None:
        """Refuse parameters of the query that nothing reads; the call is known to the request from now on."""
        request.scope[_CALL] = self
        known = [parameter.name for parameter in self.query]
        if unknown := [name[:LONGEST_NAME] for name in request.query_params if name not in known][:MOST_NAMES]:
            details = [f"unknown{suggestion(name, known)}; known are {', '.join(known) or 'none'}" for name in unknown]
            errors = [wrong_field(*error) for error in zip(unknown, details, strict=True)]
            raise ProblemError(400, f"unknown parameter {unknown[0]}{details[0].removeprefix('unknown')}", errors)

    def as_data(self) -> dict[str, Any]:
        """The call as the index shows it; `query` and `body` are absent if it has none."""
        query = [parameter.name for parameter in self.query]
        return {
            "call": f"{self.method} {BASE}{self.path}",
            "does": self.summary,
            **({"query": query} if query else {}),
            **({"body": self.body.brief()} if self.body else {}),
        }


LIMIT: Final = NumberParameter("limit", 1, 10_000, 100, "How many at most; 100 without")
