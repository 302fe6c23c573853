"""The certificates that a server shows: the right ones, behind the same guards as everything, and never a key."""

from __future__ import annotations

import asyncio
import ssl
from pathlib import Path

import pytest
from support.wire import V1, Asgi, problem_of, still_app

from simulator.certificates.authority import PRIVATE, SECRET, serving
from simulator.certificates.bundle import certificates
from simulator.certificates.state_folder import VARIABLE
from simulator.web.app import App
from simulator.web.guards import Policy

PATHS = ["/_sim/ca.pem", f"{V1}/ca.pem", "/_sim/bundle.pem", f"{V1}/bundle.pem"]


@pytest.mark.parametrize("path", PATHS)
def test_what_clients_trust_is_served(send: Asgi, path: str) -> None:
    """`ca.pem` is our certificate alone; `bundle.pem` has the platform's roots, too. Clients can load both."""
    answer = send("GET", path)
    assert (answer.status, answer.headers["content-type"]) == (200, "application/pem-certificate-chain")
    served = certificates(answer.body.decode("ascii"))
    assert served[-1:] == certificates(serving().pem)
    assert (len(served) == 1) == path.endswith("ca.pem")
    context = ssl.create_default_context(cadata=answer.body.decode("ascii"))
    assert len(context.get_ca_certs()) >= len(served)


@pytest.mark.parametrize("path", PATHS)
def test_they_are_guarded(runner: asyncio.Runner, path: str) -> None:
    """Another site's page gets a 403, a client without the token a 401, another method a 405, another query a 400."""
    send = Asgi(App(still_app().desk.exchange, policy=Policy(token="t" * 20)), runner)
    token = {"x-sim-token": "t" * 20}
    assert send("GET", path, headers=token).status == 200
    problem_of(send("GET", path), 401)
    problem_of(send("GET", path, headers={**token, "origin": "https://evil.example"}), 403)
    problem_of(send("GET", path, headers={**token, "host": "www.kucoin.com"}), 403)
    problem_of(send("GET", f"{path}?key=1", headers=token), 400)
    for method in ("POST", "PUT", "DELETE", "HEAD"):
        assert send(method, path, headers=token).status == 405


def test_the_key_is_never_served(send: Asgi, state_folder: Path) -> None:
    """No answer of any GET of the surface has the key of the authority, however its file is asked for."""
    authority = serving()
    assert authority.path
    key = (authority.path.parent / PRIVATE / SECRET).read_text().partition("-----END PRIVATE KEY-----")[0]
    secret = key.splitlines()[1]
    links = send("GET", f"{V1}").json()["links"].values()
    paths = [link.partition(":8080")[2] for link in links]
    assert f"{V1}/ca.pem" in paths
    tries = [f"/_sim/{PRIVATE}/{SECRET}", "/_sim/../private/authority.pem", f"{V1}/{SECRET}", "/_sim/key.pem"]
    for path in [*PATHS, *(path for path in paths if "/events" not in path and "/stream" not in path), *tries]:
        answer = send("GET", path)
        assert b"PRIVATE" not in answer.body
        assert secret.encode() not in answer.body
        assert (answer.status == 404) == (path in tries), path


@pytest.mark.parametrize(("tls", "reason"), [(False, "--tls off"), (("cert.pem", "key.pem"), "--tls CERT,KEY")])
@pytest.mark.parametrize("path", PATHS)
def test_who_has_no_authority_says_so(
    runner: asyncio.Runner, path: str, tls: bool | tuple[str, str], reason: str
) -> None:
    """A server without TLS, or with files of the user's own, answers 404 and what to trust instead."""
    send = Asgi(App(still_app().desk.exchange, policy=Policy(tls=tls)), runner)
    assert reason in problem_of(send("GET", path), 404)["detail"]


def test_the_authority_is_that_of_its_names(runner: asyncio.Runner) -> None:
    """A server with more names of KuCoin's shows the authority that can sign for them."""
    send = Asgi(App(still_app().desk.exchange, policy=Policy(kucoin=("kucoin.eu",))), runner)
    assert send("GET", "/_sim/ca.pem").text == serving(["kucoin.eu"]).pem != serving().pem


def test_one_process_has_one_authority(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, runner: asyncio.Runner, caplog: pytest.LogCaptureFixture
) -> None:
    """Also an authority in memory is at each call the same, for every server of the process."""
    (tmp_path / "file").write_text("")
    monkeypatch.setenv(VARIABLE, str(tmp_path / "file"))
    first, second = (Asgi(still_app(), runner)("GET", "/_sim/ca.pem").body for _ in range(2))
    assert first == second == serving().pem.encode()
    assert serving().path is None
    assert [record.message for record in caplog.records] == [serving().note], "told once"
