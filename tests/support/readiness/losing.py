"""Runs in which an answer is lost, or a call is never performed."""

# mypy: disable-error-code="func-returns-value, misc"
# What the calls of a run return does not matter, and a lambda in a loop needs a default.

from __future__ import annotations

from typing import Final

from support.desk import Key
from support.readiness.bench import INNER_TRANSFER, TRANSFER, Bench
from support.readiness.case import Case, broken, handled, undecided
from support.readiness.connecting import again, both, connected, lost_pair, make, used_code
from support.readiness.payments import IN_TRADE

FREE: Final = "choices: {settlement: manual, cancel_with_oauth_key: allow}"


def lost_payment(bench: Bench) -> None:
    bench.key("frank")
    bench.lose("withdraw")
    bench.pay()


def unmade_payment(bench: Bench) -> None:
    bench.key("frank")
    bench.lose("withdraw", "before")
    bench.pay()


def lost_proof(bench: Bench, at: str = "after_commit") -> None:
    bench.challenge = bench.open()
    bench.lose("verify_withdrawal", at)
    bench.prove(bench.challenge)


def lost_challenge(bench: Bench) -> None:
    bench.key("alice")
    bench.lose("withdraw")
    bench.pay("alice")


def lost_transfer(bench: Bench, path: str = TRANSFER) -> None:
    bench.key("frank")
    bench.lose("make_transfer" if path == TRANSFER else "make_inner_transfer")
    bench.transfer(oid="one", path=path)


def pending(bench: Bench, **changes: str) -> str:
    return str(bench.pay(**changes).json()["data"]["withdrawalId"])


def lost_cancel(bench: Bench) -> None:
    bench.withdrawal = pending(bench)
    bench.lose("cancel_withdrawal")
    bench.cancel(bench.withdrawal)


def lost_address(bench: Bench) -> None:
    bench.key("frank")
    bench.lose("create_deposit_address")
    bench.address()


def lost_tokens(bench: Bench) -> None:
    bench.last_code = bench.code()
    bench.lose("exchange_code")
    again(bench)


def send_pair(bench: Bench) -> None:
    bench.refresh(bench.pair["refresh_token"])


def lost_key(bench: Bench) -> None:
    connected(bench)
    bench.lose("add_api_key")
    make(bench)


def use_lost_key(bench: Bench) -> None:
    [key] = [key for key in bench.app.desk.exchange.world.api_keys.values() if key.user == "alice"]
    bench.keep("alice", Key(key.api_key, "none", "none"))  # its secret never came
    bench.accounts("alice")


def lost_look(bench: Bench) -> None:
    bench.key("frank")
    bench.lose("list_withdrawals")
    bench.look()


def list_addresses(bench: Bench) -> None:
    bench.signed("GET", "/api/v3/deposit-addresses?currency=USDT&chain=eth")


def look(bench: Bench) -> None:
    bench.look()


def pay(bench: Bench) -> None:
    bench.pay()


# fmt: off
CASES: Final[list[Case]] = [
    handled("lost-answers/exchange", "log in again", both(lost_tokens, used_code)),
    handled("lost-answers/exchange", "try once and log in", both(lost_tokens, again, used_code)),
    undecided("lost-answers/exchange", "stop", lost_tokens),
    broken("lost-answers/exchange", "send the code for ever", both(lost_tokens, again, again, again)),
    handled("lost-answers/refresh", "log in again", both(lost_pair, connected)),
    handled("lost-answers/refresh", "try once and log in", both(lost_pair, send_pair, connected)),
    undecided("lost-answers/refresh", "stop", lost_pair),
    broken("lost-answers/refresh", "send the token for ever", both(lost_pair, send_pair, send_pair, send_pair)),
    handled("lost-answers/key", "make another", both(lost_key, make)),
    handled("lost-answers/key", "log in again", both(lost_key, connected)),
    undecided("lost-answers/key", "stop", lost_key),
    broken("lost-answers/key", "use it without its secret", both(lost_key, use_lost_key)),
    handled("lost-answers/withdrawal", "look at the list", both(lost_payment, look)),
    handled("lost-answers/withdrawal", "look at the accounts", lambda bench: (lost_payment(bench), bench.accounts())),
    handled("lost-answers/withdrawal", "look at the ledger", lambda bench: (lost_payment(bench), bench.signed("GET", "/api/v1/accounts/ledgers"))),
    handled("lost-answers/withdrawal", "look at the quotas", lambda bench: (lost_payment(bench), bench.signed("GET", "/api/v1/withdrawals/quotas?currency=USDT"))),
    handled("lost-answers/withdrawal", "look, and pay a second order later", both(lost_payment, look, pay)),
    undecided("lost-answers/withdrawal", "stop", lost_payment),
    undecided("lost-answers/withdrawal", "pay somebody else", lambda bench: (lost_payment(bench), bench.pay(amount="7"))),
    broken("lost-answers/withdrawal", "pay again", both(lost_payment, pay)),
    broken("lost-answers/withdrawal", "pay again after the usual look", lambda bench: (bench.accounts(), lost_payment(bench), bench.accounts(), bench.pay())),
    handled("lost-answers/verified-withdrawal", "look at the list", lambda bench: (lost_proof(bench), bench.look("alice"))),
    handled("lost-answers/verified-withdrawal", "send the same second request", lambda bench: (lost_proof(bench), bench.again_with(bench.challenge))),
    broken("lost-answers/verified-withdrawal", "open another", lambda bench: (lost_proof(bench), bench.prove(bench.open()))),
    broken("lost-answers/verified-withdrawal", "send the same second request, and open another when it is refused", lambda bench: (lost_proof(bench), bench.again_with(bench.challenge), bench.prove(bench.open()))),
    handled("lost-answers/verified-withdrawal", "send the same second request, look, and pay a second order", lambda bench: (lost_proof(bench), bench.again_with(bench.challenge), bench.look("alice"), bench.prove(bench.open()))),
    handled("lost-answers/challenge", "open it again", lambda bench: (lost_challenge(bench), bench.prove(bench.open()))),
    handled("lost-answers/challenge", "look", lambda bench: (lost_challenge(bench), bench.look("alice"))),
    undecided("lost-answers/challenge", "stop", lost_challenge),
    broken("lost-answers/challenge", "answer it", lambda bench: (lost_challenge(bench), bench.prove_nothing(), bench.prove_nothing())),
    handled("lost-answers/withdrawal-not-made", "look and pay", both(unmade_payment, look, pay)),
    handled("lost-answers/withdrawal-not-made", "look as always and pay", lambda bench: (bench.accounts(), unmade_payment(bench), bench.accounts(), bench.pay())),
    undecided("lost-answers/withdrawal-not-made", "stop", unmade_payment),
    broken("lost-answers/withdrawal-not-made", "pay again", both(unmade_payment, pay)),
    handled("lost-answers/verification-not-made", "send it again", lambda bench: (lost_proof(bench, "before"), bench.prove(bench.challenge))),
    handled("lost-answers/verification-not-made", "look and open another", lambda bench: (lost_proof(bench, "before"), bench.look("alice"), bench.prove(bench.open()))),
    broken("lost-answers/verification-not-made", "open another", lambda bench: (lost_proof(bench, "before"), bench.prove(bench.open()))),
    *(
        case
        for name, path in (("transfer", TRANSFER), ("inner-transfer", INNER_TRANSFER))
        for case in (
            handled(f"lost-answers/{name}", "send the same clientOid", lambda bench, path=path: (lost_transfer(bench, path), bench.transfer(oid="one", path=path)), IN_TRADE),
            handled(f"lost-answers/{name}", "look at the accounts", lambda bench, path=path: (lost_transfer(bench, path), bench.accounts()), IN_TRADE),
            undecided(f"lost-answers/{name}", "stop", lambda bench, path=path: lost_transfer(bench, path), IN_TRADE),
            broken(f"lost-answers/{name}", "send another clientOid", lambda bench, path=path: (lost_transfer(bench, path), bench.transfer(oid="two", path=path)), IN_TRADE),
        )
    ),
    handled("lost-answers/cancel", "look", both(lost_cancel, look), FREE),
    handled("lost-answers/cancel", "cancel once more and look", lambda bench: (lost_cancel(bench), bench.cancel(bench.withdrawal), bench.look()), FREE),
    undecided("lost-answers/cancel", "stop", lost_cancel, FREE),
    undecided("lost-answers/cancel", "pay somebody else", lambda bench: (lost_cancel(bench), bench.pay(amount="7")), FREE),
    broken("lost-answers/cancel", "pay at once", both(lost_cancel, pay), FREE),
    handled("lost-answers/deposit-address", "list them", both(lost_address, list_addresses)),
    undecided("lost-answers/deposit-address", "stop", lost_address),
    broken("lost-answers/deposit-address", "ask again and again", lambda bench: (lost_address(bench), *[bench.address() for _ in range(3)])),
    handled("lost-answers/look", "look again", both(lost_look, look)),
    undecided("lost-answers/look", "stop", lost_look),
    broken("lost-answers/withdrawal", "pay again after a look that was lost", both(lost_payment, lost_look, pay)),
]
# fmt: on
"""What is right, what is wrong, and what is not decided."""
