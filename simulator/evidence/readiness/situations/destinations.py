"""Situations of where a payment goes: addresses, memos, chains and recipients."""

from __future__ import annotations

from functools import partial
from typing import Final

from simulator.core.world import Chain
from simulator.evidence.readiness.detectors.combinators import CallCondition, either, final, foreseen, reached_by
from simulator.evidence.readiness.detectors.requests import PAYMENTS, withdrawal_of
from simulator.evidence.readiness.history import History
from simulator.evidence.readiness.situation import Situation
from simulator.evidence.readiness.situations.amounts import looked_at_chains


def chain_of(history: History, place: int) -> Chain | None:
    """The chain that a payment goes by, if it is known."""
    fields, world = history.fields(place), history.entries[place].before
    currency = world.currencies.get(str(fields.get("currency")))
    if currency is None:
        return None
    name = fields.get("chain") or currency.default_chain
    return next((chain for chain in currency.chains if chain.chain_id == name), None)


def _memo(history: History, place: int, *, needed: bool, given: bool) -> bool:
    chain = chain_of(history, place)
    has_memo = bool(history.fields(place).get("memo"))
    return chain is not None and chain.need_tag == needed and has_memo == given


def _address(history: History, place: int) -> bool:
    chain = chain_of(history, place)
    return chain is None or chain.need_tag == bool(history.fields(place).get("memo"))


def _sent(name: str, value: str) -> CallCondition:
    return lambda history, place: history.fields(place).get(name) == value


def _by_address(history: History, place: int) -> bool:
    return history.fields(place).get("withdrawType") not in ("UID", "MAIL", "PHONE")


def _named_chain(history: History, place: int) -> bool:
    """True if the chain's name was sent in place of its chainId."""
    currency = history.entries[place].before.currencies.get(str(history.fields(place).get("currency")))
    name = str(history.fields(place).get("chain")).lower()
    return currency is not None and any(chain.chain_name.lower() == name for chain in currency.chains)


def _no_named_chain(history: History, place: int) -> bool:
    return not _named_chain(history, place)


def _with_memo(history: History, place: int) -> bool:
    paid = withdrawal_of(history.entries[place])
    return (
        paid is not None
        and bool(paid.payment.memo)
        and bool(paid.chain)
        and _memo(history, place, needed=True, given=True)
    )


def _by_open_chain(history: History, place: int) -> bool:
    """True of a payment by an open chain of a currency that has a closed one, after a look at the chains."""
    paid = withdrawal_of(history.entries[place])
    if paid is None or not paid.chain:
        return False
    chains = history.entries[place].before.currencies[paid.payment.currency].chains
    return any(not chain.withdraw_enabled for chain in chains) and looked_at_chains(history, place)


def _recipient(kind: str, name: str, what: str) -> Situation:
    return Situation(
        f"destinations/unknown-{name}", f"Nobody has the {what} to which the payment goes.",
        "The payment is refused. Each try counts towards 3 in 10 s and 50 in 24 hours.",
        "Repeated tries use up the window, and the payment to the right recipient must wait.",
        "Show the refusal to the user and send the payment again only with another recipient.",
        "unknown-recipient", "payouts", ("withdraw",), ("H47/recipients", "s8.2/withdraw-type"),
        final(PAYMENTS, ("RECIPIENT_UNKNOWN",), f"paid to a {what} that nobody has", when=_sent("withdrawType", kind)),
    )  # fmt: skip


# fmt: off
SITUATIONS: Final[tuple[Situation, ...]] = (
    Situation(
        "destinations/address-format", "The address does not look like one of the chain.",
        "400100 Incorrect withdrawal address; addressRegex of the currency says what an address looks like.",
        "Money goes nowhere, or a payment is repeated that cannot succeed.",
        "Check the address against addressRegex in the form, and show the refusal to the user.",
        "wrong-address-format", "payouts", PAYMENTS, ("H62/address-pattern",),
        final(PAYMENTS, ("ADDRESS_INVALID",), "paid to an address that is none of the chain", when=_address),
    ),
    Situation(
        "destinations/memo-missing", "The chain needs a memo, and none was sent.",
        "400100 Incorrect withdrawal address; needTag of the chain says so beforehand.",
        "Money that arrives without its memo belongs to nobody.",
        "Ask the user for the memo wherever needTag is true.",
        "memo-missing", "payouts", PAYMENTS, ("H37/memo",),
        either(
            final(PAYMENTS, ("ADDRESS_INVALID",), "paid without the memo that the chain needs", when=partial(_memo, needed=True, given=False)),
            foreseen(reached_by(PAYMENTS, ("OK",), _with_memo), "paid with the memo that the chain needs"),
        ),
    ),
    Situation(
        "destinations/memo-superfluous", "A memo was sent by a chain that has none.",
        "400100 Incorrect withdrawal address.",
        "Every payment fails for which the form always sends a memo, even an empty word.",
        "Send a memo only if needTag is true.",
        "", "payouts", PAYMENTS, ("H37/memo",),
        final(PAYMENTS, ("ADDRESS_INVALID",), "sent a memo by a chain that has none", when=partial(_memo, needed=False, given=True)),
        "Pay by trx, which has no memos, with a memo.",
    ),
    Situation(
        "destinations/not-in-address-book", "The key pays only to the address book, and the address is not in it.",
        "260325; address and chain are compared with case.",
        "The payment is repeated in vain, or the user is told that KuCoin is down.",
        "Tell the user to add the address at KuCoin, and stop.",
        "address-book-only", "payouts", PAYMENTS, ("H53/address-book",),
        final(PAYMENTS, ("ADDRESS_NOT_IN_BOOK",), "paid to an address that is not in the user's book"),
    ),
    Situation(
        "destinations/chain-name", "The name of a chain was sent in place of its chainId.",
        "900014 Invalid chainId: TRC20 is the name, trx is the id.",
        "All payments by that chain fail.",
        "Send chainId as GET /api/v3/currencies/{currency} has it.",
        "", "payouts", PAYMENTS, ("s8.2/chain",),
        final(PAYMENTS, ("CHAIN_INVALID",), "named the chain by its name", when=_named_chain),
        "Pay USDT with chain: TRC20, which is the name of trx.",
    ),
    Situation(
        "destinations/chain-unknown", "The currency has no such chain.",
        "900014 Invalid chainId.",
        "A chain that KuCoin has removed goes on being offered.",
        "Offer the chains that GET /api/v3/currencies/{currency} lists.",
        "delisted", "payouts", PAYMENTS, ("s8.2/chain",),
        final(PAYMENTS, ("CHAIN_INVALID",), "named a chain that the currency does not have", when=_no_named_chain),
    ),
    Situation(
        "destinations/chain-closed", "The chain is closed for withdrawals.",
        "260210; isWithdrawEnabled says so beforehand.",
        "A job repeats the payment for hours, although another chain is open.",
        "Look at isWithdrawEnabled, and offer the chains that are open.",
        "withdrawal-disabled", "payouts", PAYMENTS, ("H54/money-errors",),
        either(
            final(PAYMENTS, ("WITHDRAWAL_DISABLED",), "paid by a chain that is closed"),
            foreseen(reached_by(PAYMENTS, ("OK",), _by_open_chain), "looked first, and paid by a chain that is open"),
        ),
    ),
    Situation(
        "destinations/currency-unknown", "There is no such currency.",
        "The payment is refused; names are in capitals.",
        "A currency that was delisted goes on being offered.",
        "Offer the currencies that GET /api/v3/currencies lists.",
        "delisted", "payouts", PAYMENTS, ("H54/money-errors", "s8.2/parameters"),
        final(PAYMENTS, ("CURRENCY_UNKNOWN",), "paid in a currency that there is not"),
    ),
    _recipient("UID", "uid", "UID"),
    _recipient("MAIL", "mail", "e-mail address"),
    _recipient("PHONE", "phone", "phone number"),
    Situation(
        "destinations/unknown-inner-address", "An inner payment goes to an address that is nobody's at KuCoin.",
        "isInner wants the deposit address of a user; another address is refused.",
        "The payment fails for every address outside, although it could go by the chain.",
        "Leave isInner out, unless the address is known to be KuCoin's.",
        "", "payouts", PAYMENTS, ("s8.2/is-inner", "H47/recipients"),
        final(PAYMENTS, ("RECIPIENT_UNKNOWN",), "paid inside to an address that is nobody's", when=_by_address),
        "Pay with isInner: true to an address that is no deposit address of a user.",
    ),
)
# fmt: on
