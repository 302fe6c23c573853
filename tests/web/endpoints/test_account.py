"""What a key is for beside paying, byte for byte: accounts, transfers, deposits, histories, ordinary withdrawals."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from support.answer_templates import fits
from support.desk import START, Key, payment
from support.openapi_document import own_key_over
from support.wire import V1, Answer, Broker, control

GROUPS = ("API_COMMON", "API_TRANSFER", "API_WITHDRAW_OAUTH")
PAGE = '{"code":"200000","data":{"currentPage":1,"pageSize":50,"totalNum":%d,"totalPage":%d,"items":[%s]}}'
OUTSIDE = payment()["address"]
MOVE = {
    "clientOid": "c-1",
    "currency": "USDT",
    "amount": "10.5",
    "type": "INTERNAL",
    "fromAccountType": "MAIN",
    "toAccountType": "TRADE",
}
WITHDRAWAL = (
    '{"id":"<id>","currency":"USDT","chain":"trx","status":"SUCCESS","failureReason":"","failureReasonMsg":null,'
    f'"subStatus":"SUCCESS","address":"{OUTSIDE}","memo":"","isInner":false,"amount":"100.00000000","fee":"%s",'
    f'"walletTxId":"<hex64>","createdAt":{START},"updatedAt":{START},"remark":"","arrears":false}}'
)
LINE = (
    '{"id":"<id>","currency":"USDT","amount":"%s","fee":"%s","balance":"0","accountType":"%s","bizType":"%s",'
    f'"direction":"%s","createdAt":{START},"context":"{{\\"orderId\\":\\"<id>\\",\\"txId\\":\\"<hex64>\\"}}"}}'
)
TRANSFER = "/api/v3/accounts/universal-transfer"
CREATE = "/api/v3/deposit-address/create"


def _post(broker: Broker, key: Key, target: str, fields: dict[str, Any]) -> Answer:
    return broker.signed(key, "POST", target, json.dumps(fields).encode())


@pytest.fixture
def key(broker: Broker) -> Key:
    """Alice's, which may read, move and pay."""
    return broker.key("alice", *GROUPS)


def test_one_account(broker: Broker, key: Key) -> None:
    """By the id of the list, and without id and type."""
    [btc, _] = broker.signed(key, "GET", "/api/v1/accounts").json()["data"]
    answer = broker.signed(key, "GET", f"/api/v1/accounts/{btc['id']}")
    assert answer.body == b'{"code":"200000","data":{"currency":"BTC","balance":"100","available":"100","holds":"0"}}'
    unknown = broker.signed(key, "GET", f"/api/v1/accounts/{'0' * 24}")
    assert unknown.body == b'{"msg":"The account does not exist.","code":"999999"}'


def test_user_info(broker: Broker, key: Key) -> None:
    """Twelve numbers in the order of the sample."""
    answer = broker.signed(key, "GET", "/api/v2/user-info")
    assert answer.body == (
        b'{"code":"200000","data":{"level":0,"subQuantity":0,"spotSubQuantity":0,"marginSubQuantity":0,'
        b'"futuresSubQuantity":0,"optionSubQuantity":0,"maxSubQuantity":5,"maxDefaultSubQuantity":5,'
        b'"maxSpotSubQuantity":0,"maxMarginSubQuantity":0,"maxFuturesSubQuantity":0,"maxOptionSubQuantity":0}}'
    )


def test_kinds_of_account(broker: Broker, key: Key) -> None:
    """A bare boolean, and the mode that ccxt asks for."""
    assert broker.signed(key, "GET", "/api/v1/hf/accounts/opened").body == b'{"code":"200000","data":true}'
    mode = broker.signed(key, "GET", "/api/ua/v1/account/mode")
    assert (
        mode.body
        == b'{"code":"200000","data":{"selfAccountMode":"CLASSIC","unifiedSubAccount":[],"classicSubAccount":[]}}'
    )


def test_a_transfer_and_what_is_left(broker: Broker, key: Key) -> None:
    """`orderId` of the transfer; what is there can be moved; the same clientOid and too large an amount are refused."""
    made = _post(broker, key, TRANSFER, MOVE)
    assert fits('{"code":"200000","data":{"orderId":"<id>"}}', made.body)
    left = broker.signed(key, "GET", "/api/v1/accounts/transferable?currency=USDT&type=TRADE")
    assert left.body == (
        b'{"code":"200000","data":{"currency":"USDT","balance":"10.5","available":"10.5","holds":"0",'
        b'"transferable":"10.5"}}'
    )
    again = _post(broker, key, TRANSFER, MOVE)
    assert (again.status, again.body) == (200, b'{"msg":"The clientOid has been used.","code":"999999"}')
    short = _post(broker, key, TRANSFER, {**MOVE, "clientOid": "2", "amount": "1000000"})
    assert short.body == b'{"msg":"Balance insufficient!","code":"200004"}'


def test_addresses(broker: Broker, key: Key) -> None:
    """`to` in capitals; the list has the contract before `chainName`, and a remark; it is empty before one was made."""
    nothing = broker.signed(key, "GET", "/api/v3/deposit-addresses?currency=BTC")
    assert nothing.body == b'{"code":"200000","data":[]}'
    made = _post(broker, key, CREATE, {"currency": "USDT", "chain": "eth", "to": "trade"})
    head = '{"address":"0x<hex40>","memo":"","chainId":"eth","to":"TRADE","expirationDate":0,"currency":"USDT"'
    assert fits(f'{{"code":"200000","data":{head},"chainName":"ERC20"}}}}', made.body)
    listed = broker.signed(key, "GET", "/api/v3/deposit-addresses?currency=USDT&chain=eth")
    more = '"contractAddress":"0xdac17f958d2ee523a2206206994597c13d831ec7","chainName":"ERC20","remark":""'
    assert fits(f'{{"code":"200000","data":[{head},{more}}}]}}', listed.body)
    again = _post(broker, key, CREATE, {"currency": "USDT", "chain": "eth"})
    assert again.body == b'{"msg":"Deposit address already exists.","code":"260000"}'


def test_deposits(broker: Broker, key: Key) -> None:
    """A page of what came, with confirmations as they are now."""
    address = broker.signed(key, "GET", "/api/v3/deposit-addresses?currency=USDT&chain=trx").json()["data"][0]
    control(broker.send, "/deposits", {"user": "alice", "currency": "USDT", "chain": "trx", "amount": "25.5"})
    row = (
        '{"id":"<id>","currency":"USDT","chain":"trx","status":"SUCCESS","subStatus":null,"address":"%s","memo":"",'
        '"isInner":false,"amount":"25.50000000","fee":"0.00000000","walletTxId":"<deposit_tx>","url":null,"needSubmitWht":null,'
        f'"preConfirmationCount":1,"confirmation":1,"confirmationCount":1,"createdAt":{START},"updatedAt":{START},'
        '"remark":"Deposit","arrears":false}'
    )
    answer = broker.signed(key, "GET", "/api/v1/deposits?currency=USDT&status=SUCCESS")
    assert fits(PAGE % (1, 1, row % address["address"]), answer.body)
    assert broker.balance() == "1000025.5"


def test_withdrawals_of_both_kinds(broker: Broker) -> None:
    """One list for both endpoints: the service fee is what tells them apart."""
    key, own = broker.key("frank", *GROUPS), own_key_over(broker, "frank")
    broker.withdraw(key)
    fields = {**payment(), "toAddress": OUTSIDE}
    del fields["address"]
    paid = _post(broker, own, "/api/v3/withdrawals", fields)
    assert fits('{"code":"200000","data":{"withdrawalId":"<id>"}}', paid.body)
    answer = broker.signed(key, "GET", "/api/v1/withdrawals?currency=USDT")
    assert fits(PAGE % (2, 1, f"{WITHDRAWAL % '1.50000000'},{WITHDRAWAL % '11.50000000'}"), answer.body)
    lines = [LINE % (*amounts, "MAIN", "Withdrawal", "out") for amounts in (("101.5", "1.5"), ("111.5", "11.5"))]
    assert fits(PAGE % (2, 1, ",".join(lines)), broker.signed(key, "GET", "/api/v1/accounts/ledgers").body)


def test_the_trading_accounts_own_ledger(broker: Broker, key: Key) -> None:
    """Eleven fields in the order of the sample: with a tax and a balance, and the time as a text."""
    _post(broker, key, TRANSFER, MOVE)
    line = (
        '{"id":"<digits>","currency":"USDT","amount":"10.50000000","fee":"0.00000000",'
        '"tax":"0","balance":"10.50000000","accountType":"TRADE_HF",'
        f'"bizType":"TRANSFER","direction":"in","createdAt":"{START}","context":"{{\\"orderId\\":\\"<id>\\"}}"}}'
    )
    path = "/api/v1/hf/accounts/ledgers"
    assert fits(f'{{"code":"200000","data":[{line}]}}', broker.signed(key, "GET", path).body)
    assert broker.signed(key, "GET", f"{path}?direction=out").body == b'{"code":"200000","data":[]}'


def test_addresses_by_older_versions(broker: Broker, key: Key) -> None:
    """The chain's name is `chain`; both have the contract; before there is one, null."""
    address = (
        '{"address":"TALiceALiceALiceALiceALiceALiceALi","memo":"","chain":"TRC20","chainId":"trx","to":"MAIN",'
        '"currency":"USDT"'
    )
    listed = broker.signed(key, "GET", "/api/v2/deposit-addresses?currency=USDT")
    contract = '"contractAddress":"TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t"'
    assert listed.text == f'{{"code":"200000","data":[{address},{contract}}}]}}'
    one = broker.signed(key, "GET", "/api/v1/deposit-addresses?currency=USDT&chain=trx")
    assert one.text == f'{{"code":"200000","data":{address},{contract}}}}}'
    none = broker.signed(key, "GET", "/api/v1/deposit-addresses?currency=USDT&chain=eth")
    assert none.text == '{"code":"200000","data":null}'


def test_an_empty_page(broker: Broker, key: Key) -> None:
    """No rows are no pages."""
    for path in ("/api/v1/withdrawals", "/api/v1/deposits", "/api/v1/accounts/ledgers"):
        assert fits(PAGE % (0, 0, ""), broker.signed(key, "GET", path).body)


def test_a_page_that_is_too_large(broker: Broker, key: Key) -> None:
    """The text is the observed one."""
    answer = broker.signed(key, "GET", "/api/v1/deposits?pageSize=501")
    assert answer.body == b'{"msg":"Parameter Error: pageSize should not greater than 500","code":"400100"}'


def test_quotas(broker: Broker, key: Key) -> None:
    """Sixteen fields in the order of the sample; `chain` is the chain's name."""
    answer = broker.signed(key, "GET", "/api/v1/withdrawals/quotas?currency=USDT&chain=trx")
    assert answer.body == (
        b'{"code":"200000","data":{"currency":"USDT","limitBTCAmount":"16.66665000","usedBTCAmount":"0.00000000",'
        b'"quotaCurrency":"USDT","limitQuotaCurrencyAmount":"999999.00000000","usedQuotaCurrencyAmount":"0",'
        b'"remainAmount":"999999.00000000","availableAmount":"999999","withdrawMinFee":"1.5","innerWithdrawMinFee":"0",'
        b'"withdrawMinSize":"3","isWithdrawEnabled":true,"precision":6,"chain":"TRC20","reason":null,'
        b'"lockedAmount":"0"}}'
    )


def test_cancel(wired: Callable[..., Broker]) -> None:
    """DELETE answers null; the same path with GET tells what became of it; the second time is too late."""
    broker = wired(settlement="manual")
    key, own = broker.key("frank", *GROUPS), own_key_over(broker, "frank")
    path = f"/api/v1/withdrawals/{broker.withdraw(key).json()['data']['withdrawalId']}"
    found = broker.signed(key, "GET", path).json()["data"]
    assert (found["status"], found["cancelType"]) == ("PROCESSING", "CANCELABLE")
    refused = broker.signed(key, "DELETE", path)
    assert (refused.status, refused.json()["code"]) == (403, "400007")
    assert broker.signed(own, "DELETE", path).body == b'{"code":"200000","data":null}'
    found = broker.signed(key, "GET", path).json()["data"]
    assert (found["status"], found["cancelType"], broker.balance("frank")) == ("FAILURE", "NON_CANCELABLE", "50000")
    late = broker.signed(own, "DELETE", path)
    assert late.body == b'{"msg":"The withdrawal cannot be canceled.","code":"999999"}'


def test_an_ordinary_withdrawal_needs_the_ordinary_permission(broker: Broker, key: Key) -> None:
    """A key that came by OAuth is refused, whatever it may do."""
    answer = _post(broker, key, "/api/v3/withdrawals", {"currency": "USDT"})
    assert (answer.status, answer.json()["code"]) == (403, "400007")


def test_the_ordinary_permission_is_told(broker: Broker) -> None:
    """`Withdrawal` is among the words of a key that was made by hand with it."""
    own = own_key_over(broker, "frank")
    words = broker.signed(own, "GET", "/api/v1/user/api-key").json()["data"]["permission"]
    assert words == "General,InnerTransfer,Transfer,Withdrawal"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/v2/user-info"),
        ("GET", "/api/v1/hf/accounts/opened"),
        ("GET", "/api/ua/v1/account/mode"),
        ("GET", "/api/v1/accounts/x"),
        ("GET", "/api/v1/accounts/ledgers"),
        ("GET", "/api/v1/hf/accounts/ledgers"),
        ("GET", "/api/v1/accounts/transferable"),
        ("POST", TRANSFER),
        ("POST", CREATE),
        ("GET", "/api/v3/deposit-addresses"),
        ("GET", "/api/v2/deposit-addresses"),
        ("GET", "/api/v1/deposit-addresses"),
        ("GET", "/api/v1/deposits"),
        ("GET", "/api/v1/withdrawals/quotas"),
        ("GET", "/api/v1/withdrawals"),
        ("DELETE", "/api/v1/withdrawals/x"),
        ("POST", "/api/v3/withdrawals"),
    ],
)
def test_who_does_not_sign_learns_nothing(broker: Broker, method: str, path: str) -> None:
    """Every call about an account wants a signature before it looks at anything else."""
    answer = broker.send(method, path)
    assert (answer.status, answer.json()["code"]) == (400, "400001")


def test_what_an_amount_may_be(broker: Broker, key: Key) -> None:
    """A JSON number is kept exact, as in s8.2."""
    body = json.dumps(MOVE).replace('"10.5"', "0.000001").encode()
    assert broker.signed(key, "POST", TRANSFER, body).status == 200
    left = broker.signed(key, "GET", "/api/v1/accounts?type=trade").json()["data"][0]["balance"]
    assert left == "0.000001"
    assert broker.send("GET", f"{V1}/ledger?user=alice").json()["movements"][0]["balance"] == "0.000001"
