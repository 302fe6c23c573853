"""The hook of Python processes, in a process of its own or in this one: it leads KuCoin's names and nothing else."""

from __future__ import annotations

import importlib.util
import socket
import ssl
import sys
from collections.abc import Iterator
from importlib.machinery import PathFinder
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import pytest

from simulator.certificates.authority import installed
from simulator.hosts import is_kucoin
from simulator.launch.variables import PYTHON_HOOK
from simulator.web.server import LocalServer

FILE: Final = PYTHON_HOOK / "kucoin_simulator_hook.py"
NAMES: Final = (
    "kucoin.com",
    "API.KuCoin.com",
    "www.kucoin.com.",
    "kucoin.com.evil.example",
    "notkucoin.com",
    "localhost",
    "",
)


@pytest.fixture
def hook() -> ModuleType:
    """The hook, loaded by its path under another name, as a plugin does."""
    spec = importlib.util.spec_from_file_location("the_hook", FILE)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def server() -> Iterator[LocalServer]:
    """A simulator that speaks TLS."""
    with LocalServer() as server:
        yield server


class Peer:
    """A socket that is connected with an address outside."""

    def __init__(self, address: str) -> None:
        self._address = address

    def getpeername(self) -> tuple[str, int]:
        return (self._address, 443)


@pytest.mark.parametrize("name", NAMES)
def test_the_names_are_those_of_the_simulator(hook: ModuleType, name: str) -> None:
    """The hook, which cannot import the simulator, takes the same names for KuCoin's, and those that are given."""
    lead = hook.Lead("127.0.0.1", 1, "", ["Local-Site.example"], "")
    assert lead.leads(name) is is_kucoin(name)
    assert lead.leads(name.encode()) is is_kucoin(name)
    assert lead.leads("local-site.example")


def test_it_leads_and_leaves_no_trace(hook: ModuleType, server: LocalServer) -> None:
    """Connections to KuCoin's names reach the port and are trusted; after `uninstall` everything is as it was."""
    places: list[tuple[Any, str]] = [
        (sys.modules["_socket"], "getaddrinfo"),
        (socket, "gethostbyname"),
        (socket.socket, "connect"),
        (socket.socket, "connect_ex"),
        (ssl.SSLContext, "wrap_socket"),
        (ssl.SSLContext, "wrap_bio"),
    ]
    before = [vars(owner).get(name) for owner, name in places]
    finders = list(sys.meta_path)
    uninstall = hook.install("127.0.0.1", server.port, installed().pem, ["more.example"])
    try:
        for name in ("api.kucoin.com", "more.example"):
            assert socket.gethostbyname(name) == hook.SENTINEL
        addresses = {
            family: socket.getaddrinfo("api.kucoin.com", 443, family)[0][4][0] for family in (0, socket.AF_INET6)
        }
        assert tuple(addresses.values()) == hook.SENTINELS
        context = ssl.create_default_context()
        with (
            socket.create_connection(("api.kucoin.com", 443)) as plain,
            context.wrap_socket(plain, server_hostname="api.kucoin.com") as secure,
        ):
            assert secure.getpeername() == ("127.0.0.1", server.port)
        with socket.socket(socket.AF_INET6) as v6:
            assert v6.connect_ex((addresses[socket.AF_INET6], 443, 0, 0)) == 0
        assert socket.getaddrinfo("127.0.0.1", server.port)[0][4][0] == "127.0.0.1"
    finally:
        uninstall()
    assert [vars(owner).get(name) for owner, name in places] == before
    assert sys.meta_path == finders


def test_two_at_once(hook: ModuleType, server: LocalServer) -> None:
    """A test's own lead is stronger than the one of the whole process, which is there again afterwards."""
    with LocalServer() as other:
        outer = hook.install("127.0.0.1", server.port, installed().pem)
        inner = hook.install("127.0.0.1", other.port, installed().pem)
        with socket.create_connection(("api.kucoin.com", 443)) as led:
            assert led.getpeername()[1] == other.port
        inner()
        with socket.create_connection(("api.kucoin.com", 443)) as led:
            assert led.getpeername()[1] == server.port
        outer()


def test_trust_is_for_kucoins_names_alone(hook: ModuleType, server: LocalServer) -> None:
    """A context that was used for another name has no authority of ours."""
    uninstall = hook.install("127.0.0.1", server.port, installed().pem)
    try:
        context = ssl.create_default_context()
        count = len(context.get_ca_certs())
        context.wrap_bio(ssl.MemoryBIO(), ssl.MemoryBIO(), server_hostname="example.com")
        assert len(context.get_ca_certs()) == count
        context.wrap_bio(ssl.MemoryBIO(), ssl.MemoryBIO(), server_hostname="api.kucoin.com")
        context.wrap_bio(ssl.MemoryBIO(), ssl.MemoryBIO(), server_hostname="api.kucoin.com")
        assert len(context.get_ca_certs()) == count + 1
    finally:
        uninstall()


@pytest.mark.parametrize(
    ("address", "refused"),
    [("192.0.2.1", True), ("2001:db8::1", True), ("127.0.0.1", False), ("::ffff:127.0.0.1", False), ("::1", False)],
)
def test_the_real_exchange_is_refused_at_its_address(
    hook: ModuleType, tmp_path: Path, address: str, refused: bool
) -> None:
    """TLS for a name of KuCoin's with a peer outside, reached by an address or a proxy, is refused and reported."""
    file = tmp_path / "report"
    lead = hook.Lead("127.0.0.1", 1, "", (), str(file))
    if refused:
        with pytest.raises(ConnectionRefusedError, match="not by its name"):
            lead.check_peer((address, 443), "api.kucoin.com")
        assert "\tleak\tapi.kucoin.com was asked for at " in file.read_text()
    else:
        lead.check_peer((address, 443), "api.kucoin.com")
        assert not file.exists()


def test_a_context_does_not_begin_with_the_real_exchange(hook: ModuleType) -> None:
    """`wrap_socket` of a socket that is connected with an address outside sends nothing."""
    uninstall = hook.install("127.0.0.1", 1, installed().pem)
    try:
        outside: Any = Peer("192.0.2.1")
        with pytest.raises(ConnectionRefusedError):
            ssl.create_default_context().wrap_socket(outside, server_hostname="www.kucoin.com")
    finally:
        uninstall()


class Delegating:
    """A finder that asks all other finders, as ours does: SlipCover has such a one."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        self.asked.append(name)
        others = [finder for finder in sys.meta_path if finder is not self and hasattr(finder, "find_spec")]
        return next((spec for finder in others if (spec := finder.find_spec(name, path, target))), None)


class Old:
    """A finder of the time before Python 3.4, which knows nothing of specs. Python asks such ones up to 3.11."""

    def find_module(self, name: str, path: Any = None) -> None:
        return None


@pytest.mark.filterwarnings("ignore::ImportWarning")
@pytest.mark.parametrize("before", [True, False])
def test_a_finder_that_asks_all_finders(
    hook: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, before: bool
) -> None:
    """Two finders that ask each other find a module all the same, whichever stands first, and it is patched."""
    (tmp_path / "asked_library.py").write_text("name = 'theirs'\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setitem(
        hook.PATCHES, "asked_library", lambda module, lead, patches: patches.set(module, "name", "ours")
    )
    finder: Any = Delegating()
    monkeypatch.setattr(sys, "meta_path", [finder, Old(), PathFinder])
    uninstall = hook.install("127.0.0.1", 1, "")
    if before:
        sys.meta_path.remove(finder)
        sys.meta_path.insert(0, finder)
    try:
        assert importlib.import_module("asked_library").name == "ours"
        assert "asked_library" in finder.asked
        with pytest.raises(ModuleNotFoundError):
            importlib.import_module("asked_library_that_is_nowhere")
    finally:
        uninstall()
        sys.modules.pop("asked_library", None)


def test_a_module_is_patched_when_it_is_imported(
    hook: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A library that is imported later is patched then, and keeps its own loader and spec."""
    (tmp_path / "later_library.py").write_text("name = 'theirs'\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setitem(
        hook.PATCHES, "later_library", lambda module, lead, patches: patches.set(module, "name", "ours")
    )
    uninstall = hook.install("127.0.0.1", 1, "")
    try:
        module = importlib.import_module("later_library")
        assert (module.name, type(module.__loader__).__name__) == ("ours", "SourceFileLoader")
    finally:
        uninstall()
        sys.modules.pop("later_library", None)
    assert module.name == "theirs"
