"""Money that moves beside withdrawals, a deposit or a transfer, and the sum that no move changes."""

from __future__ import annotations

import json
from collections import defaultdict
from decimal import Decimal

from msgspec.structs import replace

from simulator.core.account.transfers import MakeTransfer
from simulator.core.funds.arrivals import ArriveDeposit
from simulator.core.gateway.requests import Body
from simulator.core.world import DepositAddress, World
from support.demo_world import ALICE_ADDRESS
from support.desk import Desk, Key

PATH = "/api/v3/accounts/universal-transfer"


def slow(desk: Desk, confirms: int = 3) -> None:
    """USDT by TRON needs so many confirmations from now on."""
    usdt = desk.world.currencies["USDT"]
    chains = tuple(replace(each, confirms=confirms, pre_confirms=1) for each in usdt.chains)
    desk.world = desk.world.put(replace(usdt, chains=chains))


def arrive(amount: str = "25", seen: int | None = None, user: str = "alice", to: str = "main") -> ArriveDeposit:
    address = DepositAddress("trx", ALICE_ADDRESS, account=to)
    return ArriveDeposit(user, "USDT", address, Decimal(amount), seen)


def move(key: Key, **changes: object) -> MakeTransfer:
    """100 USDT from main to trade. A change to None leaves the field out."""
    fields = {
        "clientOid": "oid-1",
        "currency": "USDT",
        "amount": "100",
        "type": "INTERNAL",
        "fromAccountType": "MAIN",
        "toAccountType": "TRADE",
        **changes,
    }
    sent = {name: value for name, value in fields.items() if value is not None}
    return MakeTransfer(key.sign(json.dumps(sent).encode(), path=PATH), Body(sent))


def total(world: World) -> dict[str, Decimal]:
    """All money of each currency: what users have, held or not, and what has left them or come from outside."""
    money: dict[str, Decimal] = defaultdict(Decimal)
    for wallet in world.wallets.values():
        for account in wallet.every:
            money[account.currency] += account.balance
    for pot in world.pots.values():
        money[pot.currency] += pot.total
    return money
