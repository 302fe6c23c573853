"""All reasons for which a call can be refused: one closed list in order of precedence, each with its evidence.

If several reasons hold, the first one in the list is given. A reason's `code` is None if no code is published; then the
response has the shared `unpublished_code` (H00), so that no client comes to depend on a guess.
"""

from __future__ import annotations

from enum import Enum, unique
from typing import TYPE_CHECKING, Final

from simulator.core.quoting import shortened
from simulator.core.value import Value

if TYPE_CHECKING:
    from simulator.core.world import World


@unique
class Grade(Enum):
    """The kind of evidence for a rule. A reason with several grades has the weakest; `rules.md` lists all of them."""

    DOCUMENTED = "documented"
    OBSERVED = "observed"
    INFERRED = "inferred"
    ASSUMED = "assumed"


class Denial(Value, frozen=True):
    """The response for a reason, and its evidence.

    `text` may contain `{names}` that the refusal fills in; `status` is the HTTP status; `rule` is the source: a section
    of the page, a hole or a part of KuCoin's other pages; `oauth` is RFC 6749's name for the error if it has one
    (s4.1.2.1 and s5.2 there), with which the text of a token error begins [H10/oauth-errors].
    """

    meaning: str
    code: str | None
    status: int
    text: str
    rule: str
    grade: Grade
    oauth: str | None = None


D, O, I, A = Grade.DOCUMENTED, Grade.OBSERVED, Grade.INFERRED, Grade.ASSUMED  # noqa: E741 - four letters, one table


@unique
class Reason(Enum):
    """A condition that holds, so that the call is refused."""

    # fmt: off
    # The bytes of a connection, before there is a request.
    NOT_HTTP = Denial("the bytes are no HTTP/1.1 request", "400101", 400, "Invalid request data.", "gateway code table", I)
    PROTOCOL_NOT_SERVED = Denial("another protocol than HTTP/1.1 is spoken", None, 400, "{protocol} is not served here: {advice}.", "-", A)
    HOST_NOT_SERVED = Denial("a proxy is asked for a host that is not KuCoin's", None, 403, "{host} is not KuCoin's, and nothing was passed on to it: {advice}.", "-", A)
    HEAD_TOO_LARGE = Denial("the request line and headers are larger than we read", None, 431, "The request line and headers are larger than {limit} bytes.", "-", A)
    REQUEST_INCOMPLETE = Denial("the request does not arrive", None, 408, "The request did not arrive within {limit} seconds.", "-", A)
    HEADER_REPEATED = Denial("a header that has one value stands twice", None, 400, "The header {header} stands more than once.", "-", A)

    # The path and the method are checked before the rest of the request.
    UNKNOWN_PATH = Denial("no such path", "404", 404, "Not Found", "captured gateway answers", O)
    METHOD_NOT_ALLOWED = Denial("the path has another method", None, 405, "Method Not Allowed", "H02", I)

    # The gateway of /api: first the rate pools, then the order of H32.
    RATE_LIMITED = Denial("too little is left of the caller's rate pool", "429000", 429, "Too Many Requests", "captured gateway answers, H61", O)
    HEADER_MISSING = Denial("a KC-API header is missing", "400001", 400, "Please check the header of your request for KC-API-KEY, KC-API-SIGN, KC-API-TIMESTAMP, KC-API-PASSPHRASE.", "s8.2", O)
    KEY_VERSION_ABOLISHED = Denial("KC-API-KEY-VERSION is 1", "400008", 400, "V1 & V2 API keys are no longer supported by this API. Please create a V3 API key.", "H31", I)
    KEY_VERSION_INVALID = Denial("KC-API-KEY-VERSION is absent or neither 2 nor 3", "400009", 400, "Invalid KC-API-KEY-VERSION.", "H31", I)
    TIMESTAMP_INVALID = Denial("KC-API-TIMESTAMP is no number of ms or 5 s or more off", "400002", 400, "Invalid KC-API-TIMESTAMP", "captured gateway answers", O)
    API_KEY_UNKNOWN = Denial("no such API key", "400003", 401, "The API key does not exist or site mismatch.", "captured gateway answers", O)
    PASSPHRASE_INVALID = Denial("KC-API-PASSPHRASE is not the signed passphrase", "400004", 401, "Invalid KC-API-PASSPHRASE", "H30", O)
    SIGNATURE_INVALID = Denial("KC-API-SIGN is not the signature of this request", "400005", 401, "Invalid KC-API-SIGN", "captured gateway answers", O)
    UNKNOWN_PARTNER = Denial("KC-API-PARTNER is nobody", "400200", 400, "Unknown partner", "H35", A)
    PARTNER_SIGNATURE_INVALID = Denial("KC-API-PARTNER-SIGN is wrong", "400201", 400, "Invalid KC-API-PARTNER-SIGN", "H35", I)
    IP_NOT_ALLOWED = Denial("the caller's IP is on no list", "400006", 403, "Invalid request ip, the current clientIp is:{ip}", "s2, H26", O)
    PERMISSION_MISSING = Denial("the key lacks the permission", "400007", 403, "Access denied, require more permission.", "s3", O)

    # The access token of /_oauth/resource. [H11/bearer-codes]
    AUTHORIZATION_MISSING = Denial("no bearer token", "400401", 401, "Authorization is required.", "s6.2, H11", I, "invalid_token")
    ACCESS_TOKEN_UNKNOWN = Denial("not a token of ours", "400400", 401, "Invalid authorization token.", "s6.2, H11", I, "invalid_token")
    ACCESS_TOKEN_SUPERSEDED = Denial("a refresh has retired the access token", "400400", 401, "Invalid authorization token.", "s6.3, H11", I, "invalid_token")
    ACCESS_TOKEN_EXPIRED = Denial("the access token is an hour old", "400400", 401, "Invalid authorization token.", "s6.3, H11", I, "invalid_token")

    # A body that cannot be read.
    REFRESH_ENCODING_REFUSED = Denial("the body's encoding is switched off", None, 400, "invalid_request: send the parameters as {encoding}", "H03", A, "invalid_request")
    UNSUPPORTED_MEDIA_TYPE = Denial("the content type is another", "415000", 415, "Unsupported Media Type", "s4, s8.2", I, "invalid_request")
    BODY_TOO_LARGE = Denial("the body is larger than we read", None, 413, "The request body is larger than {limit} bytes.", "-", A, "invalid_request")
    BODY_NOT_UTF8 = Denial("the body is not UTF-8", "400101", 400, "Invalid request data.", "gateway code table", I, "invalid_request")
    BODY_NOT_JSON = Denial("the body is not JSON", "400101", 400, "Invalid request data.", "gateway code table", I, "invalid_request")
    BODY_NOT_AN_OBJECT = Denial("the body is JSON but no object", "400101", 400, "Invalid request data.", "gateway code table", I, "invalid_request")

    # The requests of s7, the client first. The login page shows them; only a user's denial is redirected.
    CLIENT_UNKNOWN = Denial("no such client_id", None, 400, "invalid_client: unknown client_id", "s7, H10", I, "invalid_client")
    CLIENT_SECRET_INVALID = Denial("client_secret is wrong, or required and missing", None, 400, "invalid_client: client_secret is wrong or missing", "H01", I, "invalid_client")
    REDIRECT_URI_UNREGISTERED = Denial("redirect_uri is not one of the client's", None, 400, "invalid_request: redirect_uri is not registered for this client", "s2, H09", I, "invalid_request")
    REDIRECT_URI_ENCODED = Denial("redirect_uri is percent-encoded and the switch refuses it", None, 400, "invalid_request: redirect_uri must not be encoded", "s7.1, H09", I, "invalid_request")
    PARAMETER_REPEATED = Denial("a parameter stands twice", None, 400, "invalid_request: {field} stands more than once", "s7", A, "invalid_request")
    PARAMETER_MISSING = Denial("a compulsory parameter is missing", None, 400, "invalid_request: {field} is compulsory", "s7", I, "invalid_request")
    RESPONSE_TYPE_UNSUPPORTED = Denial("response_type is not code", None, 400, "unsupported_response_type: response_type must be code", "s7.1, H24", I, "unsupported_response_type")
    GRANT_TYPE_UNSUPPORTED = Denial("grant_type is not authorization_code, which s7.3 prints for the refresh too", None, 400, "unsupported_grant_type: grant_type must be {accepted}", "s7.2, s7.3", I, "unsupported_grant_type")
    SCOPE_INVALID = Denial("scope is not OAUTH_CREATE_API", None, 400, "invalid_scope: scope must be OAUTH_CREATE_API", "s7.1, s7.3", I, "invalid_scope")
    USER_UNKNOWN = Denial("nobody has that e-mail, phone, uid or name", None, 400, "no user is registered with that e-mail address or phone number", "s7.1", I)

    # The code and the refresh token (s7.2, s7.3).
    CODE_UNKNOWN = Denial("not a code of ours", None, 400, "invalid_grant: unknown code", "s7.2, H10", I, "invalid_grant")
    CODE_OF_ANOTHER_CLIENT = Denial("the code was issued to another client_id", None, 400, "invalid_grant: the code was issued to another client", "H06", I, "invalid_grant")
    REDIRECT_URI_MISMATCH = Denial("redirect_uri differs from the one at login", None, 400, "invalid_grant: redirect_uri is not the one used at login", "H06", I, "invalid_grant")
    CODE_USED = Denial("the code was exchanged before", None, 400, "invalid_grant: the code has been used", "H06", I, "invalid_grant")
    CODE_EXPIRED = Denial("the code is older than its life", None, 400, "invalid_grant: the code has expired", "H06", A, "invalid_grant")
    REFRESH_TOKEN_UNKNOWN = Denial("not a refresh token of ours", None, 400, "invalid_grant: unknown refresh_token", "s7.3, H10", I, "invalid_grant")
    REFRESH_TOKEN_SUPERSEDED = Denial("the refresh token was used before", None, 400, "invalid_grant: the refresh_token has been used", "H05", I, "invalid_grant")
    REFRESH_TOKEN_EXPIRED = Denial("the refresh token is three days old", None, 400, "invalid_grant: the refresh_token has expired", "s6.3", I, "invalid_grant")

    # Key creation (s4). [H12/key-errors]
    OLD_ENDPOINT_REFUSED = Denial("a local site must use the new endpoint", None, 200, "This site requires the new api-key endpoint.", "s4.2, H20", A)
    AUTH_GROUP_MAP_INVALID = Denial("authGroupMap or isAddressbookOnly is malformed", "400100", 200, "Parameter Error: {field} {problem}", "s4.2, H16", I)
    ADDRESSBOOK_ONLY_MISMATCH = Denial("isAddressbookOnly is not what the user consented to", "40503", 200, "isAddressbookOnly mismatch", "H15", O)
    GROUPS_EXCEED_CONSENT = Denial("more permissions than the user granted", "40503", 200, "authGroupMap mismatch: {groups}", "H15", A)
    GROUPS_NARROWER_THAN_CONSENT = Denial("fewer permissions than the user granted, and the switch refuses it", "40503", 200, "authGroupMap mismatch: {groups} was granted", "H15", A)
    FUTURES_NOT_OPENED = Denial("the user has no futures account", "40503", 200, "API_FUTURES: futures account not activated", "H15", A)
    CONSENT_HAS_A_KEY = Denial("the consent has made a key and the switch allows one", None, 200, "This authorization has already created an API key.", "H21", A)
    REPEATED_API_NAME = Denial("the user has a key of that name", None, 200, "Repeated apiName", "s4.1, s4.2, H12", A)
    API_KEY_LIMIT_REACHED = Denial("the user has as many keys as are allowed", None, 200, "The number of user’s apiKey reaches to the maximum level", "s4.1, s4.2, H12, H14", A)

    # Broker Pro: the key is checked before the parameters.
    BROKER_UNKNOWN = Denial("the key is not a broker's own", "600100", 200, "broker not exists", "Broker Pro", I)

    # One port serves the spot market and futures: checked before the other parameters.
    FUTURES_NOT_TRADED = Denial("the symbol is one of futures, which are not traded here", "404", 404, "Not Found", "H123", I)

    # The request of a withdrawal (s8.2); the parameters are also those of other calls.
    WITHDRAWAL_RATE_LIMITED = Denial("too many withdrawals by UID, MAIL or PHONE", "429000", 429, "Too Many Requests", "s8.2, H46", I)
    PARAMETER_INVALID = Denial("a parameter is missing or malformed", "400100", 200, "Parameter Error: {field} {problem}", "s8.2", I)
    ORDER_NUMBER_INVALID = Denial("a price, a size or funds is no positive decimal number", "300000", 200, "Order {field} invalid.", "H106", O)
    CLIENT_TIME_WINDOW_PASSED = Denial("the order arrived after clientTimestamp + allowMaxTimeWindow", None, 200, "The order arrived later than allowMaxTimeWindow allows.", "H105", A)
    USER_FROZEN = Denial("the user is frozen", "411100", 200, "User is frozen", "H54", D)
    MORE_FACTORS_NEEDED = Denial("the user has no second factor", None, 200, "You need to bind more factors to continue this operation. Please visit the following link: {link}", "s8.1, H40", A)

    REBATE_FILE_NOT_READY = Denial("the rebate file is being prepared", "100001", 200, "rebate file is being downloaded, try later", "Broker Pro, H65", I)

    # The validation of a withdrawal (s8.2) and the set-up of a factor (s8.1): checked before the money.
    TRANSACTION_UNKNOWN = Denial("no such transaction of this key, or it is done", None, 200, "The validation transaction does not exist.", "H44", A)
    TRANSACTION_EXPIRED = Denial("the transaction is older than its life", None, 200, "The validation transaction has expired.", "H44", A)
    TRANSACTION_MISMATCH = Denial("the request differs from the one that opened the transaction", None, 200, "The request differs from the one of the validation transaction: {field}", "H43", A)
    FACTORS_INCOMPLETE = Denial("the factors answer no alternative of allFactors", None, 200, "The validation needs all factors of one group of allFactors.", "s8.2, H42", A)
    FACTOR_ALREADY_BOUND = Denial("the authenticator is already bound", None, 200, "The authenticator is already bound.", "H41", A)
    FACTOR_WRONG = Denial("a one-time code is wrong", None, 200, "The verification code is incorrect.", "H44", A)

    # Orders: what is sent, what the symbol and the market allow, how many there are, what is canceled.
    SYMBOL_UNKNOWN = Denial("no such symbol", "900001", 200, "symbol not exists", "REST API", I)
    ORDER_NOT_CANCELABLE = Denial("no such order of this user in the symbol is active", "400100", 200, "Order not exist or not allow to be cancelled", "H108", O)
    SYMBOL_NOT_AVAILABLE = Denial("the symbol is not open for orders", "400600", 200, "validation.createOrder.symbolNotAvailable", "captured order answers", O)
    PRICE_INCREMENT_INVALID = Denial("the price is no multiple of priceIncrement", "400100", 200, "Price increment invalid.", "H106", O)
    SIZE_INCREMENT_INVALID = Denial("the size is no multiple of baseIncrement", "400100", 200, "Order size increment invalid.", "H106", O)
    FUNDS_INCREMENT_INVALID = Denial("the funds are no multiple of quoteIncrement", "400100", 200, "Funds increment invalid.", "H106", O)
    SIZE_BELOW_MINIMUM = Denial("the size is below baseMinSize", "400100", 200, "Order size below the minimum requirement.", "H106", O)
    SIZE_ABOVE_MAXIMUM = Denial("the size is above baseMaxSize", None, 200, "Order size above the maximum requirement.", "H106", A)
    FUNDS_BELOW_MINIMUM = Denial("the funds of a market order are below quoteMinSize", "600100", 200, "Funds below the minimum requirement.", "H106", O)
    FUNDS_ABOVE_MAXIMUM = Denial("the funds of a market order are above quoteMaxSize", None, 200, "Funds above the maximum requirement.", "H106", A)
    ORDER_FUNDS_BELOW_MINIMUM = Denial("price x size is below minFunds", "600101", 200, "The order funds should more then {minimum} {currency}.", "H106", O)
    PRICE_ABOVE_LIMIT = Denial("a buy is priced further above the best ask than priceLimitRate", "400370", 200, "Max. price: {price_bound}", "H99", O)
    PRICE_BELOW_LIMIT = Denial("a sell is priced further below the best bid than priceLimitRate", "400370", 200, "Min. price: {price_bound}", "H99", I)
    TOO_MANY_ORDERS = Denial("200 orders of the symbol or 2000 of the user are active or wait for a price", "200003", 200, "Too many open orders.", "REST API", I)
    ORDER_CLIENT_OID_USED = Denial("the user has placed an order with that clientOid", "400100", 200, "validation.createOrder.clientOidDuplicated", "H107", O)

    # Accounts and deposits, which the page does not describe.
    ACCOUNT_UNKNOWN = Denial("no such account of this user", None, 200, "The account does not exist.", "REST API", A)
    SUB_ACCOUNT_UNKNOWN = Denial("nobody has sub-accounts", None, 200, "The sub-account does not exist.", "H69", A)
    CLIENT_OID_USED = Denial("the user has made a transfer with that clientOid", None, 200, "The clientOid has been used.", "H69", A)
    ACCOUNT_NOT_OPENED = Denial("the user has no futures account", None, 200, "The account is not opened.", "H69", A)
    WITHDRAWAL_UNKNOWN = Denial("no such withdrawal of this user", None, 200, "The withdrawal does not exist.", "REST API", A)

    WITHDRAWAL_NOT_CANCELABLE = Denial("the withdrawal is not PROCESSING any more", None, 200, "The withdrawal cannot be canceled.", "H71", A)

    # Orders: how they are looked up.
    ORDER_UNKNOWN = Denial("no such order of this user in that symbol, or none that can be found yet", "400100", 200, "order not exist.", "H122", O)

    # The money (s8.2, s9). [H54/money-errors]
    CURRENCY_UNKNOWN = Denial("no such currency", None, 200, "The currency does not exist.", "H54", A)
    CHAIN_INVALID = Denial("the currency has no such chain", "900014", 200, "Invalid chainId", "H54", O)
    DEPOSIT_DISABLED = Denial("the chain is closed for deposits", None, 200, "deposit.disabled", "H67", A)
    DEPOSIT_ADDRESS_EXISTS = Denial("the user has an address of the currency on the chain", "260000", 200, "Deposit address already exists.", "H67", O)
    WITHDRAWAL_DISABLED = Denial("the chain is closed for withdrawals", "260210", 200, "withdraw.disabled", "H54", D)
    AMOUNT_INCREMENT_INVALID = Denial("the amount is no multiple of the precision", None, 200, "The amount increment is invalid.", "s8.2, H54", A)
    AMOUNT_BELOW_MINIMUM = Denial("the amount is below the chain's minimum", "400100", 200, "The withdrawal amount is below the minimum requirement.", "H54", O)
    ADDRESS_INVALID = Denial("the address or the memo does not look like one of the chain, or the memo is missing or one too many", "400100", 200, "Incorrect withdrawal address", "H37, H62", I)
    ADDRESS_NOT_IN_BOOK = Denial("the key pays only to the address book", "260325", 200, "Already set withdraw whitelist, this address is not favorite address", "H53", I)
    RECIPIENT_UNKNOWN = Denial("nobody has that UID, e-mail, phone or deposit address", None, 200, "The recipient does not exist.", "H47", A)
    PAYOUT_NOT_POSITIVE = Denial("the fees eat the whole amount", None, 200, "The withdrawal amount does not cover the fees.", "H50", A)
    TRANSFER_BALANCE_INSUFFICIENT = Denial("the account that pays does not cover it", "200004", 200, "Balance insufficient!", "H69", I)
    ORDER_BALANCE_INSUFFICIENT = Denial("the trade account does not cover what the order holds", "200004", 200, "Balance insufficient!", "H98", O)
    BALANCE_INSUFFICIENT = Denial("the main account does not cover it", "115007", 200, "Insufficient account balance", "H54", I)
    AMOUNT_CAP_EXCEEDED = Denial("the 24-hour cap is reached", "110003", 200, "Withdrawal limit exceeded", "H72", I)
    # fmt: on

    @property
    def denial(self) -> Denial:
        """The response for the reason, and its evidence."""
        denial: Denial = self.value
        return denial


OF_THE_SERVER: Final = frozenset(
    {
        Reason.NOT_HTTP,
        Reason.PROTOCOL_NOT_SERVED,
        Reason.HOST_NOT_SERVED,
        Reason.HEAD_TOO_LARGE,
        Reason.REQUEST_INCOMPLETE,
        Reason.HEADER_REPEATED,
        Reason.UNKNOWN_PATH,
        Reason.METHOD_NOT_ALLOWED,
    }
)
"""Reasons that are given before a request becomes a command, so that no operation has them."""
NOT_IN_RANGE: Final = "not in the given range!"
"""What is wrong with a value that is not in a closed list, in KuCoin's words."""
LONGEST_DETAIL: Final = 500
"""The most characters of a detail in a refusal's text."""


class Refusal(Exception):
    """The call is refused. Nothing happened, except if `keep` is a world in which the attempt has been counted.

    `details` fill the text's `{names}`. `expected`, `received` and `notes` are for the journal and never in a response.
    """

    notes: tuple[str, ...] = ()
    """Departures from the document and unknown fields, as in a reply."""
    alternatives: tuple[str, ...] = ()
    """Valid values, such as the calls that are served, of which a diagnosis names the nearest."""

    def __init__(
        self,
        reason: Reason,
        *,
        keep: World | None = None,
        expected: str = "",
        received: str = "",
        **details: str,
    ) -> None:
        super().__init__(reason.name)
        self.reason = reason
        self.keep = keep
        self.expected = expected
        self.received = received
        self.details = details

    @property
    def text(self) -> str:
        """The message that the client reads. That of a word out of a closed list has no prefix."""
        closed = self.details.get("problem") == NOT_IN_RANGE
        text = ("{field} {problem}" if closed else self.reason.denial.text).format_map(
            {name: shortened(text, LONGEST_DETAIL) for name, text in self.details.items()}
        )
        return text.lstrip() if closed else text

    def keeping(self, world: World) -> Refusal:
        """The same refusal with the world in which the attempt has been counted."""
        self.keep = world
        return self

    def noting(self, notes: tuple[str, ...]) -> Refusal:
        """The same refusal with more notes in front: those made before the reason was found."""
        self.notes = (*notes, *self.notes)
        return self

    def detached(self) -> Refusal:
        """The refusal as a value to store: without the world, and without the frames in which it was raised."""
        self.keep = self.__context__ = self.__cause__ = None
        return self.with_traceback(None)

    def __eq__(self, other: object) -> bool:
        """True if a client could not tell the two refusals apart."""
        return isinstance(other, Refusal) and (self.reason, self.details) == (other.reason, other.details)

    __hash__ = Exception.__hash__
