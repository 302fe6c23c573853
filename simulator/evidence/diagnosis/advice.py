"""For each reason: the rules behind it, its usual causes, and what to try."""

from __future__ import annotations

from typing import Final

from simulator.core.refusals import Reason
from simulator.core.value import Value

R = Reason


class Advice(Value, frozen=True):
    """`rules` are ids of the ledger, the most important first; `causes` are one to three short sentences."""

    rules: tuple[str, ...]
    causes: tuple[str, ...]


def _advice(rules: str, *causes: str) -> Advice:
    """An `Advice`; `rules` are separated by spaces."""
    return Advice(tuple(rules.split()), causes)


_BODY_RULES: Final = "s7.3/parameters s4.2/parameters s8.2/parameters"

# fmt: off
ADVICE: Final[dict[Reason, Advice]] = {
    R.NOT_HTTP: _advice("H74/protocols", "The target has characters that must be percent-encoded, or the method is unknown.", "After a request with a wrong Content-Length the rest of its body is read as another request."),
    R.PROTOCOL_NOT_SERVED: _advice("H74/protocols", "The client's base URL, or its proxy setting, fits another kind of server: HTTP/1.1 is spoken at this port, in TLS or plain.", "Switch HTTP/2 with prior knowledge off, leave ALL_PROXY unset for this host, and start the simulator without --tls off for https://."),
    R.HOST_NOT_SERVED: _advice("H74/proxy", "HTTP_PROXY or HTTPS_PROXY leads every host here: name those that are not KuCoin's in NO_PROXY.", "A local name of KuCoin's is unknown: start the simulator with --kucoin-host and that name.", "The host is meant to be reached through the simulator: --proxy-others tunnel passes CONNECT on, for clients on this machine."),
    R.HEAD_TOO_LARGE: _advice("H74/bounds", "No documented call needs a head of this size: a cookie jar, a token that grew, or a body in the query."),
    R.REQUEST_INCOMPLETE: _advice("H74/bounds", "Content-Length is larger than the body that was sent: it counts bytes, not characters.", "The client opened a connection, began a request and stopped."),
    R.HEADER_REPEATED: _advice("H74/single-headers", "A client, a middleware or a proxy adds the header a second time: send it once."),
    R.UNKNOWN_PATH: _advice("H27/one-port", "The path is mistyped, has a slash too many, or a base URL was put in front of it twice.", "The simulator serves the Fast API and its companions only: GET /_sim/v1/operations lists the paths."),
    R.METHOD_NOT_ALLOWED: _advice("H02/method", "The code is exchanged with GET, tokens are refreshed and keys and withdrawals are made with POST.", "Many OAuth libraries POST to the token endpoint: set GET there."),

    R.RATE_LIMITED: _advice("rest/rate-pools rest/rate-window rest/pools H61/pool-owner", "Wait the milliseconds of gw-ratelimit-reset and send the call again; there is no Retry-After.", "All keys and workers of a user share a pool, and all public calls of an IP: look at gw-ratelimit-remaining, call less often, cache answers.", "In a scenario, level gives a user larger pools, and choices: rate_pools: count lets every call pass; a reset fills the pools."),
    R.HEADER_MISSING: _advice("s8.2/headers", "All of KC-API-KEY, KC-API-SIGN, KC-API-TIMESTAMP and KC-API-PASSPHRASE are sent with every signed call, and none is empty.", "A proxy or a redirect may have dropped them, or an environment variable with the key is empty."),
    R.KEY_VERSION_ABOLISHED: _advice("H31/key-versions s8.2/headers", "The client was written for keys of version 1: send KC-API-KEY-VERSION: 3 and the passphrase signed."),
    R.KEY_VERSION_INVALID: _advice("H31/key-versions s8.2/headers", "KC-API-KEY-VERSION is not sent, or says something else than 2 or 3; keys of the Fast API are of version 3."),
    R.TIMESTAMP_INVALID: _advice("signing/timestamp-window s8.2/timestamp", "The timestamp is in seconds, not milliseconds, or has a fraction.", "The client's clock is off, or the request waited too long before it was sent: GET /api/v1/timestamp gives the exchange's time.", "It was taken from the business clock: timestamps are compared with the wall clock, which no advance moves."),
    R.API_KEY_UNKNOWN: _advice("s8.2/headers", "The key was made before a reset, in another workspace, or at the real exchange.", "KC-API-KEY holds the secret, the key's name or the client_id in place of apiKey."),
    R.PASSPHRASE_INVALID: _advice("H30/passphrase s8.2/headers", "The passphrase is sent as it was received: send base64(HMAC-SHA256(secret, passphrase)).", "Secret and passphrase of two keys are mixed: all three of apiKey, secret and passphrase come from one answer."),
    R.SIGNATURE_INVALID: _advice("s8.2/headers signing/prehash signing/hmac H33/query", "The body was written twice: sign the very bytes that are sent.", "The percent-encoded query was signed: sign the decoded one, ?currency=USDT,BTC although ?currency=USDT%2CBTC is sent.", "Another timestamp, a method in lower case or the whole URL was signed: it is timestamp + METHOD + path[?query] + body."),
    R.UNKNOWN_PARTNER: _advice("H35/partner", "KC-API-PARTNER is no broker's partner name here; an SDK may have put in its own.", "Without KC-API-PARTNER-VERIFY: true, or with choices: unknown_partner: pass, it is not looked at."),
    R.PARTNER_SIGNATURE_INVALID: _advice("H35/partner", "It is base64(HMAC-SHA256(broker key, timestamp + partner + API key)), with the timestamp of KC-API-TIMESTAMP.", "It was signed with the API key's secret in place of the broker key."),
    R.IP_NOT_ALLOWED: _advice("s2/ip-lists H26/observed-ip", "The caller's IP is not on the client's list: oauth_ips for /_oauth, trading_ips for /api.", "Behind NAT or on loopback the simulator sees another IP: say observed_ip in the scenario."),
    R.PERMISSION_MISSING: _advice("s3/permissions H18/old-endpoint-groups", "The key was made without the permission: it must be ticked by the user and asked for in authGroupMap.", "The old key endpoint never gives API_WITHDRAW_OAUTH: use the new one for withdrawals."),

    R.AUTHORIZATION_MISSING: _advice("s6.2/bearer H11/bearer-codes s3/authorization-mandatory", "Send the header Authorization: bearer {access_token}; the word bearer and one space belong to it.", "An HTTP client may drop the header at a redirect to another host."),
    R.ACCESS_TOKEN_UNKNOWN: _advice("s6.1/kinds s6.2/bearer H11/bearer-codes", "The refresh token or the code was sent in place of the access token.", "The token was issued before a reset, in another workspace, or by the real exchange; or it was cut short when it was stored."),
    R.ACCESS_TOKEN_SUPERSEDED: _advice("s6.3/old-access-token s6.3/new-pair", "A refresh has happened since: keep the pair that it answered, and use its access token.", "Two processes refresh the same consent: the later refresh invalidates the pair of the earlier one.", "The consent may have been revoked."),
    R.ACCESS_TOKEN_EXPIRED: _advice("s6.3/access-lifetime", "An access token lives one hour: refresh it before, or when this answer comes.", "The business clock may have been advanced past it."),

    R.REFRESH_ENCODING_REFUSED: _advice("H03/refresh-encoding", "choices: refresh_encoding switches this encoding off; the page does not say which one holds."),
    R.UNSUPPORTED_MEDIA_TYPE: _advice("s8.2/headers s4.2/parameters H03/refresh-encoding", "Send Content-Type: application/json; a refresh and the old key endpoint may also be application/x-www-form-urlencoded.", "Many clients set no content type, or that of a form, unless they are configured to."),
    R.BODY_TOO_LARGE: _advice(_BODY_RULES, "No documented call needs a body of this size: something else was sent, a file perhaps."),
    R.BODY_NOT_UTF8: _advice(_BODY_RULES, "The body was written in another encoding, or compressed: JSON is UTF-8 (RFC 8259)."),
    R.BODY_NOT_JSON: _advice(_BODY_RULES, "The body is empty, is a form, or is the language's own way of printing a map, with single quotes.", "The content type says JSON but the client sent form parameters."),
    R.BODY_NOT_AN_OBJECT: _advice(_BODY_RULES, "JSON was written twice, so that the body is one string, or a list was sent: send one object."),

    R.CLIENT_UNKNOWN: _advice("s2/client-id H10/oauth-errors", "No broker of this client_id is in the scenario: send a known one, or start with --client-id.", "It may be the client_id of another workspace, or the real one."),
    R.CLIENT_SECRET_INVALID: _advice("H01/client-secret", "The secret is another client's or mistyped: GET /_sim/v1 shows it.", "With choices: client_secret: required it must stand in the query of the token call; with choices: secret_at_login: require in that of the login page."),
    R.REDIRECT_URI_UNREGISTERED: _advice("s2/registered s7.1/raw-redirect-url", "It is compared character for character: http or https, localhost or 127.0.0.1, port, final slash.", "Register it with --redirect-uri or under redirect_uris of the client."),
    R.REDIRECT_URI_ENCODED: _advice("H09/encoded s7.1/raw-redirect-url", "The page says: don't encode the redirect URL. OAuth libraries encode it: build this URL by hand.", "choices: encoded_redirect_uri: flag lets it pass with a note."),
    R.PARAMETER_REPEATED: _advice("s7.1/parameters s7.2/parameters", "Each parameter stands once.", "A raw redirect_uri that is not registered exactly as sent may spill its own query into the request."),
    R.PARAMETER_MISSING: _advice("s7.1/parameters s7.2/parameters s7.3/parameters", "All parameters that the page lists are compulsory, state and scope too, and none may be empty.", "The name is spelled as in the page's URL: redirect_uri, not redirect_url."),
    R.RESPONSE_TYPE_UNSUPPORTED: _advice("s7.1/response-type s5/code-mode-only", "The mode is called authorization_code (s5, and s7.1 below the URL); the parameter is response_type=code, as in the URL of s7.1."),
    R.GRANT_TYPE_UNSUPPORTED: _advice("H04/refresh-grant-type s7.2/parameters s7.3/parameters", "The page prints authorization_code for the refresh too, and OAuth libraries send refresh_token: set it by hand.", "choices: refresh_grant_types accepts other words."),
    R.SCOPE_INVALID: _advice("s7.1/scope H23/scope", "There is one scope, OAUTH_CREATE_API, a text also where answers give a list of it."),
    R.USER_UNKNOWN: _advice("s7.1/login", "Nobody in the scenario has that e-mail, phone, uid or name: GET /_sim/v1/users lists them."),

    R.CODE_UNKNOWN: _advice("s7.2/parameters", "The code was issued before a reset, in another workspace, or was cut short.", "state or a token was sent in its place."),
    R.CODE_OF_ANOTHER_CLIENT: _advice("H06/code", "Login and exchange name two client_ids: a configuration of two environments is mixed."),
    R.REDIRECT_URI_MISMATCH: _advice("H06/code s7.1/raw-redirect-url", "The exchange repeats the redirect_uri of the login, character for character."),
    R.CODE_USED: _advice("H06/code", "A code buys tokens once: a retry, a reload of the callback page or a second handler sent it again.", "If the answer was lost, the user has to authorize again."),
    R.CODE_EXPIRED: _advice("H06/code", "The code waited too long between callback and exchange: exchange it at once.", "The business clock may have been advanced past it; choices: authorization_code_lifetime sets its life."),
    R.REFRESH_TOKEN_UNKNOWN: _advice("s6.1/kinds s7.3/parameters", "The access token was sent in place of the refresh token.", "The token was issued before a reset or in another workspace, or was cut short when it was stored."),
    R.REFRESH_TOKEN_SUPERSEDED: _advice("H05/refresh-token-reuse s6.3/new-pair", "Each refresh answers a new refresh token too: store both.", "Two processes refreshed at once, or a retry followed an answer that was lost; the user then has to authorize again."),
    R.REFRESH_TOKEN_EXPIRED: _advice("s6.3/refresh-lifetime", "A refresh token lives three days: refresh before, or let the user authorize again.", "The business clock may have been advanced past it."),

    R.OLD_ENDPOINT_REFUSED: _advice("s4.2/local-site H20/local-site", "A broker on a local site must use the new endpoint, /_oauth/resource/cyber-truck-vault/v2/outer/api-key/add."),
    R.AUTH_GROUP_MAP_INVALID: _advice("s4.2/auth-groups H16/auth-group-map s4.2/parameters", "authGroupMap maps the seven names of the page to true or false, as JSON booleans and not as texts.", "At least one must be true."),
    R.ADDRESSBOOK_ONLY_MISMATCH: _advice("H15/consent-enforced s4.2/parameters", "isAddressbookOnly must be what the user ticked on the consent page; absent means false."),
    R.GROUPS_EXCEED_CONSENT: _advice("H15/consent-enforced s7.1/grant", "authGroupMap asks for more than the user ticked: ask for less, or authorize again.", "What is ticked beforehand is reading, spot, earn and, with a futures account, futures; the broker guides the user to the rest.", "Without a browser: grant, a list or all, in login: and at /_sim/v1/authorizations."),
    R.GROUPS_NARROWER_THAN_CONSENT: _advice("H15/consent-enforced", "choices: narrower_than_consent: refuse wants exactly what the user granted."),
    R.FUTURES_NOT_OPENED: _advice("H15/consent-enforced", "The user has no futures account: leave API_FUTURES out (at the old endpoint: the user must not grant it), or give the user one in the scenario."),
    R.CONSENT_HAS_A_KEY: _advice("H21/keys-per-consent", "choices: keys_per_consent: one allows one key an authorization: let the user authorize again."),
    R.REPEATED_API_NAME: _advice("s4/repeated-api-name H13/api-name", "The client has a fixed api_name and the user has a key of that name: delete it, or drop api_name from the scenario."),
    R.API_KEY_LIMIT_REACHED: _advice("s4/key-limit H14/key-limit", "The user has as many keys as are allowed: delete some; choices: api_key_limit sets the limit."),

    R.BROKER_UNKNOWN: _advice("rest/broker-key", "Broker Pro is signed with a key of the broker's own account: the keys that users' consents made are the users'.", "In a scenario such a key says made_by: broker; the demo world's is the user operator's."),

    R.WITHDRAWAL_RATE_LIMITED: _advice("s8.2/account-windows s8.2/rolling H75/rolling-windows H46/counting", "Withdrawals by UID, MAIL and PHONE count together, refused ones too: 3 in 10 seconds, 50 in 24 hours.", "Each counts until the window's length has passed since it: wait for the first of them, or advance the clock (to_event: window_end)."),
    R.PARAMETER_INVALID: _advice("s8.2/parameters s8.2/amount-positive s8.2/withdraw-type H36/amount-and-type H43/validation", "The text names the field and what it must be; names are in camel case, as on the page.", "An amount is a plain positive decimal without exponent, sign or thousands separator; a boolean is no text."),
    R.USER_FROZEN: _advice("H54/money-errors", "The scenario freezes this user: frozen: true."),
    R.MORE_FACTORS_NEEDED: _advice("s8.1/bind-more s8.1/link H40/opening-only", "The user has no second factor: send them to the link of the text, where they bind one.", "In a scenario, factor_sets gives a user factors from the start."),
    R.REBATE_FILE_NOT_READY: _advice("H65/preparation", "choices: rebate_delay lets a file take its time: ask for the same file again later.", "Other days or another tradeType are another file, whose preparation begins with the first request."),

    R.TRANSACTION_UNKNOWN: _advice("H44/transaction", "The transactionId is mistyped, was used up, ended after wrong answers, or is another key's: open a new one.", "The second request must be signed with the key of the first."),
    R.TRANSACTION_EXPIRED: _advice("H44/transaction", "The user took too long: send the opening request again.", "The business clock may have been advanced past it; choices: transaction_lifetime sets its life."),
    R.TRANSACTION_MISMATCH: _advice("H43/same-request", "The second request is the first one plus validation: every other field stays as it was."),
    R.FACTORS_INCOMPLETE: _advice("s8.2/all-factors H42/factor-sets", "allFactors lists alternatives: all factors of one inner list are sent together, also those that were not sent to the user."),
    R.FACTOR_ALREADY_BOUND: _advice("H41/set-up", "The user has an authenticator: the broker can go on with the withdrawal."),
    R.FACTOR_WRONG: _advice("H44/attempts H45/authenticator", "Read the newest code: GET /_sim/v1/users/{user}/messages, and /totp for the authenticator.", "The authenticator runs on the wall clock; a code of another transaction does not count.", "After three wrong answers the transaction ends."),
    R.ACCOUNT_UNKNOWN: _advice("rest/account-by-id", "The id is mistyped, from before a reset, or of another user's account: GET /api/v1/accounts lists the user's."),
    R.SUB_ACCOUNT_UNKNOWN: _advice("H69/transfers rest/universal-transfer", "Nobody has sub-accounts here: only type INTERNAL moves money."),
    R.CLIENT_OID_USED: _advice("H69/transfers", "Each transfer has a clientOid of its own; a retry after a lost answer sends the same one and learns here that it arrived.", "choices: repeated_client_oid: same_answer answers with the first transfer's orderId."),
    R.ACCOUNT_NOT_OPENED: _advice("H69/transfers", "The user has no futures account: futures: true in the scenario opens one."),
    R.WITHDRAWAL_NOT_CANCELABLE: _advice("H71/cancel rest/cancel", "Only what is PROCESSING can be canceled: with settlement: immediate it is over at once.", "In a scenario, settlement: manual or {after: 10m} leaves time for it."),
    R.DEPOSIT_DISABLED: _advice("H67/second-address", "The chain is closed in the scenario: deposit_enabled: false. Choose another chain."),
    R.DEPOSIT_ADDRESS_EXISTS: _advice("H67/second-address", "The user has one: GET /api/v3/deposit-addresses lists it.", "choices: second_deposit_address: create makes another one."),
    R.TRANSFER_BALANCE_INSUFFICIENT: _advice("H69/transfers rest/transferable", "The account that pays has less available: GET /api/v1/accounts/transferable says how much.", "What withdrawals under way hold in main, and active orders in trade, cannot be moved."),
    R.WITHDRAWAL_UNKNOWN: _advice("rest/withdrawal-by-id", "The id is mistyped, from before a reset, or of another user's withdrawal; a transactionId is no withdrawalId."),

    R.FUTURES_NOT_TRADED: _advice("H123/one-port-orders H27/one-port", "A symbol of the spot market has a hyphen: BTC-USDT.", "Orders of futures are not simulated: reads of them are empty lists, and placing them is not there."),
    R.ORDER_UNKNOWN: _advice("H122/unknown-order rest/hf-order", "The id is a clientOid, or the symbol is not the order's: look it up by client-order, and with the symbol that it was sent with.", "The order was refused, so that there is none: the answer to the request says why.", "A plan of the scenario lets the order be unknown for a while after its acceptance: ask again.", "It is another user's, or from before a reset."),

    R.ORDER_NUMBER_INVALID: _advice("H106/numbers", "Send price, size and funds as plain positive decimals: no exponent, no sign, and no float with a long tail."),
    R.CLIENT_TIME_WINDOW_PASSED: _advice("H105/time-window", "The order came later than clientTimestamp + allowMaxTimeWindow: send it with a timestamp of now, and compare the clocks by GET /api/v1/timestamp.", "It was not placed, so it can be sent again."),
    R.SYMBOL_UNKNOWN: _advice("rest/order-parameters", "GET /api/v2/symbols lists the symbols; a spot symbol has a hyphen: BTC-USDT.", "In a scenario, given.symbols adds one, and takes away those that are null."),
    R.ORDER_NOT_CANCELABLE: _advice("H108/cancel", "The order is filled, canceled or expired: look it up to see which.", "The symbol is another one than the order's, the id is a clientOid, or the order is another user's.", "A cancellation can come too late for a fill: then the fill is what happened."),
    R.SYMBOL_NOT_AVAILABLE: _advice("rest/order-parameters", "The symbol is closed for orders in the scenario: enabled: false."),
    R.PRICE_INCREMENT_INVALID: _advice("H106/increments", "Round the price to a multiple of the symbol's priceIncrement."),
    R.SIZE_INCREMENT_INVALID: _advice("H106/increments", "Round the size down to a multiple of the symbol's baseIncrement."),
    R.FUNDS_INCREMENT_INVALID: _advice("H106/increments", "Round the funds down to a multiple of the symbol's quoteIncrement."),
    R.SIZE_BELOW_MINIMUM: _advice("H106/minimums", "The size is below the symbol's baseMinSize."),
    R.SIZE_ABOVE_MAXIMUM: _advice("H106/minimums", "The size is above the symbol's baseMaxSize: divide the order."),
    R.FUNDS_BELOW_MINIMUM: _advice("H106/minimums", "The funds are below the symbol's quoteMinSize."),
    R.FUNDS_ABOVE_MAXIMUM: _advice("H106/minimums", "The funds are above the symbol's quoteMaxSize: divide the order."),
    R.ORDER_FUNDS_BELOW_MINIMUM: _advice("H106/minimums", "price x size must be at least the symbol's minFunds; for a market order the price is the best one of the other side."),
    R.PRICE_ABOVE_LIMIT: _advice("H99/protection", "A buy may be priced at most priceLimitRate above the best ask: lower the price, or set another price of the symbol in the scenario."),
    R.PRICE_BELOW_LIMIT: _advice("H99/protection", "A sell may be priced at most priceLimitRate below the best bid: raise the price, or set another price of the symbol in the scenario."),
    R.TOO_MANY_ORDERS: _advice("rest/order-limits", "200 orders of a symbol and 2000 of a user may be active: cancel some."),
    R.ORDER_CLIENT_OID_USED: _advice("H107/client-oid", "Each order has a clientOid of its own; a retry after a lost answer sends the same one and learns here that the order arrived: look it up by it.", "choices: repeated_order_client_oid: allow_after_end lets a clientOid be used again once its order has ended."),
    R.ORDER_BALANCE_INSUFFICIENT: _advice("H98/holds H98/trade-account", "Orders are paid from the trade account: move money there first, POST /api/v3/accounts/universal-transfer.", "A buy holds the fee ahead: price x size x (1 + fee rate).", "Other active orders hold money, too."),

    R.CURRENCY_UNKNOWN: _advice("s8.2/parameters H54/money-errors", "The scenario has no such currency; names are in capitals."),
    R.CHAIN_INVALID: _advice("s8.2/chain H38/default-chain H54/money-errors", "chain is the chainId of GET /api/v3/currencies/{currency}, such as trx, and not the chain's name, such as TRC20."),
    R.WITHDRAWAL_DISABLED: _advice("H54/money-errors", "The chain is closed in the scenario: withdraw_enabled: false. Choose another chain."),
    R.AMOUNT_INCREMENT_INVALID: _advice("s8.2/amount-precision", "The amount has more decimal places than the chain allows: round it down to withdrawPrecision.", "A binary float may have become a text with a long tail."),
    R.AMOUNT_BELOW_MINIMUM: _advice("s8.2/amount-precision H54/money-errors", "The amount is below the chain's withdrawalMinSize."),
    R.ADDRESS_INVALID: _advice("H37/memo H62/address-pattern", "The chain needs a memo (needTag) and none came, or it has none and one came.", "The address is one of another chain, or mistyped: all of it must match the addressRegex of GET /api/v3/currencies/{currency}, and a memo the memoRegex.", "choices: address_pattern: ignore lets made-up ones pass; address_pattern of a chain in the scenario says what they look like."),
    R.ADDRESS_NOT_IN_BOOK: _advice("H53/address-book", "The key was made with isAddressbookOnly and the pair of chain and address is not in the user's book.", "Addresses are compared with case."),
    R.RECIPIENT_UNKNOWN: _advice("H47/recipients s8.2/withdraw-type", "With UID, MAIL or PHONE, address holds the user's uid, e-mail, or phone with its +.", "isInner with ADDRESS wants a deposit address of a user of the scenario."),
    R.PAYOUT_NOT_POSITIVE: _advice("H50/both-fees s8.2/fee-deduct-type s9/minimum", "The fees are taken from the amount and are larger: send more, or feeDeductType EXTERNAL.", "Without feeDeductType the fees come out of the amount when the main account does not cover both."),
    R.AMOUNT_CAP_EXCEEDED: _advice("H72/amount-cap rest/withdrawal-quotas", "choices: amount_cap_24h caps a day's withdrawals, in USDT.", "Wait until the window has closed, or advance the clock."),
    R.BALANCE_INSUFFICIENT: _advice("s8.2/main-account s9/standard-fees H54/money-errors", "Withdrawals are paid from the main account: money in trade does not count, nor what other withdrawals hold.", "Fees come on top when feeDeductType is EXTERNAL."),
}
# fmt: on
"""The advice of each reason. A test holds that every reason has a row."""
