"""Paths that KuCoin has and this simulator does not serve. They get the usual 404, and a note in the journal."""

from __future__ import annotations

from collections.abc import Container
from typing import Final

from simulator.core.lazy_pattern import lazy_pattern

VERSION: Final = lazy_pattern(r"^/api/v\d/")
KNOWN_ELSEWHERE: Final = lazy_pattern(
    r"/api/v\d/(?:"
    r"currencies|symbols|sub/user|sub/api-key|sub-accounts"
    r"|accounts/.+|hf/.+|margin/.+|isolated/.+"
    r"|deposit-addresses|deposit-addresses/.+|hist-deposits"
    r"|withdrawals|withdrawals/.+|hist-withdrawals|transfer-out|trade-fees|base-fee"
    r"|orders|orders/.+|stop-order|stop-order/.+|oco/.+|fills|limit/.+|market/.+|prices|markets|mark-price/.+"
    r"|earn/.+|contracts/.+|positions|position|ticker|kline/.+|level2/.+"
    r"|broker/.+|purchase|redeem|lend/.+|project/.+"
    r")|/api/ua/v\d/.+"
)
"""Families of paths in KuCoin's public documentation, besides those that the simulator serves.

`currencies` and `symbols` are among them because KuCoin has older versions of both.
"""


def note(path: str, served: Container[str]) -> tuple[str, ...]:
    """A note for the journal if KuCoin has the path, with the versions of it that are served; () otherwise."""
    if not KNOWN_ELSEWHERE.fullmatch(path):
        return ()
    versions = [other for number in range(1, 5) if (other := VERSION.sub(f"/api/v{number}/", path)) in served]
    instead = f", but {' and '.join(versions)}" if versions else ""
    return (f"KuCoin has a path like this one; this simulator does not serve it{instead}",)
