"""s8.1: the security set-up page behind the "bind more factors" link, and the factors themselves (H40 to H45)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from hmac import compare_digest
from typing import Final

from msgspec.structs import replace

from simulator.core import spec
from simulator.core.endpoint import Call
from simulator.core.fast_api.authorization import by_identity, find_user
from simulator.core.fast_api.redirects import origin_of, resolve
from simulator.core.mint import Mint
from simulator.core.refusals import Reason, Refusal
from simulator.core.spec import Factor
from simulator.core.value import Reply, Value
from simulator.core.world import FactorSets, Message, Now, Transaction, User, World


class PrepareFactor(Value, frozen=True):
    """A user opens the set-up page and enters their identity."""

    identity: str


class FactorPrepared(Reply, frozen=True):
    """The content of the page: the authenticator's secret, and its `otpauth://` URI as a QR code."""

    user: User
    uri: str


class BindFactor(Value, frozen=True):
    """The six digits of the authenticator prove that it is set up."""

    identity: str
    code: str


class FactorBound(Reply, frozen=True):
    """The user with the new factor."""

    user: User


def link(world: World) -> str:
    """The security set-up link of s8.1. It has no query: brokers add `?client_id=` themselves [s8.1/link]."""
    return world.origin + world.prefix + spec.SECURITY_PATH


def return_target(world: World, client_id: str, redirect_uri: str) -> str:
    """The URI that the page links to afterwards: `redirect_uri` if its origin is that of a registered one, else "".

    [s8.1/return] [H41/return]
    """
    client = world.clients.get(client_id)
    origin = origin_of(redirect_uri)
    if client is None or not origin:
        return ""
    return redirect_uri if origin in {origin_of(uri) for uri in resolve(world, client)} else ""


def prepare_factor(world: World, command: PrepareFactor, now: Now) -> tuple[World, FactorPrepared]:
    """The user, and the URI to scan. Nothing is changed."""
    from pyotp import TOTP

    user = _unbound_user(world, command.identity)
    uri = TOTP(user.totp_secret, name=user.email or user.name, issuer="KuCoin simulator").provisioning_uri()
    return world, FactorPrepared(user=user, uri=uri)


def _unbound_user(world: World, identity: str) -> User:
    """The user with that identity, who must not have an authenticator yet."""
    user = find_user(world, identity)
    if user.authenticator_bound:
        raise Refusal(
            Reason.FACTOR_ALREADY_BOUND, expected="no authenticator yet", received="an authenticator is bound"
        )
    return user


def bind_factor(world: World, command: BindFactor, now: Now) -> tuple[World, FactorBound]:
    """Bind the authenticator. A user with an e-mail then needs both factors [s8.1/set-up] [H41/set-up]."""
    user = _unbound_user(world, command.identity)
    if not authenticator_accepts(user, command.code.strip(" \t\r\n"), now):
        raise Refusal(Reason.FACTOR_WRONG, expected="the authenticator's code", received="a different code")
    user = with_authenticator(user)
    return world.put(user), FactorBound(user=user)


def with_authenticator(user: User) -> User:
    """The user with an authenticator besides the factors that there are."""
    together = (Factor.GAV, Factor.EMV) if user.email else (Factor.GAV,)
    return replace(user, factor_sets=(*(factors for factors in user.factor_sets if factors), together))


def authenticator_accepts(user: User, code: str, now: Now) -> bool:
    """True if the code is right now by the wall clock, or one step earlier or later (RFC 6238) [H45/authenticator].

    The digits must be ASCII, because pyotp also accepts others, such as full-width ones.
    """
    from pyotp import TOTP

    return code.isascii() and TOTP(user.totp_secret).verify(
        code, for_time=datetime.fromtimestamp(now.wall // 1000, UTC), valid_window=1
    )


def current_code(user: User, now: Now) -> tuple[str, int]:
    """The code that the user's authenticator shows, and how many seconds it stays."""
    from pyotp import TOTP

    totp = TOTP(user.totp_secret)
    return totp.at(now.wall // 1000), totp.interval - now.wall // 1000 % totp.interval


def sent_factors(factor_sets: FactorSets) -> tuple[tuple[Factor, ...], ...]:
    """s8.2 sentFactors: the factors of each alternative that are sent to the user."""
    return tuple(tuple(factor for factor in factors if factor in spec.SENT_FACTORS) for factors in factor_sets)


def send_codes(world: World, transaction: Transaction, mint: Mint, now: Now) -> tuple[World, Transaction]:
    """Put a one-time code into the user's message box, and into the transaction, for each factor that needs one."""
    needed = [factor for factor in spec.SENT_FACTORS if any(factor in factors for factors in transaction.factor_sets)]
    sent = tuple((factor, mint.digits(factor.value)) for factor in needed)
    messages = [Message(factor, code, transaction.id, now.business) for factor, code in sent]
    transaction = replace(transaction, sent=sent)
    return world.put(transaction, world.message_box(transaction.user).having(messages)), transaction


def answers(transaction: Transaction, user: User, given: Mapping[Factor, str], now: Now) -> bool:
    """True if all codes in `given` are right. They must cover one alternative of the transaction.

    Codes that cover no alternative are refused as incomplete, because that is a malformed request and no wrong guess.
    [s8.2/all-factors] [H42/factor-sets]
    """
    if not any(set(factors) <= set(given) for factors in transaction.factor_sets):
        expected = " or ".join("+".join(factor.value for factor in factors) for factors in transaction.factor_sets)
        received = "+".join(factor.value for factor in given) or "none"
        raise Refusal(Reason.FACTORS_INCOMPLETE, expected=expected, received=received)
    sent = dict(transaction.sent)

    def right(factor: Factor) -> bool:
        if factor is Factor.GAV:
            return authenticator_accepts(user, given[factor], now)
        return factor in sent and compare_digest(sent[factor].encode(), given[factor].encode())

    return all(right(factor) for factor in given)


_REFUSALS: Final = {Reason.USER_UNKNOWN, Reason.FACTOR_ALREADY_BOUND}

PAGES: Final = (
    Call(
        prepare_factor,
        PrepareFactor,
        "s8.1",
        by_identity,
        call=f"POST {spec.SECURITY_PATH}",
        refusals=_REFUSALS,
    ),
    Call(
        bind_factor,
        BindFactor,
        "s8.1",
        by_identity,
        call=f"POST {spec.SECURITY_PATH}",
        refusals={*_REFUSALS, Reason.FACTOR_WRONG},
    ),
)
