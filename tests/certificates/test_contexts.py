"""Which certificate a client gets: the usual one, or one for the name that it asks for, within bounds."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest
from cryptography import x509

from simulator.certificates import contexts
from simulator.certificates.authority import Authority, in_memory
from simulator.certificates.contexts import MOST, server_context

Pair = tuple[ssl.SSLObject, ssl.SSLObject]


def met(server: ssl.SSLContext, name: str | None, alpn: list[str] | None = None) -> Pair:
    """Both ends of a connection, after the handshake."""
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client.check_hostname, client.verify_mode = False, ssl.CERT_NONE
    client.set_alpn_protocols(alpn or [])
    up, down = ssl.MemoryBIO(), ssl.MemoryBIO()
    ends = client.wrap_bio(down, up, server_hostname=name), server.wrap_bio(up, down, server_side=True)
    waiting = [*ends]
    while waiting:
        end = waiting.pop(0)
        try:
            end.do_handshake()
        except ssl.SSLWantReadError:
            waiting.append(end)
    return ends


def names(server: ssl.SSLContext, name: str | None) -> list[str]:
    """The names of the certificate that a client gets."""
    der = met(server, name)[0].getpeercert(binary_form=True)
    assert der
    extension = x509.load_der_x509_certificate(der).extensions.get_extension_for_class(x509.SubjectAlternativeName)
    return [str(general.value) for general in extension.value]


USUAL = ["kucoin.com", "*.kucoin.com", "localhost", "127.0.0.1", "::1"]


@pytest.mark.parametrize(
    "name",
    [
        *(None, "www.kucoin.com", "kucoin.com", "localhost", "127.0.0.1", "www.example.com", "kucoin.com.example"),
        *("x", "*.a.kucoin.com", "_.kucoin.com.", f"{'a' * 64}.kucoin.com"),
    ],
)
def test_the_usual_certificate(authority_in_memory: Authority, name: str | None) -> None:
    """It is for all usual names, and for whoever asks for none or for one that we cannot sign for."""
    try:
        assert names(server_context(authority_in_memory), name) == USUAL
    except UnicodeError:
        assert name is not None  # a name that Python's own client cannot ask for
        assert len(name) > 64


@pytest.mark.parametrize("name", ["a.b.kucoin.com", "t1.localhost", "A_1.x.KuCoin.com", "a.b.kucoin.com."])
def test_a_certificate_for_one_name(authority_in_memory: Authority, name: str) -> None:
    """A permitted name that the usual certificate does not cover gets one of its own."""
    assert names(server_context(authority_in_memory), name) == [name.lower().removesuffix(".")]


def test_given_names_are_usual() -> None:
    """Names of KuCoin's that were given are covered like its own."""
    authority = in_memory(["kucoin.eu"])
    assert names(server_context(authority), "www.kucoin.eu") == [
        *("kucoin.com", "kucoin.eu", "*.kucoin.com", "*.kucoin.eu"),
        *("localhost", "127.0.0.1", "::1"),
    ]


def test_it_speaks_http_1(authority_in_memory: Authority) -> None:
    """Of several protocols HTTP/1.1 is chosen, under every certificate, and a client that offers none is served."""
    server = server_context(authority_in_memory)
    for name in ("www.kucoin.com", "a.b.kucoin.com"):
        assert met(server, name, ["h2", "http/1.1"])[1].selected_alpn_protocol() == "http/1.1"
        assert met(server, name)[1].selected_alpn_protocol() is None


def test_kept_certificates_are_bounded(authority_in_memory: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    """Clients that ask for ever new names do not fill the memory, and a name that is asked for often is kept."""
    made: list[str] = []
    original = contexts._context

    def counted(authority: Authority, names: list[str]) -> ssl.SSLContext:
        made.extend(names)
        return original(authority, names)

    monkeypatch.setattr(contexts, "_context", counted)
    server = server_context(authority_in_memory)
    for place in range(MOST + 10):
        met(server, "often.t.localhost")
        met(server, f"{place}.t.localhost")
    assert made.count("often.t.localhost") == 1
    met(server, "0.t.localhost")
    assert made.count("0.t.localhost") == 2


def test_a_certificate_is_loaded_without_a_memory_file(
    authority_in_memory: Authority, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Where the platform has no files in memory, the key is in a private folder as long as it is read."""
    monkeypatch.setattr(contexts, "DESCRIPTORS", tmp_path / "nothing")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert names(server_context(authority_in_memory), None) == USUAL
    assert list(tmp_path.iterdir()) == []
