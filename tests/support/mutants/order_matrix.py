"""The rows of the matrix that belong to orders."""

from __future__ import annotations

from typing import Final

ENDED: Final = (
    "orders/cancel-meets-fill",
    "orders/cancel-of-ended",
    "orders/canceled-by-exchange",
    "orders/expired",
    "orders/rejected",
)
FILLED: Final = ("orders/expired-in-part", "orders/fill-seen-first", "orders/partly-filled")
LOST: Final = ("orders/answer-lost", "orders/not-made")
REFUSED: Final = (
    "orders/above-maximum",
    "orders/balance-short",
    "orders/below-minimum",
    "orders/increment",
    "orders/malformed-number",
    "orders/money-in-main",
    "orders/price-too-far",
    "orders/symbol-closed",
    "orders/symbol-unknown",
    "orders/too-late",
    "orders/too-many",
    "orders/user-frozen",
    "orders/without-permission",
)
BREAKS: Final[dict[str, tuple[str, ...]]] = {
    "orders-again": LOST,
    "orders-again-after-a-new-login": LOST,
    "orders-again-after-its-usual-looks": ("orders/answer-lost",),
    "has-no-client-oids": LOST,
    "orders-again-when-the-client-oid-is-used": ("orders/client-oid-used",),
    "orders-again-when-the-client-oid-is-used-after-its-usual-looks": ("orders/client-oid-used",),
    "sends-batches-again": ("orders/batch-answer-lost",),
    "sends-whole-batches-again": ("orders/batch-in-part",),
    "cancels-orders-again-and-again": ("orders/cancel-answer-lost", "orders/cancel-of-ended"),
    "knocks-at-ended-orders": ENDED,
    "knocks-at-ended-orders-by-client-oid": ENDED,
    "orders-anew-before-looking": ("orders/cancel-meets-fill",),
    "orders-anew-after-its-usual-looks": ("orders/cancel-meets-fill",),
    "asks-for-ever": ("orders/unknown-id",),
    "takes-hidden-for-not-placed": ("orders/unknown-at-first",),
    "takes-unlisted-for-not-placed": ("orders/unknown-at-first",),
    "takes-late-for-not-filled": ("orders/fill-seen-first",),
    "orders-again-without-a-look": FILLED,
    "orders-again-without-a-look-at-the-older-family": FILLED,
    "orders-again-after-its-usual-looks-when-it-takes-long": ("orders/expired-in-part", "orders/partly-filled"),
    "sells-what-was-never-bought": ("orders/canceled-by-exchange",),
    "books-the-price-of-the-order": ("orders/better-price",),
    "repeats-fok": ("orders/fok-killed",),
    "repeats-ioc": ("orders/ioc-killed",),
    "repeats-post-only": ("orders/post-only-killed",),
    "meets-its-own-order": ("orders/self-trade",),
    "forgets-what-the-switch-has-canceled": ("orders/dead-man-switch",),
    "keeps-the-old-order-id": ("orders/altered",),
    "knocks-at-triggered-stops": ("orders/stop-triggered", "orders/stop-without-money"),
    "repeats-orders": REFUSED,
    "looks-and-repeats-orders": REFUSED,
    "knows-no-increments": ("orders/increment",),
    "knows-no-minimum": ("orders/below-minimum",),
    "knows-no-maximum": ("orders/above-maximum",),
    "does-not-check-numbers": ("orders/malformed-number",),
    "knows-no-price-limit": ("orders/price-too-far",),
    "moves-no-money-for-orders": ("orders/balance-short", "orders/money-in-main"),
    "orders-without-permission": ("orders/without-permission",),
    "knows-no-symbols": ("orders/symbol-unknown",),
    "reads-no-enable-trading": ("orders/symbol-closed",),
    "cancels-nothing": ("orders/too-many",),
    "orders-for-frozen-users": ("orders/user-frozen",),
    "keeps-its-timestamp": ("orders/too-late",),
}
"""By the name of the mutant, the ids of the rows that turn red."""
