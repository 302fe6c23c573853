"""What the exchange knows, by noun. What other rooms need of it is handed on here."""

from __future__ import annotations

from simulator.core.world.brokers import BrokerBook, Clientele
from simulator.core.world.clients import ApiKey, AuthorizationCode, Client, Consent, Issued, KeyRing, MadeBy
from simulator.core.world.currencies import Chain, Currency
from simulator.core.world.draft import Books, Draft
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
    Line,
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
    "ApiKey",
    "AuthorizationCode",
    "Books",
    "BrokerBook",
    "Chain",
    "Client",
    "Clientele",
    "Consent",
    "Currency",
    "Deposit",
    "DepositAddress",
    "DepositBook",
    "DepositStatus",
    "Draft",
    "Entity",
    "FactorSets",
    "FeeTerms",
    "Grant",
    "Held",
    "Issued",
    "KeyRing",
    "Line",
    "MadeBy",
    "Message",
    "MessageBox",
    "Now",
    "Payment",
    "Pot",
    "Stack",
    "Statement",
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
