"""What a careful broker's users want in scenarios about login, tokens and keys, as their comments say it."""

from __future__ import annotations

import pytest

from support.careful_brokers.connecting import DeclinedError
from support.careful_brokers.playing import FOR_TRADING, PATIENCE, SCRIPTS, Played, script, usual


def renewed(played: Played) -> None:
    """Take the tokens, refresh them, and have a key in the end."""
    played.broker.groups = FOR_TRADING
    account = played.broker.connect("alice")
    played.broker.renew(account)
    played.broker.have_key(account)


SCRIPTS |= dict.fromkeys(
    ("connection-reset", "refresh-answer-lost", "refresh-retires-old-token", "refreshed-elsewhere"), renewed
)


@script
def refresh_concurrent(played: Played) -> None:
    """Two workers want a new pair; the one that comes second reads the pair that the first one has stored."""
    played.broker.groups = FOR_TRADING
    account = played.broker.connect("alice")
    old = account.pair
    for _ in range(2):
        if account.pair is old:
            played.broker.renew(account)
    played.broker.have_key(account)


# --- login and key
@script
def user_denies(played: Played) -> None:
    account = played.broker.connect("alice")
    assert account.denied
    assert account.pair is None


@script
def callback_forged(played: Played) -> None:
    played.broker.groups = FOR_TRADING
    for _ in range(5):
        account = played.broker.connect("alice")
    played.broker.have_key(account)


def called_back_twice(played: Played) -> None:
    """Both callbacks bring the same code."""
    played.broker.groups = FOR_TRADING
    parameters = played.people.log_in("alice", played.broker.groups)
    for _ in range(2):
        account = played.broker.callback("alice", parameters)
    played.broker.have_key(account)


SCRIPTS |= dict.fromkeys(("code-used-twice", "callback-twice"), called_back_twice)


@script
def repeated_api_name(played: Played) -> None:
    played.broker.groups = FOR_TRADING
    for _ in range(2):
        account = played.broker.connect("alice")
        played.broker.have_key(account)


@script
def max_keys(played: Played) -> None:
    played.broker.groups = FOR_TRADING
    account = played.broker.connect("alice")
    with pytest.raises(DeclinedError, match="maximum level"):
        played.broker.have_key(account)


@script
def ip_not_allowed(played: Played) -> None:
    assert "203.0.113.99" in played.declined("frank", amount="100", chain="trx")


@script
def consent_narrowed(played: Played) -> None:
    played.broker.have_key(played.broker.connect("alice"))


@script
def old_endpoint(played: Played) -> None:
    played.broker.site = "local"
    usual(played)


@script
def slow_exchange(played: Played) -> None:
    played.people.patience["exchange_code"] = PATIENCE
    usual(played)


@script
def answer_never_comes(played: Played) -> None:
    played.people.patience |= {"add_api_key": PATIENCE, "add_api_key_old": PATIENCE}
    usual(played)
