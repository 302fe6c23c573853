"""How many faults can be in force and how many logins can wait: what the control surface adds is bounded."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from support.control_calls import steer
from support.wire import Asgi, problem_of

from simulator.scenario.staging.armed import MOST

FAULT: dict[str, Any] = {"operation": "withdraw", "network": "reset", "times": 1}
LOGIN: dict[str, Any] = {"user": "alice"}


def _with_faults(staging: dict[str, Any], count: int) -> None:
    [armed] = staging["armed"]
    staging["armed"] = [{**armed, "id": f"f{number}"} for number in range(1, count + 1)]
    staging["last"] = count


def _with_logins(staging: dict[str, Any], count: int) -> None:
    staging["waiting"] = staging["waiting"] * count


def _carried(send: Asgi, fill: Callable[[dict[str, Any], int], None], count: int) -> None:
    """The state with so many of the one thing that is there."""
    exported = steer(send, "GET", "/state").json()
    fill(exported["state"]["staging"], count)
    answer = steer(send, "PUT", "/state", exported)
    assert answer.status == 200, answer.text


@pytest.mark.parametrize(
    ("path", "body", "fill", "detail"),
    [
        ("/faults", FAULT, _with_faults, "there are 1,000 faults in force already; DELETE those that are spent"),
        ("/logins", LOGIN, _with_logins, "1,000 logins wait already; let some of them happen first"),
    ],
)
def test_the_thousandth_is_the_last(send: Asgi, path: str, body: Any, fill: Any, detail: str) -> None:
    """With 999 of them one more is taken; with 1,000 it is a 409, and there are as many as before."""
    assert steer(send, "POST", path, body).status == 201
    _carried(send, fill, MOST - 1)
    assert steer(send, "POST", path, body).status == 201
    before = steer(send, "GET", "/state").json()["state"]["staging"]
    assert len(before["armed" if path == "/faults" else "waiting"]) == MOST
    problem = problem_of(steer(send, "POST", path, body), 409)
    assert problem["detail"] == detail
    assert steer(send, "GET", "/state").json()["state"]["staging"] == before


def test_a_place_becomes_free(send: Asgi) -> None:
    """When a fault is taken away, another one can come."""
    steer(send, "POST", "/faults", FAULT)
    _carried(send, _with_faults, MOST)
    assert steer(send, "POST", "/faults", FAULT).status == 409
    assert send("DELETE", "/_sim/v1/faults/f7").status == 204
    assert steer(send, "POST", "/faults", FAULT).json()["id"] == f"f{MOST + 1}"


@pytest.mark.parametrize(("count", "status"), [(MOST - 1, 200), (MOST, 200), (MOST + 1, 422)])
def test_faults_that_are_put_at_once(send: Asgi, count: int, status: int) -> None:
    """As many as can be in force are taken whole; with one more none is."""
    answer = steer(send, "PUT", "/faults", {"faults": [FAULT] * count})
    assert answer.status == status, answer.text[:300]
    assert len(steer(send, "GET", "/faults").json()["faults"]) == (count if status == 200 else 0)
    if status == 422:
        assert "1,000 can be in force" in problem_of(answer, 422)["detail"]
