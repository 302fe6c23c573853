"""Five mistakes that brokers make, each as a broker that is like ours but for one method.

`SAMPLE_BROKER_MISTAKE=state-unchecked pytest` runs the tests against a broker with that mistake.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from broker.kucoin import Key, KuCoin, Tokens
from broker.service import Broker


class UncheckedStateBroker(Broker):
    """Takes the code of any callback."""

    def asked_for(self, state: str, session: str) -> bool:
        """True for every state."""
        return True


class OldTokenBroker(Broker):
    """Keeps the first access token for as long as it lives, as a cache would."""

    def keep(self, user: str, tokens: Tokens) -> None:
        """Replace the refresh token alone."""
        old = self.store.tokens(user)
        super().keep(user, Tokens(old.access, tokens.refresh, tokens.expires_at) if old else tokens)


class PayingTwiceBroker(Broker):
    """Takes a lost answer for a payout that was not made."""

    def after_silence(self, key: Key, payout: dict[str, Any], more: dict[str, Any] | None) -> dict[str, Any]:
        """Send the payout once more, from its first request."""
        return self.submit(key, payout)


class FloatBroker(Broker):
    """Reckons in binary floating point."""

    @staticmethod
    def net(amount: str) -> str:
        """99 % of an amount, or nearly."""
        return str(float(amount) * 0.99)


class SortingKuCoin(KuCoin):
    """Signs the query in the order of the alphabet, as other exchanges want it."""

    @staticmethod
    def to_sign(path: str, query: str) -> str:
        """Path and sorted query."""
        return KuCoin.to_sign(path, "&".join(sorted(query.split("&"))))


MISTAKES: Final[Mapping[str, tuple[type[KuCoin], type[Broker]]]] = {
    "": (KuCoin, Broker),
    "state-unchecked": (KuCoin, UncheckedStateBroker),
    "old-token-kept": (KuCoin, OldTokenBroker),
    "payout-retried": (KuCoin, PayingTwiceBroker),
    "float-money": (KuCoin, FloatBroker),
    "sorted-signature": (SortingKuCoin, Broker),
}
