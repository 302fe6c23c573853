"""Deposit addresses: made-up ones that look as those of their chain do. Their checksums are wrong on purpose.

Nobody can be hurt by an address that no wallet would pay to.
"""

from __future__ import annotations

from typing import Final

from simulator.core.mint import digest
from simulator.core.value import Value
from simulator.core.world import Chain, World

BASE58: Final = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
BECH32: Final = "023456789acdefghjklmnpqrstuvwxyz"
BASE64URL: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
HEX: Final = "0123456789abcdef"


class Form(Value, frozen=True):
    """What an address of a chain looks like: its beginning, and so many letters of an alphabet."""

    prefix: str
    letters: str
    length: int


EVM: Final = Form("0x", HEX, 40)
FORMS: Final[dict[str, Form]] = {
    "btc": Form("1", BASE58, 33),
    "bech32": Form("bc1q", BECH32, 38),
    "btcln": Form("lnbc1p", BECH32, 250),
    "trx": Form("T", BASE58, 33),
    "sol": Form("", BASE58, 44),
    "xrp": Form("r", BASE58, 33),
    "ton": Form("EQ", BASE64URL, 46),
}
"""By chainId. Every other chain is taken for one of Ethereum's kin [H67/made-up-addresses]."""


def _text(letters: str, length: int, *seed: object) -> str:
    number = int.from_bytes(b"".join(digest(*seed, part) for part in range(-(-length // 16))), "big")
    text = ""
    for _ in range(length):
        number, place = divmod(number, len(letters))
        text += letters[place]
    return text


def mint_address(world: World, user: str, chain: Chain, number: int) -> tuple[str, str]:
    """The address and memo of a user on a chain; `number` counts those of one currency, from 0.

    A user has one address for all currencies of a chain. Where the chain needs a memo, everybody has the same address
    and a memo of ten digits of their own. The same seed gives the same.
    """
    seed = (world.seed, world.workspace)
    if not chain.need_tag:
        return _address(chain.chain_id, *seed, user, number), ""
    memo = _text("0123456789", 9, *seed, "memo", user, number)
    return _address(chain.chain_id, *seed, "everybody"), f"1{memo}"


def _address(chain_id: str, *seed: object) -> str:
    form = FORMS.get(chain_id, EVM)
    return form.prefix + _text(form.letters, form.length, "address", chain_id, *seed)


def mint_deposit_tx_id(world: World, id: str) -> str:
    """The hash of a deposit's transaction with the suffix of 32 hex digits that live answers have [H92/deposit-tx]."""
    return f"{mint_wallet_tx_id(world, id)}@{digest(world.seed, world.workspace, 'wallet tx suffix', id).hex()[:32]}"


def mint_wallet_tx_id(world: World, id: str) -> str:
    """The hash of a transaction that no chain has: 64 hex digits."""
    return digest(world.seed, world.workspace, "wallet tx", id).hex()
