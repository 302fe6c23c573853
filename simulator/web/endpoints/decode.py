"""Bytes -> command. A body that cannot be read becomes a `Body` with its problem: the caller is judged before it."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any, Final, NoReturn
from urllib.parse import unquote

from msgspec import MsgspecError
from msgspec.json import Decoder

from simulator.core.endpoint import Endpoint, camel
from simulator.core.gateway.parameters import Absent
from simulator.core.gateway.requests import Body, pairs
from simulator.core.gateway.signature import SIGNED_HEADERS, SignedRequest
from simulator.core.nesting import DEEPEST, too_deep
from simulator.core.quoting import shortened
from simulator.core.refusals import Reason
from simulator.core.value import Command
from simulator.messages import Request
from simulator.web.guards import hostname

JSON: Final = "application/json"
FORM: Final = "application/x-www-form-urlencoded"
MOST_FIELDS: Final = 100
"""The most fields that a form may have."""


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _exact(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        raise ValueError("an exponent beyond all numbers") from None


_OBJECT: Final = Decoder(dict[str, Any], float_hook=_exact)
"""Decodes valid JSON, to the same values as `_DECODER` and in a fifth of the time."""
_DECODER: Final = json.JSONDecoder(parse_float=_exact, parse_constant=_no_constant)
"""Decodes again what `_OBJECT` refuses, because its messages say what is wrong."""


def media_type(request: Request) -> str:
    """The content type without its parameters, lower case; "" when absent."""
    return (request.header(b"content-type") or "").partition(";")[0].strip().lower()


def json_body(request: Request) -> Body:
    """A JSON object; numbers with a point are exact decimals."""
    content_type = media_type(request)
    if content_type != JSON:
        return Body(None, Reason.UNSUPPORTED_MEDIA_TYPE, detail=shortened(content_type) or "absent")
    return json_object(request.body)


def json_object(body: bytes) -> Body:
    """The `Body` of a JSON object in UTF-8, or the reason why it is none.

    A number or a text that could not be written as JSON again is refused.
    """
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        return Body(None, Reason.BODY_NOT_UTF8, detail=f"byte {error.start} is not UTF-8")
    if too_deep(text):
        return Body(None, Reason.BODY_NOT_JSON, detail=f"nested more than {DEEPEST} deep")
    try:
        return Body(_OBJECT.decode(text))
    except (MsgspecError, ValueError, RecursionError):
        return _explained(text)


def _explained(text: str) -> Body:
    """The `Body` of a text that `_OBJECT` refuses: the problem in the words of `json`, or the value after all."""
    try:
        value: Any = _DECODER.decode(text)
        if "\\u" in text:
            json.dumps(value, ensure_ascii=False, default=str).encode()  # half a surrogate pair cannot be encoded
    except UnicodeEncodeError:
        return Body(None, Reason.BODY_NOT_UTF8, detail="half of a surrogate pair")
    except (ValueError, RecursionError) as error:
        return Body(None, Reason.BODY_NOT_JSON, detail=str(error)[:200])
    if not isinstance(value, dict):
        return Body(None, Reason.BODY_NOT_AN_OBJECT, detail=type(value).__name__)
    return Body(value)


def form_or_json_body(request: Request) -> Body:
    """The parameters of s7.3, as a form or as JSON, because the page does not say which (H03)."""
    if media_type(request) != FORM:
        return json_body(request)
    try:
        text = request.body.decode()
        if text.count("&") >= MOST_FIELDS:
            return Body(None, Reason.BODY_NOT_JSON, encoding="form", detail="Max number of fields exceeded")
        parameters = pairs(text, errors="strict")
    except UnicodeDecodeError as error:
        return Body(None, Reason.BODY_NOT_UTF8, encoding="form", detail=f"byte {error.start} is not UTF-8")
    fields = dict(parameters)
    if len(fields) != len(parameters):
        repeated = next(name for place, (name, _) in enumerate(parameters) if name in dict(parameters[:place]))
        return Body(None, Reason.PARAMETER_REPEATED, encoding="form", detail=repeated)
    return Body(fields, encoding="form")


def signed(request: Request) -> SignedRequest:
    """The KC-API headers of a request, and the parts of it that they sign."""
    value_of = request.headers.get
    key, sign, timestamp, passphrase, version, partner, partner_sign, partner_verify = [
        None if (value := value_of(name)) is None else value.decode("latin-1") for name in SIGNED_HEADERS
    ]
    return SignedRequest(
        request.method,
        request.path,
        request.query,
        request.body,
        key,
        sign,
        timestamp,
        passphrase,
        version,
        request.ip,
        partner,
        partner_sign,
        partner_verify,
        request.prefix,
    )


def parameters(request: Request) -> dict[str, str]:
    """The parameters of the query, decoded. If a name is repeated, the last value counts."""
    return dict(pairs(request.query)) if request.query else {}


def last_part(request: Request) -> str:
    """The last segment of the path, decoded."""
    return unquote(request.path.rpartition("/")[2], errors="replace")


def ignored(request: Request) -> int:
    """The size of a body that nothing reads, in bytes; 0 for an empty JSON object (s4.1)."""
    return 0 if request.body.strip() in (b"", b"{}", b"null") else len(request.body)


def type_of_ignored(request: Request) -> str | None:
    """The media type of a body that nothing reads, "" if it is not given; None if there is neither type nor body."""
    return media_type(request) or ("" if request.body else None)


def origin(request: Request) -> str:
    """How the caller addressed us, such as `https://api.kucoin.com`; "" = its Host names nobody, or it used a proxy.

    Many websocket libraries know nothing of a proxy, and would go past it to the real host.
    """
    host = "" if request.proxied else request.header(b"host") or ""
    try:
        return f"{request.scheme}://{host}" if hostname(host) else ""
    except ValueError:
        return ""


FieldReader = Callable[[Request], Any]
"""Reads one field of a command from a request."""
FIELD_READERS: Final[dict[str, FieldReader]] = {
    "signed": signed,
    "parameters": parameters,
    "body": json_body,
    "authorization": lambda request: request.header(b"authorization"),
    "query": lambda request: request.query,
    "ignored": ignored,
    "media_type": type_of_ignored,
    "ip": lambda request: request.ip,
    "origin": origin,
}
"""By the name of the field. Other fields are the last segment of the path, or parameters of the query ("" = absent)."""


def decoder(endpoints: tuple[Endpoint, ...]) -> Callable[[Request], Command]:
    """The function that makes a command from a request; the names of the command's fields say what it reads.

    Of two endpoints at one path, the second one is meant if the body has the parameter that is `Absent` from the first
    (s8.2).
    """
    endpoint, *others = endpoints
    if others:
        return _by_body(endpoint, *others)
    command = endpoint.command
    names = command.__struct_fields__
    by_name = {**FIELD_READERS, "body": form_or_json_body} if endpoint.form else FIELD_READERS
    readers = [by_name.get(name) or _part_of_path(name, endpoint.path) for name in names]
    keys = [camel(name) for name in names]
    if None in readers:
        return lambda request: _with_query(command, request, readers, keys)
    known = [reader for reader in readers if reader]
    if len(known) == 2:  # most commands have two fields; without a list this is faster
        first, second = known
        return lambda request: command(first(request), second(request))
    return lambda request: command(*[reader(request) for reader in known])


def _part_of_path(name: str, path: str) -> FieldReader | None:
    parameter = f"{{{camel(name)}}}"
    if path.endswith(parameter):
        return last_part
    parts = path.split("/")
    if parameter not in parts:
        return None
    place = parts.index(parameter)
    return lambda request: unquote(request.path.split("/")[place], errors="replace")


def _with_query(command: type, request: Request, readers: list[FieldReader | None], keys: list[str]) -> Command:
    if not request.query:
        return command(*[reader(request) if reader else "" for reader in readers])
    query = parameters(request)
    fields = zip(readers, keys, strict=True)
    return command(*[reader(request) if reader else query.get(key, "") for reader, key in fields])


def _by_body(first: Endpoint, second: Endpoint) -> Callable[[Request], Command]:
    [name] = [parameter.name for parameter in first.parameters if isinstance(parameter, Absent)]

    def decode(request: Request) -> Command:
        body = json_body(request)
        present = body.fields and body.fields.get(name) is not None
        return (second if present else first).command(signed(request), body)

    return decode
