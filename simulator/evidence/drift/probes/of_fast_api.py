"""Probes of the rules about login, tokens, keys and the gateway."""

from __future__ import annotations

from typing import Final

from simulator.evidence.drift.probes.probe import Ask, Probe, ask

LOGIN: Final = {
    "response_type": "code",
    "client_id": "$CLIENT_ID",
    "redirect_uri": "$REDIRECT_URI",
    "scope": "OAUTH_CREATE_API",
    "state": "$STATE",
}
CODE: Final = {
    "grant_type": "authorization_code",
    "code": "$CODE",
    "redirect_uri": "$REDIRECT_URI",
    "client_id": "$CLIENT_ID",
}
REFRESH: Final = {"grant_type": "authorization_code", "refresh_token": "$REFRESH_TOKEN", "scope": "OAUTH_CREATE_API"}
READ: Final = {"authGroupMap": {"API_COMMON": True}, "isAddressbookOnly": False}
UNKNOWN_ID: Final = "000000000000000000000000"


def page(how: str, **values: object) -> Ask:
    """The login page with other parameters."""
    return Ask("request_authorization", {**LOGIN, **values}, how=how)


FAST_API: Final = (
    Probe(
        "s7.1/parameters",
        (page("then add a second `&state=other`"),),
        "a page or an answer that explains the repeated parameter",
        "the login page goes on: a parameter may stand twice; note which of the two states comes back",
    ),
    Probe(
        "H00/unpublished-code",
        (ask("get_account", accountId=UNKNOWN_ID), ask("get_withdrawal", withdrawalId=UNKNOWN_ID)),
        "never, because the code that comes is the published one from now on",
        "any code: it belongs into the row of the reason, in place of the shared one",
    ),
    Probe(
        "H01/secret-at-login",
        (page("then add `&client_secret=$CLIENT_SECRET`"), page("without it")),
        "both show the login page",
        "the second one is refused: set `secret_at_login: require`",
    ),
    Probe(
        "H06/code",
        (
            Ask("exchange_code", CODE, how="twice in a row with the same code"),
            Ask("refresh_tokens", REFRESH, how="with the refresh token of the first answer"),
            Ask("exchange_code", CODE, how="with a new code that is six minutes old"),
        ),
        "the second exchange is refused, the refresh works, the old code is refused",
        "the refresh is refused: `code_reuse: revoke`; the old code works: its life is longer than 5 minutes",
    ),
    Probe(
        "H07/redirect",
        (page("approve in a browser, and look at the redirect in the recording"),),
        "status 303",
        "302 or 307: the status of the redirect is another one, and after 307 a browser repeats the form",
    ),
    Probe(
        "H07/json",
        (Ask("request_authorization", LOGIN, {"Accept": "application/json"}, "approve with this header as well"),),
        "the answer to the approval is JSON as the page prints it",
        "HTML or a redirect: who asks for JSON gets none",
    ),
    Probe(
        "H10/oauth-errors",
        (Ask("exchange_code", {**CODE, "code": "none"}), Ask("refresh_tokens", {**REFRESH, "refresh_token": "none"})),
        "HTTP 400, `success` false, a text that begins with RFC 6749's name",
        "`error` and `error_description`: `oauth_error_body: rfc6749`; another status or code belongs into the reason",
    ),
    Probe(
        "H12/key-errors",
        (Ask("add_api_key", READ, how="for a user who has as many keys as are allowed"),),
        "HTTP 200, the printed text, a code of its own",
        "another status or another text than printed",
    ),
    Probe(
        "H13/api-name",
        (Ask("add_api_key", READ, how="twice for one user"),),
        "two keys whose `apiName` differ",
        "the same name, or `Repeated apiName`: a broker's name is fixed (`api_name` of the client)",
    ),
    Probe(
        "H14/key-limit",
        (Ask("add_api_key", READ, how="for a test user, again and again until it is refused"),),
        "the 51st is refused",
        "another number: `api_key_limit`",
    ),
    Probe(
        "H15/consent-enforced",
        (
            Ask("add_api_key", {**READ, "authGroupMap": {"API_COMMON": True, "API_TRANSFER": True}}, how="not granted"),
            Ask("add_api_key", {**READ, "isAddressbookOnly": True}, how="another flag than granted"),
            Ask("add_api_key", READ, how="less than granted"),
        ),
        "40503 twice with HTTP 200, then a key",
        "another status or text; no key for less than granted: `narrower_than_consent: refuse`",
    ),
    Probe(
        "H16/auth-group-map",
        (Ask("add_api_key", {"authGroupMap": {"API_COMMON": True}}, how="without isAddressbookOnly"),),
        "a key that pays to any address",
        "400100: an absent flag is not false",
    ),
    Probe(
        "H20/local-site",
        (ask("add_api_key_old", how="with the access token of a local site's client"),),
        "a refusal with HTTP 200",
        "its status, code and text belong into OLD_ENDPOINT_REFUSED; a key: a local site may use the old endpoint",
    ),
    Probe(
        "H22/second-consent",
        (
            page("approve again, as the same user, and exchange the code"),
            Ask("refresh_tokens", REFRESH, how="with the refresh token of the first consent"),
        ),
        "the first consent's refresh token still works",
        "it is refused: a second authorization ends the first",
    ),
    Probe(
        "H22/keys-outlive-tokens",
        (ask("get_api_key_info", how="with a key whose consent had its last refresh more than three days ago"),),
        "the key works",
        "it is refused: keys end with their tokens",
    ),
    Probe(
        "H24/no-redirect",
        (page("not registered", redirect_uri="https://other.example/cb"), page("without state", state=None)),
        "a page that explains it, at KuCoin",
        "a redirect with an error: the browser comes back to the broker",
    ),
    Probe(
        "H26/observed-ip",
        (ask("list_accounts", how="from an address that is on no list of the broker's"),),
        "400006 with HTTP 403",
        "another status; an answer: lists are not enforced, or an empty one lets all in",
    ),
    Probe(
        "H33/as-sent",
        (ask("list_ledgers", "sign the query as it is sent, with %2C", currency="USDT,BTC"),),
        "400005",
        "an answer: the encoded text passes too (`signed_query: either`)",
    ),
    Probe(
        "H35/partner",
        (
            Ask(
                "list_accounts",
                headers={"KC-API-PARTNER": "NOBODY", "KC-API-PARTNER-SIGN": "$SIGN", "KC-API-PARTNER-VERIFY": "true"},
            ),
        ),
        "an answer",
        "400200: `unknown_partner: refuse`",
    ),
    Probe(
        "H60/unpublished-weights",
        (ask("list_broker_users", tradeType="all"), ask("list_broker_transactions"), ask("get_commission")),
        "`gw-ratelimit-remaining` sinks by what `endpoints.md` says for each",
        "it sinks by another number, which is the weight",
    ),
    Probe(
        "H61/pool-owner",
        (
            ask("list_accounts", "twice with a wrong signature"),
            ask("list_accounts", "then with a right one"),
        ),
        "`gw-ratelimit-remaining` has sunk by all three",
        "it has sunk by one: refused calls do not count for the user",
    ),
    Probe(
        "H61/no-headers",
        (Ask("GET /api/v1/no-such-path"), Ask("exchange_code", {**CODE, "code": "none"})),
        "no `gw-ratelimit-` header in either",
        "the headers are there: such calls are counted",
    ),
)
