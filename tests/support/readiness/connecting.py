"""Runs about login, tokens and keys."""

# mypy: disable-error-code="func-returns-value, misc"
# What the calls of a run return does not matter, and a lambda in a loop needs a default.

from __future__ import annotations

from typing import Final

from support.readiness.bench import Bench, Run
from support.readiness.case import Case, broken, handled, refused, undecided

TWO_CLIENTS: Final = (
    "given: {clients: {other: {name: Other, secret: s, redirect_uris: ['http://localhost:3000/callback']}}}"
)
ONE_NAME: Final = "given: {clients: {demo-broker: {api_name: bot}}}"
GROUPS: Final = {"API_COMMON": True}


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


def mix(bench: Bench) -> None:
    bench.add_key(bench.pair["refresh_token"])


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


def lost_pair(bench: Bench) -> None:
    connected(bench)
    bench.lose("refresh_tokens")
    bench.refresh(bench.pair["refresh_token"])


# fmt: off
LOGIN: Final[list[Case]] = [
    handled("login/denied", "tell the user", denied),
    handled("login/denied", "log in again", both(denied, used_code)),
    broken("login/denied", "exchange nothing", both(denied, exchange_nothing)),
    *(
        case
        for name, trick in (("state-missing", "drop_state"), ("state-altered", "alter_state"), ("state-replayed", "replay_state"))
        for case in (
            handled(f"login/{name}", "refuse the callback", lambda bench, trick=trick: approved(bench, trick)),
            handled(f"login/{name}", "begin again", lambda bench, trick=trick: (approved(bench, trick), used_code(bench))),
            broken(f"login/{name}", "exchange the code", lambda bench, trick=trick: bench.exchange(approved(bench, trick))),
        )
    ),
    handled("login/callback-twice", "exchange it once", lambda bench: bench.exchange(approved(bench, "twice"))),
    handled("login/callback-twice", "take one refusal", lambda bench: (setattr(bench, "last_code", approved(bench, "twice")), use(bench), again(bench), make(bench))),
    broken("login/callback-twice", "exchange it for ever", lambda bench: [bench.exchange(code) for code in [approved(bench, "twice")] for _ in range(3)]),
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
    handled("tokens/access-expired", "refresh", lambda bench: (aged(bench, "61m"), make(bench), renew(bench), make(bench))),
    handled("tokens/access-expired", "log in again", lambda bench: (aged(bench, "61m"), make(bench), connected(bench))),
    undecided("tokens/access-expired", "stop", lambda bench: (aged(bench, "61m"), make(bench))),
    broken("tokens/access-expired", "send it again and again", lambda bench: (aged(bench, "61m"), *[make(bench) for _ in range(3)])),
    handled("tokens/access-superseded", "log in again", both(lost_pair, make, connected)),
    undecided("tokens/access-superseded", "stop", both(lost_pair, make)),
    broken("tokens/access-superseded", "send it again and again", both(lost_pair, make, make, make)),
    handled("tokens/refresh-before-expiry", "use the new pair", both(connected, renew, make)),
    handled("tokens/refresh-before-expiry", "err once and read the new pair", both(connected, renew, make_with_old, make)),
    undecided("tokens/refresh-before-expiry", "stop", both(connected, renew)),
    broken("tokens/refresh-before-expiry", "go on with the old token", both(connected, renew, make_with_old, make_with_old, make_with_old)),
    handled("tokens/refresh-after-expiry", "use the new pair", lambda bench: (aged(bench, "61m"), renew(bench), make(bench))),
    broken("tokens/refresh-after-expiry", "go on with the old token", lambda bench: (aged(bench, "61m"), renew(bench), make_with_old(bench), make_with_old(bench), make_with_old(bench))),
    handled("tokens/refresh-last-moment", "use the new pair", lambda bench: (aged(bench, "71h55m"), renew(bench), make(bench))),
    broken("tokens/refresh-last-moment", "go on with the old token", lambda bench: (aged(bench, "71h55m"), renew(bench), make_with_old(bench), make_with_old(bench), make_with_old(bench))),
    handled("tokens/refresh-superseded", "read the new pair", both(renewed_long_ago, renew_with_old, make)),
    handled("tokens/refresh-superseded", "log in again", both(renewed_long_ago, renew_with_old, connected)),
    undecided("tokens/refresh-superseded", "stop", both(renewed_long_ago, renew_with_old)),
    broken("tokens/refresh-superseded", "send it again and again", both(renewed_long_ago, *[renew_with_old] * 3)),
    handled("tokens/refresh-concurrent", "use the pair of the other", both(connected, renew, renew_with_old, make)),
    handled("tokens/refresh-concurrent", "log in again", both(connected, renew, renew_with_old, connected)),
    broken("tokens/refresh-concurrent", "send it again and again", both(connected, renew, *[renew_with_old] * 3)),
    handled("tokens/refresh-expired", "log in again", lambda bench: (aged(bench, "3d"), renew(bench), connected(bench))),
    undecided("tokens/refresh-expired", "stop", lambda bench: (aged(bench, "3d"), renew(bench))),
    broken("tokens/refresh-expired", "send it again and again", lambda bench: (aged(bench, "3d"), *[bench.refresh(bench.pair["refresh_token"]) for _ in range(3)])),
    *refused("tokens/consent-revoked", make, connected, before=revoked),
    *refused("tokens/kinds-mixed", mix, make, before=connected, stopping="undecided"),
    *refused("tokens/bearer-missing", lambda bench: bench.bearer("", GROUPS), make, before=connected, stopping="undecided"),
]

KEYS: Final[list[Case]] = [
    *refused("keys/name-taken", make, lambda bench: bench.code(), ONE_NAME, before=named),
    *refused("keys/limit", make, lambda bench: bench.code("dave"), before=lambda bench: setattr(bench, "pair", bench.tokens("dave"))),
    *refused("keys/more-than-granted", make, lambda bench: ask(bench, "API_COMMON", "API_SPOT"), before=narrow, stopping="undecided"),
    *refused("keys/less-than-granted", lambda bench: ask(bench, "API_COMMON"), lambda bench: ask(bench, "API_COMMON", "API_SPOT"), "choices: {narrower_than_consent: refuse}", before=narrow, stopping="undecided"),
    *refused("keys/address-book-flag", make, lambda bench: bench.add_key(bench.pair["access_token"], book_only=True), before=bound, stopping="undecided"),
    *refused("keys/no-futures-account", lambda bench: ask(bench, "API_COMMON", "API_FUTURES"), lambda bench: ask(bench, "API_COMMON"), before=by_frank, stopping="undecided"),
    *refused("keys/one-per-consent", make, connected, "choices: {keys_per_consent: one}", before=named),
    *refused("keys/old-endpoint", lambda bench: bench.add_key_old(bench.pair["access_token"]), make, "given: {clients: {demo-broker: {site: local}}}", before=connected, stopping="undecided"),
    handled("keys/old-endpoint", "use the new one at once", both(connected, make), "given: {clients: {demo-broker: {site: local}}}"),
    *refused("keys/malformed-groups", lambda bench: bench.bearer(f"bearer {bench.pair['access_token']}", {"NOSUCH": True}), make, before=connected, stopping="undecided"),
    handled("keys/deleted", "stop", lambda bench: (deleted(bench), bench.accounts())),
    handled("keys/deleted", "connect again", lambda bench: (deleted(bench), bench.accounts(), bench.another_key("frank"))),
    broken("keys/deleted", "knock", lambda bench: (deleted(bench), [bench.accounts() for _ in range(7)])),
    handled("keys/ip-not-allowed", "stop", lambda bench: bench.accounts(), "given: {observed_ip: 203.0.113.99, clients: {demo-broker: {ip_allowlist: {oauth: [], trading: [203.0.113.10]}}}}"),
    broken("keys/ip-not-allowed", "make another key", lambda bench: (bench.accounts(), bench.another_key("frank"), bench.accounts()), "given: {observed_ip: 203.0.113.99, clients: {demo-broker: {ip_allowlist: {oauth: [], trading: [203.0.113.10]}}}}"),
    broken("keys/ip-not-allowed", "come again and again", lambda bench: [bench.accounts() for _ in range(3)], "given: {observed_ip: 203.0.113.99, clients: {demo-broker: {ip_allowlist: {oauth: [], trading: [203.0.113.10]}}}}"),
]
CASES: Final = [*LOGIN, *TOKENS, *KEYS]
# fmt: on
"""What is right, what is wrong, and what is not decided."""
