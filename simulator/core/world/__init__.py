"""What the exchange knows, by noun. What other rooms need of it is handed on here."""

from __future__ import annotations

from simulator.core.world.agenda import Agenda, Due, DueKind
from simulator.core.world.brokers import BrokerBook, Clientele
from simulator.core.world.clients import ApiKey, AuthorizationCode, Client, Consent, Issued, KeyRing, MadeBy
from simulator.core.world.currencies import Chain, Currency
from simulator.core.world.draft import Books, Draft
from simulator.core.world.line import Line
from simulator.core.world.markets import Market, Match, PriceChange, RestingOrders, Side, Symbol
from simulator.core.world.movements import (
    Deposit,
    DepositStatus,
    FeeTerms,
    Grant,
    Payment,
    Transaction,
    Transfer,
    Withdrawal,
    WithdrawalStatus,
)
from simulator.core.world.order_plans import EndStep, FillStep, OrderPlan, PlanStep
from simulator.core.world.order_terms import OrderTerms, OrderType, Stp, TimeInForce
from simulator.core.world.orders import (
    DeadManSwitch,
    Fill,
    Order,
    OrderHistory,
    OrderHold,
    OrderStatus,
    StopOrder,
    Trader,
)
from simulator.core.world.sorted_keys import SortedKeys
from simulator.core.world.stack import Stack
from simulator.core.world.statements import Held, Statement
from simulator.core.world.users import (
    DepositAddress,
    DepositBook,
    FactorSets,
    Message,
    MessageBox,
    User,
    phone_number,
    phone_of,
)
from simulator.core.world.wallets import Account, Pot, Wallet, Window
from simulator.core.world.world import (
    HOME,
    TABLES,
    Entity,
    Now,
    World,
    identities_of,
    with_consent,
    with_keys,
    with_user,
)

__all__ = [
    "HOME",
    "TABLES",
    "Account",
    "Agenda",
    "ApiKey",
    "AuthorizationCode",
    "Books",
    "BrokerBook",
    "Chain",
    "Client",
    "Clientele",
    "Consent",
    "Currency",
    "DeadManSwitch",
    "Deposit",
    "DepositAddress",
    "DepositBook",
    "DepositStatus",
    "Draft",
    "Due",
    "DueKind",
    "EndStep",
    "Entity",
    "FactorSets",
    "FeeTerms",
    "Fill",
    "FillStep",
    "Grant",
    "Held",
    "Issued",
    "KeyRing",
    "Line",
    "MadeBy",
    "Market",
    "Match",
    "Message",
    "MessageBox",
    "Now",
    "Order",
    "OrderHistory",
    "OrderHold",
    "OrderPlan",
    "OrderStatus",
    "OrderTerms",
    "OrderType",
    "Payment",
    "PlanStep",
    "Pot",
    "PriceChange",
    "RestingOrders",
    "Side",
    "SortedKeys",
    "Stack",
    "Statement",
    "StopOrder",
    "Stp",
    "Symbol",
    "TimeInForce",
    "Trader",
    "Transaction",
    "Transfer",
    "User",
    "Wallet",
    "Window",
    "Withdrawal",
    "WithdrawalStatus",
    "World",
    "identities_of",
    "phone_number",
    "phone_of",
    "with_consent",
    "with_keys",
    "with_user",
]
