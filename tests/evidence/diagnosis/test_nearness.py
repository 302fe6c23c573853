"""Who mistypes a path, or sends another method or a wrong word, reads in the diagnosis and in the log what was near."""

from __future__ import annotations

import pytest
from support.desk import payment
from support.wire import Asgi, Broker

from simulator.evidence.log_lines import human, machine
from simulator.web.endpoints.table import ROUTES

TIME = "Nearest served is GET /api/v1/timestamp"
SENT = "the path that was sent has"
ACCEPTED = " get_server_time - OK"


@pytest.mark.parametrize(
    ("method", "path", "found"),
    [
        ("GET", "/_oauth/token", "Nearest served is GET /_oauth/access-token."),
        ("POST", "/_oauth/refreshToken", "Nearest served is POST /_oauth/refresh-token."),
        ("GET", "//api/v1/timestamp", f"{TIME}: {SENT} two slashes in a row."),
        ("GET", "/api/v1/timestamp/", f"{TIME}: {SENT} a slash at its end."),
        ("POST", "/api//v1/Timestamp/", f"{TIME}: {SENT} two slashes in a row and a slash at its end and letters in"),
        ("GET", "/api/v1/time%73tamp", f"{TIME}: {SENT} percent-encoding."),
        ("GET", "/api/v9/timestamp", f"{TIME}: another version of the path was sent."),
        ("GET", "/api/api/v1/timestamp", f"{TIME}: something stands before it."),
        ("GET", "/v1/timestamps", f"{TIME}."),
        ("GET", "/api/v7/currencies/BTC", "Nearest served is GET /api/v3/currencies/{currency} and "),
        (
            "GET",
            "/api/v2/accounts/x/holds",
            "Nearest served is GET /api/v1/accounts/{accountId}/holds: another",
        ),
        ("POST", "/api/v3/broker/withdrawl", "Nearest served is POST /api/v2/broker/withdrawal."),
        ("DELETE", "/api/v2/withdrawals/7", "Nearest served is DELETE /api/v1/withdrawals/{withdrawalId}: another"),
        ("GET", "/oauth/", f"Nearest served is GET /oauth: {SENT} a slash at its end."),
        ("GET", "/nonsense", ""),
        ("GET", "/x", ""),
        ("GET", f"/{'a/' * 30_000}", ""),
        ("GET", "*", ""),
        ("GET", "", ""),
        ("POST", "/api/v1/timestamp", "The path is served with GET only."),
        ("get", "/api/v1/timestamp", "Methods are written in capitals: GET."),
    ],
)
def test_what_was_near_is_found(broker: Broker, method: str, path: str, found: str) -> None:
    """The nearest served call stands first in the diagnosis, in the list's too; nothing does where nothing is near."""
    entry = broker.entry(broker.send(method, path))
    assert " ".join(entry["diagnosis"]["found"]).startswith(found)
    assert bool(entry["diagnosis"]["found"]) == bool(found)
    [line] = broker.send("GET", "/_sim/v1/requests?limit=1").json()["requests"]
    assert line["diagnosis"]["found"] == entry["diagnosis"]["found"]


def test_another_path_with_the_method_is_named(broker: Broker) -> None:
    """Who posts where only reading is served learns which version takes the post."""
    found = broker.entry(broker.send("POST", "/api/v2/deposit-addresses"))["diagnosis"]["found"]
    assert found == ["The path is served with GET only.", "POST /api/v1/deposit-addresses is served."]


def test_a_path_of_a_workspace_that_is_not_there_is_not_called_mistyped(broker: Broker) -> None:
    """The path is right, so nothing is nearer; the note tells of the workspace."""
    entry = broker.entry(broker.send("GET", "/w/nobody/api/v1/timestamp"))
    assert (entry["diagnosis"]["found"], len(entry["notes"])) == ([], 1)


@pytest.mark.parametrize("endpoint", ROUTES, ids=lambda endpoint: f"{endpoint.method} {endpoint.path}")
def test_every_served_call_is_found_with_a_slash_too_many(broker: Broker, endpoint: object) -> None:
    """Whatever was meant, a slash in front leads back to it."""
    method, path = endpoint.method, endpoint.path  # type: ignore[attr-defined]
    [found] = broker.entry(broker.send(method, f"/{path}"))["diagnosis"]["found"]
    assert found == f"Nearest served is {method} {path}: {SENT} two slashes in a row."


@pytest.mark.parametrize(("word", "received"), [("PIN", "'PIN'"), ("", "''"), (7, "7"), ({"a": "123456"}, "a dict")])
def test_a_wrong_factor_type_is_shown(broker: Broker, word: object, received: str) -> None:
    """A factorType that is none is told with its value; the code beside it is not."""
    validation = {"transactionId": "6" * 24, "factors": [{"factorType": word, "factorValue": "123456"}]}
    entry = broker.entry(broker.withdraw(broker.key(), payment(), validation=validation))
    assert entry["outcome"] == "PARAMETER_INVALID"
    assert entry["diagnosis"]["received"] == received
    assert entry["diagnosis"]["found"][0].startswith("validation.factors[0].factorType ")
    assert "123456" not in str(entry)


@pytest.mark.parametrize(
    ("call", "finding"),
    [
        (("GET", "/api/v1/timestamp/"), f": {TIME}: {SENT} a slash at its end."),
        (("GET", "/_oauth/access-token?client_id=demo-brokr"), ": Nearest is demo-broker."),
        (("GET", "/api/v1/accounts"), ": expected all KC-API headers, received no KEY, SIGN, TIMESTAMP, PASSPHRASE"),
        (("GET", "/api/v1/timestamp"), ACCEPTED),
    ],
)
def test_the_log_line_names_the_finding(send: Asgi, call: tuple[str, str], finding: str) -> None:
    """A refused call's line ends with what was found, else with what was expected and came; that in JSON has it too."""
    send(*call)
    journal = send.app.desk.journal
    [entry] = journal.newest(1)
    assert human(journal, entry).endswith(finding)
    assert (
        finding.removeprefix(": ").partition(", received")[0].removeprefix("expected ") in machine(journal, entry)
        or finding == ACCEPTED
    )
