"""KuCoin's own SDK asks for a rebate file, with the broker headers that it sends on that call."""

from __future__ import annotations

import csv
import warnings
from typing import Any

import pytest
import requests
from support.broker_pro import earning
from support.wire import OPERATOR, Broker

from simulator.web.server import LocalServer

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # the SDK was written for an older pydantic
    from kucoin_universal_sdk.api import DefaultClient
    from kucoin_universal_sdk.generate.broker.apibroker import GetRebaseReq, GetRebaseReqBuilder
    from kucoin_universal_sdk.model import ClientOptionBuilder, TransportOptionBuilder
    from kucoin_universal_sdk.model.common import RestError

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")
BROKER_KEY = "11111111-2222-3333-4444-555555555555"


def _api(server: LocalServer, broker_key: str = BROKER_KEY) -> Any:
    options = (
        ClientOptionBuilder()
        .set_key(OPERATOR.api_key)
        .set_secret(OPERATOR.secret)
        .set_passphrase(OPERATOR.passphrase)
        .set_broker_name("DEMOBROKER")
        .set_broker_partner("DEMOPARTNER")
        .set_broker_key(broker_key)
        .set_spot_endpoint(server.url)
        .set_broker_endpoint(server.url)
        .set_transport_option(TransportOptionBuilder().build())
        .build()
    )
    return DefaultClient(options).rest_service().get_broker_service().get_api_broker_api()


def _wanted(begin: str = "20260501", end: str = "20260601") -> GetRebaseReq:
    return GetRebaseReqBuilder().set_begin(begin).set_end(end).set_trade_type(GetRebaseReq.TradeTypeEnum.T_1).build()


def test_the_official_sdk_downloads_the_file(server: LocalServer, online: Broker) -> None:
    """Its broker signature passes, the link is where the server is, and `requests` reads the CSV behind it."""
    server.exchange.world = earning(server.exchange.world)
    url = _api(server).get_rebase(_wanted()).url
    assert url.startswith(f"{server.url}/broker/")
    answer = requests.get(url, timeout=10)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/csv")
    rows = [*csv.DictReader(answer.text.splitlines())]
    assert [(row["uid"], row["volume"], row["commission"]) for row in rows][:2] == [
        ("200000001", "1000", "0.4"),
        ("200000002", "200.5", "0.08"),
    ]
    assert online.send("GET", "/_sim/v1/requests").json()["requests"][0]["notes"] == []


def test_the_official_sdk_with_a_wrong_broker_key(server: LocalServer) -> None:
    """It sends KC-API-PARTNER-VERIFY: true, so that a signature with another key is 400201."""
    with pytest.raises(RestError, match="400201"):
        _api(server, "another").get_rebase(_wanted())


def test_the_official_sdk_names_our_refusals(server: LocalServer) -> None:
    """A span that is too long is an error of the SDK with our code and text."""
    with pytest.raises(RestError) as caught:
        _api(server).get_rebase(_wanted("20260101", "20260702"))
    assert caught.value.response.code == "400100"
    assert "end must be at most 6 months after begin" in caught.value.response.message
