"""The keys of people: clients, users, and the API keys of a user."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import starmap
from typing import Final

from simulator.core.spec import AuthGroup, Factor
from simulator.core.world import ApiKey, Client, DepositAddress, User
from simulator.core.world.clients import MadeBy
from simulator.scenario.format.scalars import (
    AMOUNTS,
    API_KEY,
    BASE32,
    BOOLEAN,
    INSTANTS,
    INTEGER,
    IP,
    LEVEL,
    REDIRECT_URI,
    TEXT,
    Scalar,
)
from simulator.scenario.format.shapes import BY_HAND, Either, Key, List, Names, OneOf, Record, members

AT_LIMIT: Final = "at_limit"
GROUPS: Final = List(members(AuthGroup))
GRANT: Final = Either("all, or a list of permissions", scalar=OneOf({"all": tuple(AuthGroup)}, "all"), items=GROUPS)
"""What a user grants."""
CLIENT: Final = Record(
    {
        "name": Key(TEXT, "The broker's name, as the consent page shows it"),
        "secret": Key(TEXT, "client_secret (H01)"),
        "redirect_uris": Key(List(REDIRECT_URI), "Registered redirect URLs (s2); a path is on the simulator's origin"),
        "ip_allowlist": Key(
            Record(
                {
                    "oauth": Key(
                        List(IP), "Addresses that may call the token and key endpoints; none = any", into="oauth_ips"
                    ),
                    "trading": Key(List(IP), "Addresses that may call /api; none = any", into="trading_ips"),
                },
                makes=Client,
            ),
            "The IP lists that the broker handed in (s2)",
        ),
        "api_name": Key(TEXT, "The name of every key of this client, so that a user's second one collides (H13)"),
        "site": Key(
            OneOf({"global": False, "local": True}), "local = the old key endpoint refuses (s4.2)", into="local_site"
        ),
        "partner": Key(
            Record(
                {
                    "name": Key(TEXT, "KC-API-PARTNER, and brokerId of a key", into="partner"),
                    "broker_name": Key(TEXT, "KC-BROKER-NAME"),
                    "broker_key": Key(TEXT, "What KC-API-PARTNER-SIGN is signed with"),
                },
                makes=Client,
            ),
            "The broker's partner credentials (H35)",
        ),
        "rcode": Key(TEXT, "The referral code of the users whom the broker invites"),
        "invited": Key(List(TEXT), "Those users: their trades earn the broker something without its tag, too (H65)"),
    },
    makes=Client,
)


def _granted(groups: Iterable[AuthGroup]) -> tuple[AuthGroup, ...]:
    """The permissions of a key in KuCoin's order. Reading is always among them."""
    granted = {AuthGroup.API_COMMON, *groups}
    return tuple(group for group in AuthGroup if group in granted)


API_KEY_ENTRY: Final = Record(
    {
        "key": Key(API_KEY, "KC-API-KEY", required=True, into="api_key"),
        "secret": Key(TEXT, "What KC-API-SIGN is signed with", required=True),
        "passphrase": Key(TEXT, "The passphrase before it is signed", required=True),
        "groups": Key(GROUPS, "What the key can do; reading always", required=True, make=_granted),
        "made_by": Key(
            members(MadeBy),
            "consent: through the Fast API; user: by hand, no broker's; broker: by hand in the broker's own account,"
            " for Broker Pro; consent if absent",
        ),
        "withdrawal": Key(
            BOOLEAN, "Whether a key made by hand has the ordinary permission, for POST /api/v3/withdrawals"
        ),
        "ip_whitelist": Key(
            List(IP, 1), "Addresses that may use it; a key made by hand that can withdraw needs one (H96)"
        ),
        "client": Key(TEXT, "Whose key it is; needed when there are several clients", into=BY_HAND),
        "name": Key(TEXT, "apiName, once a user", into="api_name"),
        "addressbook_only": Key(BOOLEAN, "Whether it pays only to the user's address book (H53)"),
        "created_at": Key(INSTANTS, "When it was made; 2026-01-01T00:00:00Z if absent"),
    },
    makes=ApiKey,
)


def _count(text: str) -> int | str:
    return text if text == AT_LIMIT else int(text)


API_KEYS: Final = Either(
    "at_limit, a whole number or a list of keys",
    scalar=Scalar(
        "at_limit, a whole number or a list of keys", "at_limit|[0-9]{1,18}", _count, ("string", "integer"), 0
    ),
    items=List(API_KEY_ENTRY),
)


def _pairs(book: Mapping[str, Iterable[str]]) -> tuple[tuple[str, str], ...]:
    return tuple((chain, address) for chain, addresses in book.items() for address in addresses)


def _addresses(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    book: dict[str, list[str]] = {}
    for chain, address in pairs:
        book.setdefault(chain, []).append(address)
    return book


def _own_addresses(by_chain: Mapping[str, str]) -> tuple[DepositAddress, ...]:
    return tuple(starmap(DepositAddress, by_chain.items()))


def _own_by_chain(addresses: Iterable[DepositAddress]) -> dict[str, str]:
    return {own.chain: own.address for own in addresses}


ACCOUNTS: Final = {"balances": "main", "trade": "trade"}
"""The keys of a user that hold balances, each with the account's type."""
USER: Final = Record(
    {
        "uid": Key(INTEGER, "The user's number; derived from the name if absent"),
        "email": Key(TEXT, "E-mail address: a way to log in, and a recipient of payments"),
        "phone": Key(TEXT, "Phone number, likewise"),
        "level": Key(LEVEL, "VIP level, which decides how large the rate pools are"),
        "registered_at": Key(INSTANTS, "When the user registered at KuCoin; 2026-01-01T00:00:00Z if absent"),
        "frozen": Key(BOOLEAN, "Whether withdrawals are refused"),
        "futures": Key(BOOLEAN, "Whether the futures account is opened"),
        "factor_sets": Key(
            List(List(members(Factor))),
            "Second factors: alternatives of which each needs all; [] = bind one first, [[]] = none asked for (H42)",
        ),
        "totp_secret": Key(BASE32, "The authenticator's secret"),
        "balances": Key(Names(AMOUNTS), "The main account by currency", into=BY_HAND),
        "trade": Key(Names(AMOUNTS), "The trading account by currency", into=BY_HAND),
        "address_book": Key(Names(List(TEXT)), "Known addresses by chainId (H53)", make=_pairs, unmake=_addresses),
        "deposit_addresses": Key(
            Names(TEXT), "The user's own address by chainId (H47)", make=_own_addresses, unmake=_own_by_chain
        ),
        "api_keys": Key(
            API_KEYS, "Keys that the user has: a number, at_limit, or a list of keys to sign with", into=BY_HAND
        ),
    },
    makes=User,
)
