"""The assumed rules that no probe settles, each with the reason."""

from __future__ import annotations

from typing import Final

OURS: Final = "it is about the simulator itself, and the service has nothing like it"
PAYS: Final = "if the rule is wrong, the call that would settle it pays somebody"
MONEY: Final = "a transfer, a deposit or a withdrawal would have to be made"
PERSON: Final = "only a person can see it, on KuCoin's own pages"
TRADES: Final = "an order would have to be placed, and it could be filled"
FEED: Final = "it takes a websocket session, which no single call shows"
NAMELESS: Final = "there is no published name that could be sent"

LEFT_OUT: Final = {
    "s7.1/login": PERSON,
    "s8.1/set-up": PERSON,
    "s8.2/amount-precision": PAYS,
    "s8.2/sent-factors": PAYS,
    "H17/unified-account": NAMELESS,
    "H25/read-only": PERSON,
    "H27/one-port": OURS,
    "H33/prefix": OURS,
    "H40/opening-only": PAYS,
    "H41/set-up": PERSON,
    "H41/return": PERSON,
    "H42/factor-sets": PAYS,
    "H43/same-request": PAYS,
    "H44/transaction": PAYS,
    "H44/attempts": PAYS,
    "H45/authenticator": PAYS,
    "H46/counting": PAYS,
    "H47/recipients": PAYS,
    "H48/service-fee-rounding": PAYS,
    "H49/network-fee": PAYS,
    "H50/both-fees": PAYS,
    "H51/no-idempotency": PAYS,
    "H52/settle": MONEY,
    "H52/settlement": MONEY,
    "H61/pools-apart": OURS,
    "H61/staged": OURS,
    "H61/switch": OURS,
    "H68/confirmations": MONEY,
    "H68/deposit-closed": MONEY,
    "H69/transfers": MONEY,
    "H72/amount-cap": MONEY,
    "H74/proxy": OURS,
    "H74/protocols": OURS,
    "H74/bounds": OURS,
    "H74/single-headers": OURS,
    "H83/opening": OURS,
    "H83/by-hand": OURS,
    "H83/biz-type": OURS,
    "H96/withdrawal-key-ips": OURS,
    "H110/frozen-book": OURS,
    "H125/endpoint": OURS,
    "H102/stop-limits": TRADES,
    "H100/counterparty": OURS,
    "H100/takers": OURS,
    "H100/price-moves": OURS,
    "H100/plans": OURS,
    "H140/by-hand": OURS,
    "H140/plans": OURS,
    "H121/late-reports": OURS,
    "H128/lost-reports": OURS,
    "H125/lifetime": FEED,
    "H125/silence": FEED,
    "H126/limits": FEED,
    "H126/topics": FEED,
    "H126/errors": FEED,
    "H126/first-message": FEED,
    "H127/events": FEED,
    "H128/orders": FEED,
    "H98/holds": TRADES,
    "H101/stp": TRADES,
    "H102/stops": TRADES,
    "H102/stop-direction": TRADES,
    "H108/part": TRADES,
    "H109/tags": TRADES,
    "H109/alter": TRADES,
    "rest/add-order-old": TRADES,
    "rest/phone": PAYS,
    "rest/inner-transfer": MONEY,
    "rest/withdraw-v1": PAYS,
}
"""Rule -> why it has no probe. Whoever moves money on purpose settles most of them by recording that."""
