"""SDKs as brokers use them, of which nothing is changed but where they send to: one adapter each, all with one face.

Another SDK is another class here and a name in `SDKS`. What an SDK cannot do, its class has not; `WITHOUT` says why.
An adapter reads values out of the SDK's own objects: some SDKs hide what they cannot read, and hand back nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from support.desk import Key
from support.sdks.by_ccxt import Ccxt
from support.sdks.official import Official
from support.sdks.python_kucoin import PythonKucoin
from support.sdks.values import Money

__all__ = ["SDKS", "WITHOUT", "Money"]

SDKS: Final[tuple[Callable[[str, Key], Any], ...]] = (Official, Ccxt, PythonKucoin)
WITHOUT: Final = {
    "Official": {},
    "Ccxt": {
        "client_ip": "it has no such call",
        "rate": "it does not read the headers",
        "withdrawal": "it fetches pages only",
        "cancel_part": "it has no such call",
    },
    "PythonKucoin": {
        "client_ip": "it has no such call",
        "rate": "it does not read the headers",
        "permissions": "it has no such call",
        "uid": "it has no such call",
        "level": "it has no such call",
        "transfer": "it posts to version 1 of the path",
        "withdrawal": "it has no such call",
        "cancel_order_by_oid": "it forgets the slash before the clientOid",
        "ledger": "it puts the query where the version of the path belongs",
    },
}
"""What an adapter has not, and why."""
