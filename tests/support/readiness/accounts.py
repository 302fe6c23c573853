"""Runs about login, tokens, keys, lost answers, the network, and what becomes of money."""

from __future__ import annotations

from typing import Final

from support.readiness.bench import INNER_TRANSFER, OPERATOR, TRANSFER, Bench, Run
from support.readiness.case import Case, broken, handled, refused, undecided
from support.readiness.payments import IN_TRADE, MANUAL, USDT

FREE: Final = f"{MANUAL}\nchoices: {{settlement: manual, cancel_with_oauth_key: allow}}".split("\n", 1)[1]
TWO_CLIENTS: Final = (
    "given: {clients: {other: {name: Other, secret: s, redirect_uris: ['http://localhost:3000/callback']}}}"
)
ONE_NAME: Final = "given: {clients: {demo-broker: {api_name: bot}}}"
REBATES: Final = "choices: {rebate_delay: 6s}"
FILE: Final = "/api/v2/broker/api/rebate/download?begin=20260501&end=20260531&tradeType=SPOT"
GROUPS: Final = {"API_COMMON": True}


# --- login
def approved(bench: Bench, trick: str) -> str:
    """The code of a login whose redirect was spoilt."""
    if trick == "replay_state":
        bench.press("decision", "approve")
        bench.exchange(bench.newest_code())
    bench.press("trick", trick, state="s-2")
    return bench.newest_code()


def denied(bench: Bench) -> None:
    bench.press("decision", "deny")


def exchange_nothing(bench: Bench) -> None:
    bench.exchange("None")


def used_code(bench: Bench) -> None:
    bench.last_code = bench.code()
    bench.pair = bench.exchange(bench.last_code).json()


def use(bench: Bench) -> None:
    """Exchange the code, and keep the pair."""
    bench.pair = bench.exchange(bench.last_code).json()


def again(bench: Bench) -> None:
    bench.exchange(bench.last_code)


def old_code(bench: Bench) -> None:
    bench.last_code = bench.code()
    bench.advance("5m")


def others_code(bench: Bench) -> None:
    bench.last_code = bench.code(client_id="other")


def differing(bench: Bench) -> None:
    bench.last_code = bench.code()
    bench.broker.exchange(bench.last_code, "https://broker.example/callback?tenant=7&lang=en")


# --- tokens
def connected(bench: Bench) -> None:
    bench.pair = bench.tokens()


def aged(bench: Bench, by: str) -> None:
    connected(bench)
    bench.advance(by)


def renew(bench: Bench) -> None:
    bench.old, bench.pair = bench.pair, bench.refresh(bench.pair["refresh_token"])


def make(bench: Bench) -> None:
    bench.add_key(bench.pair["access_token"])


def make_with_old(bench: Bench) -> None:
    bench.add_key(bench.old["access_token"])


def renew_with_old(bench: Bench) -> None:
    bench.refresh(bench.old["refresh_token"])


def renewed_long_ago(bench: Bench) -> None:
    connected(bench)
    renew(bench)
    bench.sleep(60_000)


def revoked(bench: Bench) -> None:
    connected(bench)
    [consent] = bench.app.desk.exchange.world.consents
    bench.steer("POST", f"/consents/{consent}/revoke")


def behind_its_back(bench: Bench) -> None:
    """A client of the test refreshes the pair of a login, and the broker does not know it."""
    connected(bench)
    renew(bench)


def mix(bench: Bench) -> None:
    bench.add_key(bench.pair["refresh_token"])


# --- keys
def narrow(bench: Bench) -> None:
    bench.pair = bench.tokens(grant=["API_COMMON", "API_SPOT"])


def ask(bench: Bench, *groups: str) -> None:
    bench.add_key(bench.pair["access_token"], *groups)


def by_frank(bench: Bench) -> None:
    bench.pair = bench.tokens("frank")


def bound(bench: Bench) -> None:
    bench.pair = bench.tokens(addressbook_only=True)


def named(bench: Bench) -> None:
    connected(bench)
    make(bench)


def deleted(bench: Bench) -> None:
    key = bench.key("frank")
    bench.accounts()
    bench.steer("DELETE", f"/api-keys/{key.api_key}")


def both(*runs: Run) -> Run:
    """Several runs, one after the other."""

    def run(bench: Bench) -> None:
        for part in runs:
            part(bench)

    return run


LOGIN: Final[list[Case]] = [
    handled("login/denied", "tell the user", denied),
    handled("login/denied", "log in again", both(denied, used_code)),
    broken("login/denied", "exchange nothing", both(denied, exchange_nothing)),
    *(
        case
        for name, trick in (
            ("state-missing", "drop_state"),
            ("state-altered", "alter_state"),
            ("state-replayed", "replay_state"),
        )
        for case in (
            handled(f"login/{name}", "refuse the callback", lambda bench, trick=trick: approved(bench, trick)),
            handled(
                f"login/{name}", "begin again", lambda bench, trick=trick: (approved(bench, trick), used_code(bench))
            ),
            broken(
                f"login/{name}", "exchange the code", lambda bench, trick=trick: bench.exchange(approved(bench, trick))
            ),
        )
    ),
    handled("login/callback-twice", "exchange it once", lambda bench: bench.exchange(approved(bench, "twice"))),
    handled(
        "login/callback-twice",
        "take one refusal",
        lambda bench: (setattr(bench, "last_code", approved(bench, "twice")), use(bench), again(bench), make(bench)),
    ),
    broken(
        "login/callback-twice",
        "exchange it for ever",
        lambda bench: [bench.exchange(code) for code in [approved(bench, "twice")] for _ in range(3)],
    ),
    handled("login/callback-late", "exchange it", lambda bench: bench.exchange(approved(bench, "wait"))),
    undecided("login/callback-late", "stop", lambda bench: approved(bench, "wait")),
    broken("login/callback-late", "begin again", lambda bench: (approved(bench, "wait"), bench.code())),
    *refused("login/code-used", again, make, before=used_code),
    handled("login/code-expired", "log in again", both(old_code, again, used_code)),
    undecided("login/code-expired", "stop", both(old_code, again)),
    broken("login/code-expired", "send it again and again", both(old_code, again, again, again)),
    *refused("login/code-unknown", lambda bench: bench.exchange("6a1d0c7e5b2f4800019c3d22"), used_code),
    *refused("login/code-of-another-client", again, used_code, TWO_CLIENTS, before=others_code),
    handled("login/redirect-differs", "name the right one", both(differing, again)),
    undecided("login/redirect-differs", "stop", differing),
    undecided("login/redirect-differs", "never count a mistake of the set-up as broken", both(*[differing] * 5)),
]

TOKENS: Final[list[Case]] = [
    handled(
        "tokens/access-expired", "refresh", lambda bench: (aged(bench, "61m"), make(bench), renew(bench), make(bench))
    ),
    handled("tokens/access-expired", "log in again", lambda bench: (aged(bench, "61m"), make(bench), connected(bench))),
    undecided("tokens/access-expired", "stop", lambda bench: (aged(bench, "61m"), make(bench))),
    broken(
        "tokens/access-expired",
        "send it again and again",
        lambda bench: (aged(bench, "61m"), *[make(bench) for _ in range(3)]),
    ),
    handled("tokens/refresh-before-expiry", "use the new pair", both(connected, renew, make)),
    handled(
        "tokens/refresh-before-expiry", "err once and read the new pair", both(connected, renew, make_with_old, make)
    ),
    undecided("tokens/refresh-before-expiry", "stop", both(connected, renew)),
    broken(
        "tokens/refresh-before-expiry", "go on with the old token", both(connected, renew, make_with_old, make_with_old)
    ),
    handled(
        "tokens/refresh-after-expiry", "use the new pair", lambda bench: (aged(bench, "61m"), renew(bench), make(bench))
    ),
    broken(
        "tokens/refresh-after-expiry",
        "go on with the old token",
        lambda bench: (aged(bench, "61m"), renew(bench), make_with_old(bench), make_with_old(bench)),
    ),
    handled(
        "tokens/refresh-last-moment",
        "use the new pair",
        lambda bench: (aged(bench, "71h55m"), renew(bench), make(bench)),
    ),
    broken(
        "tokens/refresh-last-moment",
        "go on with the old token",
        lambda bench: (aged(bench, "71h55m"), renew(bench), make_with_old(bench), make_with_old(bench)),
    ),
    handled("tokens/refresh-superseded", "read the new pair", both(renewed_long_ago, renew_with_old, make)),
    handled("tokens/refresh-superseded", "log in again", both(renewed_long_ago, renew_with_old, connected)),
    undecided("tokens/refresh-superseded", "stop", both(renewed_long_ago, renew_with_old)),
    broken("tokens/refresh-superseded", "send it again and again", both(renewed_long_ago, *[renew_with_old] * 3)),
    handled("tokens/refresh-concurrent", "use the pair of the other", both(connected, renew, renew_with_old, make)),
    handled("tokens/refresh-concurrent", "log in again", both(connected, renew, renew_with_old, connected)),
    broken("tokens/refresh-concurrent", "send it again and again", both(connected, renew, *[renew_with_old] * 3)),
    handled(
        "tokens/refresh-expired", "log in again", lambda bench: (aged(bench, "3d"), renew(bench), connected(bench))
    ),
    undecided("tokens/refresh-expired", "stop", lambda bench: (aged(bench, "3d"), renew(bench))),
    broken(
        "tokens/refresh-expired",
        "send it again and again",
        lambda bench: (aged(bench, "3d"), *[bench.refresh(bench.pair["refresh_token"]) for _ in range(3)]),
    ),
    *refused("tokens/consent-revoked", make, connected, before=revoked),
    *refused("tokens/kinds-mixed", mix, make, before=connected, stopping="undecided"),
    *refused(
        "tokens/bearer-missing", lambda bench: bench.bearer("", GROUPS), make, before=connected, stopping="undecided"
    ),
]

KEYS: Final[list[Case]] = [
    *refused("keys/name-taken", make, lambda bench: bench.code(), ONE_NAME, before=named),
    *refused(
        "keys/limit",
        make,
        lambda bench: bench.code("dave"),
        before=lambda bench: setattr(bench, "pair", bench.tokens("dave")),
    ),
    *refused(
        "keys/more-than-granted",
        make,
        lambda bench: ask(bench, "API_COMMON", "API_SPOT"),
        before=narrow,
        stopping="undecided",
    ),
    *refused(
        "keys/less-than-granted",
        lambda bench: ask(bench, "API_COMMON"),
        lambda bench: ask(bench, "API_COMMON", "API_SPOT"),
        "choices: {narrower_than_consent: refuse}",
        before=narrow,
        stopping="undecided",
    ),
    *refused(
        "keys/address-book-flag",
        make,
        lambda bench: bench.add_key(bench.pair["access_token"], book_only=True),
        before=bound,
        stopping="undecided",
    ),
    *refused(
        "keys/no-futures-account",
        lambda bench: ask(bench, "API_COMMON", "API_FUTURES"),
        lambda bench: ask(bench, "API_COMMON"),
        before=by_frank,
        stopping="undecided",
    ),
    *refused("keys/one-per-consent", make, connected, "choices: {keys_per_consent: one}", before=named),
    *refused(
        "keys/old-endpoint",
        lambda bench: bench.add_key_old(bench.pair["access_token"]),
        make,
        "given: {clients: {demo-broker: {site: local}}}",
        before=connected,
        stopping="undecided",
    ),
    handled(
        "keys/old-endpoint",
        "use the new one at once",
        both(connected, make),
        "given: {clients: {demo-broker: {site: local}}}",
    ),
    *refused(
        "keys/malformed-groups",
        lambda bench: bench.bearer(f"bearer {bench.pair['access_token']}", {"NOSUCH": True}),
        make,
        before=connected,
        stopping="undecided",
    ),
    handled("keys/deleted", "stop", lambda bench: (deleted(bench), bench.accounts())),
    handled(
        "keys/deleted", "connect again", lambda bench: (deleted(bench), bench.accounts(), bench.another_key("frank"))
    ),
    broken("keys/deleted", "knock", lambda bench: (deleted(bench), [bench.accounts() for _ in range(7)])),
    handled(
        "keys/ip-not-allowed",
        "stop",
        lambda bench: bench.accounts(),
        "given: {observed_ip: 203.0.113.99, clients: {demo-broker: {ip_allowlist: {oauth: [], trading: [203.0.113.10]}}}}",
    ),
    broken(
        "keys/ip-not-allowed",
        "make another key",
        lambda bench: (bench.accounts(), bench.another_key("frank")),
        "given: {observed_ip: 203.0.113.99, clients: {demo-broker: {ip_allowlist: {oauth: [], trading: [203.0.113.10]}}}}",
    ),
    broken(
        "keys/ip-not-allowed",
        "come again and again",
        lambda bench: [bench.accounts() for _ in range(3)],
        "given: {observed_ip: 203.0.113.99, clients: {demo-broker: {ip_allowlist: {oauth: [], trading: [203.0.113.10]}}}}",
    ),
]


# --- money that was moved, and of which nobody knows
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


def pending(bench: Bench, **changes: object) -> str:
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


def lost_pair(bench: Bench) -> None:
    connected(bench)
    bench.lose("refresh_tokens")
    bench.refresh(bench.pair["refresh_token"])


def send_pair(bench: Bench) -> None:
    bench.refresh(bench.pair["refresh_token"])


def lost_key(bench: Bench) -> None:
    connected(bench)
    bench.lose("add_api_key")
    make(bench)


def use_lost_key(bench: Bench) -> None:
    [key] = [key for key in bench.app.desk.exchange.world.api_keys.values() if key.user == "alice"]
    bench.keep("alice", key.api_key)
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


LOST: Final[list[Case]] = [
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
    handled(
        "lost-answers/withdrawal",
        "look at the ledger",
        lambda bench: (lost_payment(bench), bench.signed("GET", "/api/v1/accounts/ledgers")),
    ),
    handled(
        "lost-answers/withdrawal",
        "look at the quotas",
        lambda bench: (lost_payment(bench), bench.signed("GET", "/api/v1/withdrawals/quotas?currency=USDT")),
    ),
    handled("lost-answers/withdrawal", "look, and pay a second order later", both(lost_payment, look, pay)),
    undecided("lost-answers/withdrawal", "stop", lost_payment),
    undecided(
        "lost-answers/withdrawal", "pay somebody else", lambda bench: (lost_payment(bench), bench.pay(amount="7"))
    ),
    broken("lost-answers/withdrawal", "pay again", both(lost_payment, pay)),
    broken(
        "lost-answers/withdrawal",
        "pay again after the usual look",
        lambda bench: (bench.accounts(), lost_payment(bench), bench.accounts(), bench.pay()),
    ),
    handled(
        "lost-answers/verified-withdrawal", "look at the list", lambda bench: (lost_proof(bench), bench.look("alice"))
    ),
    handled(
        "lost-answers/verified-withdrawal",
        "send the same second request",
        lambda bench: (lost_proof(bench), bench.again_with(bench.challenge)),
    ),
    broken(
        "lost-answers/verified-withdrawal", "open another", lambda bench: (lost_proof(bench), bench.prove(bench.open()))
    ),
    handled(
        "lost-answers/challenge", "open it again", lambda bench: (lost_challenge(bench), bench.prove(bench.open()))
    ),
    handled("lost-answers/challenge", "look", lambda bench: (lost_challenge(bench), bench.look("alice"))),
    undecided("lost-answers/challenge", "stop", lost_challenge),
    broken(
        "lost-answers/challenge",
        "answer it",
        lambda bench: (lost_challenge(bench), bench.prove_nothing(), bench.prove_nothing()),
    ),
    handled("lost-answers/withdrawal-not-made", "look and pay", both(unmade_payment, look, pay)),
    undecided("lost-answers/withdrawal-not-made", "stop", unmade_payment),
    broken("lost-answers/withdrawal-not-made", "pay again", both(unmade_payment, pay)),
    handled(
        "lost-answers/verification-not-made",
        "send it again",
        lambda bench: (lost_proof(bench, "before"), bench.prove(bench.challenge)),
    ),
    handled(
        "lost-answers/verification-not-made",
        "look and open another",
        lambda bench: (lost_proof(bench, "before"), bench.look("alice"), bench.prove(bench.open())),
    ),
    broken(
        "lost-answers/verification-not-made",
        "open another",
        lambda bench: (lost_proof(bench, "before"), bench.prove(bench.open())),
    ),
    *(
        case
        for name, path in (("transfer", TRANSFER), ("inner-transfer", INNER_TRANSFER))
        for case in (
            handled(
                f"lost-answers/{name}",
                "send the same clientOid",
                lambda bench, path=path: (lost_transfer(bench, path), bench.transfer(oid="one", path=path)),
                IN_TRADE,
            ),
            handled(
                f"lost-answers/{name}",
                "look at the accounts",
                lambda bench, path=path: (lost_transfer(bench, path), bench.accounts()),
                IN_TRADE,
            ),
            undecided(f"lost-answers/{name}", "stop", lambda bench, path=path: lost_transfer(bench, path), IN_TRADE),
            broken(
                f"lost-answers/{name}",
                "send another clientOid",
                lambda bench, path=path: (lost_transfer(bench, path), bench.transfer(oid="two", path=path)),
                IN_TRADE,
            ),
        )
    ),
    handled("lost-answers/cancel", "look", both(lost_cancel, look), FREE),
    handled(
        "lost-answers/cancel",
        "cancel once more and look",
        lambda bench: (lost_cancel(bench), bench.cancel(bench.withdrawal), bench.look()),
        FREE,
    ),
    undecided("lost-answers/cancel", "stop", lost_cancel, FREE),
    broken("lost-answers/cancel", "pay at once", both(lost_cancel, pay), FREE),
    handled("lost-answers/deposit-address", "list them", both(lost_address, list_addresses)),
    undecided("lost-answers/deposit-address", "stop", lost_address),
    broken(
        "lost-answers/deposit-address",
        "ask again and again",
        lambda bench: (lost_address(bench), *[bench.address() for _ in range(3)]),
    ),
    handled("lost-answers/look", "look again", both(lost_look, look)),
    undecided("lost-answers/look", "stop", lost_look),
    broken("lost-answers/withdrawal", "pay again after a look that was lost", both(lost_payment, lost_look, pay)),
    broken(
        "settlement/canceled",
        "cancel again and again",
        lambda bench: (setattr(bench, "withdrawal", pending(bench)), *[cancel(bench) for _ in range(4)]),
        FREE,
    ),
]


# --- afterwards
def settled(how: str) -> Run:
    """A payment that ends by hand."""

    def run(bench: Bench) -> None:
        bench.withdrawal = pending(bench)
        bench.steer("POST", f"/withdrawals/{bench.withdrawal}/{how}")

    return run


def currency(bench: Bench) -> None:
    bench.currency()


def ordered(bench: Bench, how: str = "") -> None:
    """A payment for order 7, which ends as it is said."""
    bench.withdrawal = pending(bench, remark="order 7")
    if how:
        bench.steer("POST", f"/withdrawals/{bench.withdrawal}/{how}")


def review(bench: Bench) -> None:
    settled("review")(bench)
    bench.signed("GET", f"/api/v1/withdrawals/{bench.withdrawal}")


def cancel(bench: Bench) -> None:
    bench.cancel(bench.withdrawal)


def waiting(bench: Bench) -> None:
    bench.address()
    bench.steer(
        "POST", "/deposits", {"user": "frank", "currency": "USDT", "chain": "eth", "amount": "100", "confirmations": 0}
    )
    bench.signed("GET", "/api/v1/deposits")


def many(bench: Bench) -> None:
    for number in range(12):
        bench.pay(amount=str(10 + number))


def deposited(bench: Bench) -> None:
    bench.address()
    for _ in range(12):
        bench.steer("POST", "/deposits", {"user": "frank", "currency": "USDT", "chain": "eth", "amount": "100"})


def pages(path: str, *numbers: int) -> Run:
    """The pages of a list of ten rows each."""

    def run(bench: Bench) -> None:
        for number in numbers:
            bench.signed("GET", f"{path}?pageSize=10&currentPage={number}")

    return run


def moved(bench: Bench) -> None:
    for _ in range(3):
        bench.transfer("1")


def part(bench: Bench, last: str = "") -> str:
    rows = bench.signed("GET", f"/api/v1/hf/accounts/ledgers?limit=1{f'&lastId={last}' if last else ''}").json()["data"]
    return str(rows[-1]["id"]) if rows else ""


def file(bench: Bench) -> None:
    bench.broker.signed(OPERATOR, "GET", FILE)


LATER: Final[list[Case]] = [
    handled("settlement/pending", "look", lambda bench: (pending(bench), bench.look()), MANUAL),
    handled("settlement/pending", "look at the accounts", lambda bench: (pending(bench), bench.accounts()), MANUAL),
    undecided(
        "settlement/pending", "pay another of the same amount", lambda bench: (pending(bench), pending(bench)), MANUAL
    ),
    broken(
        "settlement/pending",
        "pay one order twice",
        lambda bench: (pending(bench, remark="order 7"), pending(bench, remark="order 7")),
        MANUAL,
    ),
    handled("settlement/succeeded", "look", both(settled("approve"), look), MANUAL),
    broken(
        "settlement/succeeded", "pay the order again", lambda bench: (ordered(bench, "approve"), ordered(bench)), MANUAL
    ),
    undecided("settlement/succeeded", "never look", both(settled("approve"), currency), MANUAL),
    handled("settlement/failed", "look", both(settled("fail"), look), MANUAL),
    handled("settlement/failed", "look and pay again", both(settled("fail"), look, pay), MANUAL),
    undecided("settlement/failed", "never look", both(settled("fail"), currency), MANUAL),
    handled(
        "settlement/failed",
        "pay the order again",
        lambda bench: (ordered(bench, "fail"), bench.look(), ordered(bench)),
        MANUAL,
    ),
    handled("settlement/review", "stop", review, MANUAL),
    handled("settlement/review", "look again", both(review, look), MANUAL),
    broken("settlement/review", "pay again", both(review, pay), MANUAL),
    handled("settlement/cancel-too-late", "look", both(settled("approve"), cancel, look), FREE),
    undecided("settlement/cancel-too-late", "stop", both(settled("approve"), cancel), FREE),
    broken("settlement/cancel-too-late", "pay again", both(settled("approve"), cancel, pay), FREE),
    handled(
        "settlement/canceled",
        "look",
        lambda bench: (setattr(bench, "withdrawal", pending(bench)), cancel(bench), bench.look()),
        FREE,
    ),
    handled(
        "settlement/canceled", "stop", lambda bench: (setattr(bench, "withdrawal", pending(bench)), cancel(bench)), FREE
    ),
    *refused(
        "settlement/unknown-id",
        lambda bench: bench.signed("GET", "/api/v1/withdrawals/6a1d0c7e5b2f4800019c3d22"),
        look,
        times=4,
    ),
    handled(
        "deposits/unconfirmed",
        "look when it is credited",
        lambda bench: (waiting(bench), bench.advance("1h"), bench.signed("GET", "/api/v1/deposits")),
        USDT.format(0),
    ),
    handled(
        "deposits/unconfirmed",
        "pay when it is credited",
        lambda bench: (waiting(bench), bench.advance("1h"), bench.pay(amount="50")),
        USDT.format(0),
    ),
    undecided("deposits/unconfirmed", "stop", waiting, USDT.format(0)),
    broken(
        "deposits/unconfirmed", "pay with it", lambda bench: (waiting(bench), bench.pay(amount="50")), USDT.format(0)
    ),
    handled(
        "deposits/address-exists",
        "list them",
        lambda bench: (
            bench.address("USDT", "trx", "alice"),
            bench.signed("GET", "/api/v3/deposit-addresses?currency=USDT", user="alice"),
        ),
    ),
    undecided("deposits/address-exists", "stop", lambda bench: bench.address("USDT", "trx", "alice")),
    broken(
        "deposits/address-exists",
        "ask again and again",
        lambda bench: [bench.address("USDT", "trx", "alice") for _ in range(3)],
    ),
    *refused(
        "deposits/chain-closed",
        lambda bench: bench.address(),
        lambda bench: bench.address(chain="trx"),
        "given: {currencies: {USDT: {chains: {eth: {deposit_enabled: false}}}}}",
    ),
    *refused("deposits/malformed", lambda bench: bench.address(chain="nosuch"), lambda bench: bench.address()),
    *(
        case
        for name, path, before in (
            ("ledger-pages", "/api/v1/accounts/ledgers", many),
            ("withdrawal-pages", "/api/v1/withdrawals", many),
            ("deposit-pages", "/api/v1/deposits", deposited),
        )
        for case in (
            handled(f"lists/{name}", "read all of them", both(before, pages(path, 1, 2))),
            handled(f"lists/{name}", "look once behind the end", both(before, pages(path, 1, 2, 3))),
            undecided(f"lists/{name}", "read the first", both(before, pages(path, 1))),
            broken(f"lists/{name}", "never stop", both(before, pages(path, 1, 2, 3, 4, 5))),
        )
    ),
    handled(
        "lists/trading-ledger-parts",
        "ask for the next part",
        lambda bench: (moved(bench), part(bench, part(bench))),
        IN_TRADE,
    ),
    broken(
        "lists/trading-ledger-parts",
        "ask for the same part",
        lambda bench: (moved(bench), *[part(bench) for _ in range(4)]),
        IN_TRADE,
    ),
    *refused("lists/page-size", lambda bench: bench.signed("GET", "/api/v1/withdrawals?pageSize=1000"), look),
    *refused(
        "lists/ledger-span",
        lambda bench: bench.signed("GET", "/api/v1/accounts/ledgers?startAt=1780000000000&endAt=1780272000000"),
        lambda bench: bench.signed("GET", "/api/v1/accounts/ledgers"),
        stopping="undecided",
    ),
    *refused(
        "transfers/balance-short",
        lambda bench: bench.transfer("5000", "one"),
        lambda bench: bench.transfer("5", "two"),
        IN_TRADE,
    ),
    *refused(
        "transfers/client-oid-repeated",
        lambda bench: bench.transfer(oid="one"),
        lambda bench: bench.accounts(),
        IN_TRADE,
        before=lambda bench: bench.transfer(oid="one"),
    ),
    *refused(
        "transfers/client-oid-reused",
        lambda bench: bench.transfer("5", "one"),
        lambda bench: bench.transfer("7", "two"),
        IN_TRADE,
        before=lambda bench: bench.transfer(oid="one"),
        stopping="undecided",
    ),
    *refused(
        "transfers/account-not-opened",
        lambda bench: bench.transfer(oid="one", toAccountType="CONTRACT"),
        lambda bench: bench.transfer("5"),
        IN_TRADE,
    ),
    *refused(
        "transfers/sub-account",
        lambda bench: bench.transfer(oid="one", type="PARENT_TO_SUB", toUserId="x"),
        lambda bench: bench.transfer("5"),
        IN_TRADE,
    ),
    *refused(
        "transfers/malformed", lambda bench: bench.transfer("0", "one"), lambda bench: bench.transfer("5"), IN_TRADE
    ),
    handled(
        "rebates/not-ready", "wait and ask again", lambda bench: (file(bench), bench.sleep(6_000), file(bench)), REBATES
    ),
    handled(
        "rebates/not-ready",
        "ask every two seconds",
        lambda bench: [(file(bench), bench.sleep(2_000)) for _ in range(5)],
        REBATES,
    ),
    undecided("rebates/not-ready", "stop", file, REBATES),
    broken("rebates/not-ready", "ask without a pause", lambda bench: [file(bench) for _ in range(7)], REBATES),
    *refused("rebates/not-the-brokers-key", lambda bench: bench.signed("GET", FILE), file),
    *refused(
        "rebates/span",
        lambda bench: bench.broker.signed(OPERATOR, "GET", FILE.replace("20260501", "20240501")),
        file,
        stopping="undecided",
    ),
]


# --- the network
def struck(effect: dict[str, object], operation: str = "list_accounts") -> Run:
    """A look that a fault strikes."""

    def run(bench: Bench) -> None:
        bench.key("frank")
        bench.fault(operation, times=30, **effect)
        bench.accounts()

    return run


def storm(bench: Bench) -> None:
    for _ in range(21):
        bench.accounts()


EFFECTS: Final[dict[str, dict[str, object]]] = {
    "reset": {"network": "reset"},
    "empty": {"network": "empty"},
    "truncated": {"network": "truncate"},
    "wrong-length": {"network": "wrong_length"},
    "garbage": {"network": "garbage"},
    "drip": {"network": "drip", "delay": "1ms"},
    "outage": {"respond": {"status": 502, "body": "Bad Gateway"}},
    "strange-success": {"respond": {"status": 200, "body": "Welcome"}},
    "strange-refusal": {"respond": {"status": 403, "body": "Forbidden"}},
    "slow": {"delay": "1ms"},
}


NETWORK: Final[list[Case]] = [
    *(
        case
        for name, effect in EFFECTS.items()
        for case in (
            handled(f"network/{name}", "go on", both(struck(effect), look)),
            undecided(f"network/{name}", "stop", struck(effect)),
            *(
                [broken(f"network/{name}", "flood it", both(struck(effect), storm))]
                if name not in ("slow", "drip")
                else []
            ),
        )
    ),
    handled(
        "clock/skew",
        "correct it",
        lambda bench: (bench.accounts(), bench.skew(30_000), bench.accounts(), bench.skew(0), bench.accounts()),
    ),
    undecided("clock/skew", "stop", lambda bench: (bench.accounts(), bench.skew(30_000), bench.accounts())),
    undecided(
        "clock/skew",
        "never have been right: a mistake of the set-up",
        lambda bench: (bench.skew(30_000), *[bench.accounts() for _ in range(9)]),
    ),
    broken(
        "clock/skew",
        "go on with it",
        lambda bench: (bench.accounts(), bench.skew(30_000), *[bench.accounts() for _ in range(9)]),
    ),
]
CASES: Final = [*LOGIN, *TOKENS, *KEYS, *LOST, *LATER, *NETWORK]
