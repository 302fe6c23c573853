"""The whole HTTP surface of the exchange as one table, and what it says to a call at one of its places."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final, NamedTuple

from simulator.core.refusals import Reason
from simulator.core.value import Command
from simulator.messages import Answer, Request
from simulator.web.endpoints import decode, decode_account, decode_broker, decode_public, unserved
from simulator.web.endpoints.desk import Desk, refusal
from simulator.web.endpoints.envelope import Family


class Endpoint(NamedTuple):
    """One call of the exchange: its method and no other [H02/method], how it is read, which envelope it answers in."""

    method: str
    path: str
    decode: Callable[[Request], Command]
    family: Family
    host: str
    """KuCoin's host for it (H27)."""


WWW, API, FUTURES = "www.kucoin.com", "api.kucoin.com", "api-futures.kucoin.com"
RESOURCE: Final = "/_oauth/resource"

ENDPOINTS: Final = (
    # s7.2, s7.3, s4.1, s4.2
    Endpoint("GET", "/_oauth/access-token", decode.exchange_code, Family.TOKEN, WWW),
    Endpoint("POST", "/_oauth/refresh-token", decode.refresh_tokens, Family.TOKEN, WWW),
    Endpoint("POST", f"{RESOURCE}/ucenter/outer/api-key/add", decode.add_api_key_old, Family.RESOURCE, WWW),
    Endpoint("POST", f"{RESOURCE}/cyber-truck-vault/v2/outer/api-key/add", decode.add_api_key, Family.RESOURCE, WWW),
    # s8.2
    Endpoint("POST", "/api/v2/broker/withdrawal", decode.withdraw, Family.OPENAPI, API),
    # beside the page: public
    Endpoint("GET", "/api/v1/timestamp", decode_public.get_server_time, Family.OPENAPI, API),
    Endpoint("GET", "/api/v1/status", decode_public.get_service_status, Family.OPENAPI, API),
    Endpoint("GET", "/api/v1/my-ip", decode_public.get_client_ip, Family.OPENAPI, API),
    Endpoint("GET", "/api/v3/currencies", decode_public.list_currencies, Family.OPENAPI, API),
    Endpoint("GET", "/api/v3/currencies/{currency}", decode_public.get_currency, Family.OPENAPI, API),
    # markets, all of them empty
    Endpoint("GET", "/api/v2/symbols", decode_public.list_symbols, Family.OPENAPI, API),
    Endpoint("GET", "/api/v1/market/allTickers", decode_public.list_tickers, Family.OPENAPI, API),
    Endpoint("GET", "/api/v3/margin/symbols", decode_public.list_cross_margin_symbols, Family.OPENAPI, API),
    Endpoint("GET", "/api/v1/isolated/symbols", decode_public.list_isolated_margin_symbols, Family.OPENAPI, API),
    Endpoint("GET", "/api/v1/contracts/active", decode_public.list_contracts, Family.OPENAPI, FUTURES),
    # accounts
    Endpoint("GET", "/api/v1/user/api-key", decode_account.get_api_key_info, Family.OPENAPI, API),
    Endpoint("GET", "/api/v2/user-info", decode_account.get_user_info, Family.OPENAPI, API),
    Endpoint("GET", "/api/v1/hf/accounts/opened", decode_account.get_spot_account_type, Family.OPENAPI, API),
    Endpoint("GET", "/api/ua/v1/account/mode", decode_account.get_account_mode, Family.OPENAPI, API),
    Endpoint("GET", "/api/v1/accounts", decode_account.list_accounts, Family.OPENAPI, API),
    Endpoint("GET", "/api/v1/accounts/ledgers", decode_account.list_ledgers, Family.OPENAPI, API),
    Endpoint("GET", "/api/v1/hf/accounts/ledgers", decode_account.list_hf_ledgers, Family.OPENAPI, API),
    Endpoint("GET", "/api/v1/accounts/transferable", decode_account.get_transferable, Family.OPENAPI, API),
    Endpoint("GET", "/api/v1/accounts/{accountId}", decode_account.get_account, Family.OPENAPI, API),
    Endpoint("POST", "/api/v3/accounts/universal-transfer", decode_account.make_transfer, Family.OPENAPI, API),
    # deposits
    Endpoint("POST", "/api/v3/deposit-address/create", decode_account.create_deposit_address, Family.OPENAPI, API),
    Endpoint("GET", "/api/v3/deposit-addresses", decode_account.list_deposit_addresses, Family.OPENAPI, API),
    Endpoint("GET", "/api/v2/deposit-addresses", decode_account.list_deposit_addresses_v2, Family.OPENAPI, API),
    Endpoint("GET", "/api/v1/deposit-addresses", decode_account.get_deposit_address_v1, Family.OPENAPI, API),
    Endpoint("GET", "/api/v1/deposits", decode_account.list_deposits, Family.OPENAPI, API),
    # withdrawals
    Endpoint("GET", "/api/v1/withdrawals/quotas", decode_account.get_withdrawal_quotas, Family.OPENAPI, API),
    Endpoint("GET", "/api/v1/withdrawals", decode_account.list_withdrawals, Family.OPENAPI, API),
    Endpoint("GET", "/api/v1/withdrawals/{withdrawalId}", decode_account.get_withdrawal, Family.OPENAPI, API),
    Endpoint("DELETE", "/api/v1/withdrawals/{withdrawalId}", decode_account.cancel_withdrawal, Family.OPENAPI, API),
    Endpoint("POST", "/api/v3/withdrawals", decode_account.withdraw_v3, Family.OPENAPI, API),
    # Broker Pro
    Endpoint("GET", "/api/v1/broker/api/rebase/download", decode_broker.get_rebate, Family.OPENAPI, API),
    Endpoint("GET", "/api/v2/broker/api/rebate/download", decode_broker.get_rebate_v2, Family.OPENAPI, API),
    Endpoint("GET", "/api/v2/broker/queryMyCommission", decode_broker.get_commission, Family.OPENAPI, API),
    Endpoint("GET", "/api/v2/broker/queryUser", decode_broker.list_broker_users, Family.OPENAPI, API),
    Endpoint("GET", "/api/v2/broker/queryDetailByUid", decode_broker.list_broker_transactions, Family.OPENAPI, API),
)
"""[H27/one-port]: one port serves both hosts."""

Methods = Mapping[str, Endpoint]
"""The endpoints at one path, by their methods."""


def _by_method(places: Iterable[tuple[str, Endpoint]]) -> dict[str, Methods]:
    found: dict[str, dict[str, Endpoint]] = {}
    for place, endpoint in places:
        found.setdefault(place, {})[endpoint.method] = endpoint
    return {**found}


PLACES: Final = _by_method((each.path, each) for each in ENDPOINTS)
FOLDERS: Final = _by_method((each.path.partition("{")[0], each) for each in ENDPOINTS if each.path.endswith("}"))
"""Endpoints whose last part is a name, by what stands before it."""

SHARED: Final = ("/api/v1/timestamp", "/api/v1/status")
"""Paths that KuCoin serves on its futures host, too."""
SITE: Final = ("/oauth", "/account/security/g2fa", "/demo/callback", "/", "/favicon.ico", "/openapi.json")
"""The pages: s7.1, s8.1, where the demo client's redirect URI leads, the front page; and the table above in words."""
CONTROL: Final = "/_sim"
BASE: Final = f"{CONTROL}/v1"
"""The control surface, and what its calls begin with."""
SERVED: Final = (
    *(f"{endpoint.method} {endpoint.path}" for endpoint in ENDPOINTS),
    *(f"GET {path}" for path in (*SITE, BASE)),
)
"""Every call that may have been meant where a path or a method is wrong."""
LIVE, READY = "/_sim/live", "/_sim/ready"


def find(path: str) -> Methods | None:
    """The endpoints at a path."""
    found = PLACES.get(path)
    if found is None:
        folder, _, name = path.rpartition("/")
        found = FOLDERS.get(f"{folder}/") if name else None
    return found


def misplaced(request: Request, endpoint: Endpoint) -> tuple[str, ...]:
    """A note when the client believes that it talks to the wrong one of KuCoin's hosts."""
    if b"kucoin.com" not in request.headers.get(b"host", b"").lower():
        return ()
    host = (request.header(b"host") or "").partition(":")[0].lower()
    if host == FUTURES and endpoint.path in SHARED:
        return ()
    if host.endswith("kucoin.com") and host != endpoint.host:
        return (f"sent to {host}; KuCoin serves this path on {endpoint.host} (H27)",)
    return ()


async def answer_call(desk: Desk, request: Request, found: Methods | None) -> Answer:
    """What the exchange says to a call at one of these endpoints, or at none."""
    if found is None:
        unknown = refusal(Reason.UNKNOWN_PATH, received=request.path)
        unknown.alternatives = SERVED
        return desk.refuse(request, unknown, Family.RESOURCE, unserved.note(request.path, PLACES))
    endpoint = found.get(request.method)
    if endpoint is None:
        allowed = ", ".join(found)
        wrong = refusal(Reason.METHOD_NOT_ALLOWED, expected=allowed, received=request.method)
        wrong.alternatives = SERVED
        return desk.refuse(request, wrong, family_of(found)).having((b"allow", allowed.encode()))
    return await desk.answer(request, endpoint.decode(request), endpoint.family, misplaced(request, endpoint))


def family_of(found: Methods) -> Family:
    """In which envelope a path answers, whatever the method."""
    return next(iter(found.values())).family
