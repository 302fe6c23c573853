"""The files behind the download links of answers. A link needs no credentials; errors are XML, as S3 writes them.

A download is not a call of the exchange, because the links in KuCoin's answers lead to servers of another company. So
the guards of the pages do not apply to it, and the journal does not record it.
"""

from __future__ import annotations

import csv
from io import StringIO
from typing import Final

from simulator.core.broker_pro.rebates import LinkError, opened
from simulator.core.broker_pro.reports import BrokerTransaction
from simulator.core.money import plain
from simulator.instants import iso
from simulator.messages import Answer, Request
from simulator.web.endpoints.decode import parameters
from simulator.web.endpoints.desk import Desk

CSV, XML = b"text/csv", b"application/xml"
COLUMNS: Final = ("tradeTime", "uid", "tradeType", "tag", "volume", "fee", "commission", "currency")
"""The columns of the file. KuCoin does not publish their names [H65/file-columns]."""
MISMATCH: Final = (
    "The request signature we calculated does not match the signature you provided. Check your key and signing method."
)
REFUSED: Final = {
    "forged": (403, "SignatureDoesNotMatch", MISMATCH),
    "expired": (403, "AccessDenied", "Request has expired"),
    "gone": (404, "NoSuchKey", "The specified key does not exist."),
    "method": (405, "MethodNotAllowed", "The specified method is not allowed against this resource."),
}
"""The status, code and message of errors, as S3 has them [H65/file-errors]."""


def rebate_file(desk: Desk, request: Request) -> Answer:
    """The answer with the trades as CSV (RFC 4180), or with the reason why there is no such file."""
    exchange = desk.exchange
    now = exchange.clock.now()
    if request.method != "GET":
        return _refused("method").having((b"allow", b"GET"))
    try:
        rows = opened(exchange.world, request.path, request.query, parameters(request), now)
    except LinkError as error:
        if error.why != "expired":
            return _refused(error.why)
        return _refused(error.why, f"<Expires>{iso(error.at)}</Expires><ServerTime>{iso(now.business)}</ServerTime>")
    return Answer(200, _csv(rows), CSV)


def _csv(rows: list[BrokerTransaction]) -> bytes:
    text = StringIO()
    sheet = csv.writer(text)
    sheet.writerow(COLUMNS)
    for row in rows:
        trade = row.trade
        amounts = (plain(trade.volume), plain(trade.fee), plain(row.commission))
        sheet.writerow((iso(trade.at), row.user.uid, trade.type.value, row.tag, *amounts, trade.currency))
    return text.getvalue().encode()


def _refused(why: str, more: str = "") -> Answer:
    status, code, message = REFUSED[why]
    error = f"<Error><Code>{code}</Code><Message>{message}</Message>{more}</Error>"
    return Answer(status, f'<?xml version="1.0" encoding="UTF-8"?>\n{error}'.encode(), XML)
