"""The file of a broker's trades: a call returns a link to the file, and anybody with the link can download it.

It works as a presigned URL of S3 does: the link contains what is in the file and when it expires, and is not stored.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from hmac import compare_digest
from hmac import digest as keyed
from typing import Annotated, Final
from urllib.parse import urlencode

from msgspec import Meta

from simulator.core import spec
from simulator.core.broker_pro import reports
from simulator.core.broker_pro.commission import TYPES, broker_of
from simulator.core.broker_pro.reports import AHEAD, BrokerTransaction
from simulator.core.data import Data
from simulator.core.endpoint import PRO, Endpoint
from simulator.core.gateway.paging import Query, Span
from simulator.core.gateway.parameters import Text, Word
from simulator.core.gateway.permissions import GENERAL
from simulator.core.gateway.rate_limits import Pool
from simulator.core.gateway.requests import FieldProblem, Fields
from simulator.core.gateway.signature import SignedRequest
from simulator.core.mint import digest, workspace_mark
from simulator.core.refusals import Grade, Reason, Refusal
from simulator.core.value import Reply, Value
from simulator.core.world import Client, Now, World
from simulator.core.world.brokers import RebateFile, TradeType

LONGEST_MONTHS: Final = 6
"""The most months in a file [rest/broker-rebate]."""
LINK_LIFETIME: Final = 1 * spec.DAY
"""KuCoin's reference: the link is valid for 1 day [rest/broker-link]."""
FOLDER: Final = "/broker/"
ENDING: Final = "_file.csv"
OLD_TYPES: Final = {"1": TradeType.SPOT, "2": TradeType.FUTURE}
BEGIN: Final = Text("begin", "YYYYMMDD", required=True, pattern="^[0-9]{8}$")
END: Final = Text("end", f"{LONGEST_MONTHS} months later at most", required=True, pattern="^[0-9]{8}$")
OLD_TYPE: Final = Word("tradeType", required=True, words=(*OLD_TYPES,))
TYPE: Final = Word("tradeType", required=True, words=(*TYPES,))
EPOCH: Final = date(1970, 1, 1)


class GetRebate(Value, frozen=True):
    """`GET /api/v1/broker/api/rebase/download`, where `tradeType` is a number."""

    signed: SignedRequest
    parameters: Query


class GetRebateV2(Value, frozen=True):
    """`GET /api/v2/broker/api/rebate/download`, where it is a word."""

    signed: SignedRequest
    parameters: Query


class RebateData(Data, frozen=True):
    """The link to the file: the `data` of the response."""

    url: Annotated[str, Meta(description="Valid for a day", extra_json_schema={"format": "uri"})]


class RebateLinked(Reply, frozen=True):
    """The link to the file."""

    url: str

    def data(self) -> RebateData:
        """The link under KuCoin's name."""
        return RebateData(self.url)


class LinkError(Exception):
    """The link is not valid: `forged`, `expired` or `gone`. `at` = when it expired, ms of the business clock."""

    def __init__(self, why: str, at: int = 0) -> None:
        super().__init__(why)
        self.why, self.at = why, at


def get_rebate(world: World, client: Client, query: Query, now: Now) -> tuple[World, RebateLinked]:
    """Return a link to the file: the older version of the call."""
    return _linked(world, client, _read_file(Fields(query), OLD_TYPE, OLD_TYPES), now)


def get_rebate_v2(world: World, client: Client, query: Query, now: Now) -> tuple[World, RebateLinked]:
    """Return a link to the file: the newer version of the call."""
    return _linked(world, client, _read_file(Fields(query), TYPE, TYPES), now)


def _linked(world: World, client: Client, file: RebateFile, now: Now) -> tuple[World, RebateLinked]:
    if world.choices.rebate_delay:
        world = _prepared(world, client, file, now)
    return world, RebateLinked(url=_url(world, client, file, now))


def _read_file(read: Fields, type: Word, types: dict[str, TradeType]) -> RebateFile:
    """The file that the three parameters describe. It covers six months at most."""
    begin, end, word = _day(read, BEGIN), _day(read, END), type.read(read)
    if end < begin:
        raise FieldProblem("end", "must not be before begin", read.text("end"))
    if end > months_later(begin, LONGEST_MONTHS):
        raise FieldProblem("end", f"must be at most {LONGEST_MONTHS} months after begin", read.text("end"))
    return RebateFile(read.text("begin"), read.text("end"), types[word])


def _day(read: Fields, parameter: Text) -> date:
    text = parameter.read(read)
    try:
        return day(text)
    except ValueError:
        raise FieldProblem(parameter.name, "must be a day such as 20240610", text) from None


def day(text: str) -> date:
    """The date of a text such as `20240610`. Raises `ValueError` for any other text."""
    if not (text.isascii() and text.isdigit() and len(text) == 8):
        raise ValueError(text)
    return date(int(text[:4]), int(text[4:6]), int(text[6:]))


def months_later(start: date, months: int) -> date:
    """The same day of a later month, or that month's last day if it is shorter; at most the last day of year 9999."""
    years, month = divmod(start.month - 1 + months, 12)
    year = start.year + years
    if year > date.max.year:
        return date.max
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))


def _prepared(world: World, client: Client, file: RebateFile, now: Now) -> World:
    """The world if the file is ready; otherwise the request is refused. The first request starts the preparation."""
    book = world.broker_book(client.client_id)
    key = (file.begin, file.end, file.type)
    earlier = next((stored for stored in book.files if (stored.begin, stored.end, stored.type) == key), None)
    if earlier is None:
        world = world.put(book.having(RebateFile(file.begin, file.end, file.type, now.business)))
    ready = (earlier.begun_at if earlier else now.business) + world.choices.rebate_delay
    if now.business < ready:
        raise Refusal(
            Reason.REBATE_FILE_NOT_READY,
            keep=world,
            expected=f"a request at {ready} or later",
            received=f"{now.business}",
        )
    return world


def _url(world: World, client: Client, file: RebateFile, now: Now) -> str:
    """The link: a path like KuCoin's, with the file's content, the expiry, and a signature of both [H65/link]."""
    query = urlencode(
        {
            "broker": client.client_id,
            "begin": file.begin,
            "end": file.end,
            "tradeType": file.type.value,
            "Expires": now.business + LINK_LIFETIME,
        }
    )
    seconds = now.business // 1000 & 0xFFFFFFFF
    name = f"{seconds:08x}{workspace_mark(world.workspace)}{digest(query).hex()[:6]}"
    path = f"{FOLDER}{name}{ENDING}"
    return f"{world.origin}{world.prefix}{path}?{query}&Signature={_signature(world, path, query)}"


def _signature(world: World, path: str, query: str) -> str:
    key = digest(world.seed, world.workspace, "file key")
    return keyed(key, f"{path}?{query}".encode(), "sha256").hex()


def leads_to_file(path: str) -> bool:
    """True if a path has the form of a rebate file's path."""
    return path.startswith(FOLDER) and path.endswith(ENDING) and "/" not in path[len(FOLDER) :]


def opened(world: World, path: str, query: str, values: Query, now: Now) -> list[BrokerTransaction]:
    """The trades in the file of a link, oldest first. `query` is the raw query, `values` are its parameters.

    Raises `LinkError` if the link is not valid.
    """
    signed, _, signature = query.rpartition("&Signature=")
    if not compare_digest(_signature(world, path, signed).encode(), signature.encode()):
        raise LinkError("forged")
    read = Fields(values)
    expires = int(read.text("Expires"))
    if now.business >= expires:
        raise LinkError("expired", expires)
    client = world.clients.get(read.text("broker"))
    if client is None:
        raise LinkError("gone")
    first, last = _start(day(read.text("begin"))), _start(day(read.text("end"))) + spec.DAY - 1
    types = frozenset({TradeType(read.text("tradeType"))})
    trades = reports.trades_of(world, client, now.business, types, Span(first, last))
    return reports.transactions(world, client, trades.rows)


def _start(start: date) -> int:
    """The instant at which a day begins, ms."""
    return (start - EPOCH).days * spec.DAY - AHEAD


ENDPOINTS: Final = (
    Endpoint(
        get_rebate,
        GetRebate,
        PRO,
        call="GET /api/v1/broker/api/rebase/download",
        parameters=(BEGIN, END, OLD_TYPE),
        permission=GENERAL,
        pool=Pool.MANAGEMENT,
        weight=3,
        caller=broker_of,
        notes_unread=True,
        refusals={Reason.BROKER_UNKNOWN, Reason.PARAMETER_INVALID, Reason.REBATE_FILE_NOT_READY},
    ),
    Endpoint(
        get_rebate_v2,
        GetRebateV2,
        PRO,
        call="GET /api/v2/broker/api/rebate/download",
        parameters=(BEGIN, END, TYPE),
        permission=GENERAL,
        pool=Pool.MANAGEMENT,
        weight=3,
        caller=broker_of,
        notes_unread=True,
        grade=Grade.ASSUMED,
        refusals={Reason.BROKER_UNKNOWN, Reason.PARAMETER_INVALID, Reason.REBATE_FILE_NOT_READY},
    ),
)
