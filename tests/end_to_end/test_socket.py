from __future__ import annotations

import json
import re
import socket
from urllib.request import urlopen

import pytest
from support.processes import running

from simulator.web.server import bind, origins, port_of


def test_answers_do_not_wait_for_an_ack() -> None:
    """A connection sends at once what is written (TCP_NODELAY); otherwise an answer in two parts takes 40 ms more."""
    with bind("127.0.0.1", 0) as listening, socket.create_connection(("127.0.0.1", port_of(listening))):
        accepted, _ = listening.accept()
        with accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "0.0.0.0"])
def test_printed_address_answers(host: str) -> None:
    """Wherever it listens, the address that a start prints is one that this machine reaches it by."""
    with running("--host", host, "--control-open") as started, urlopen(f"{started.url}/_sim/v1/clock") as answer:
        assert json.load(answer)["mode"] == "real"


def test_one_interface_is_called_by_its_name() -> None:
    """A server on one interface calls itself by that address: it does not answer on loopback."""
    assert origins("192.0.2.7", 80)[0] == "http://192.0.2.7:80"
    assert [origins(host, 80)[0] for host in ("::1", "::", "2001:db8::7")] == ["http://[::1]:80"] * 2 + [
        "http://[2001:db8::7]:80"
    ]
    assert origins("192.0.2.7", 80, "https://sim.example/")[0] == "https://sim.example"


def test_several_addresses() -> None:
    """With `--listen` a server answers at each address, says so at its start, and names them all as its own."""
    with running("--listen", "127.0.0.1:0", "--listen", "[::1]:0") as started:
        others = re.findall(r"listens on (\S+) as well", "\n".join(started.lines))
        assert len(others) == 2
        assert others[1].startswith("[::1]:")
        for address in (started.url.partition("://")[2], *others):
            with urlopen(f"http://{address}/_sim/v1/clock") as answer:
                assert json.load(answer)["mode"] == "real"
