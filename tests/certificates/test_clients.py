"""What real clients say: they accept our certificates for permitted names, and no other one that our key could sign."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from support.tls_servers import by_curl, by_java, by_node, by_python, serving

from simulator.certificates import authority, issuing
from simulator.certificates.authority import Authority, installed
from simulator.certificates.contexts import load, server_context
from simulator.certificates.java import options, truststore

FOREIGN = "www.example.com"
CLIENTS = [by_python, by_curl, by_node]
Client = Callable[[Path, int, str], str]


class Servers(NamedTuple):
    """The ports of our server, and of one that misuses our key for other names."""

    authority: Authority
    ca: Path
    ours: int
    misuse: int


def misused(ours: Authority) -> ssl.SSLContext:
    """What somebody could serve who has our key, the only one that is stored."""
    key = ec.generate_private_key(ec.SECP256R1())
    leaf = issuing.new_leaf(ours._issuer, [FOREIGN, "www.kucoin.com.example.com", "10.0.0.1"], key.public_key())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    load(context, authority._pem(leaf) + authority._pem(ours._issuer.certificate), authority._key_pem(key))
    return context


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    """Both servers."""
    ours = installed(tmp_path_factory.mktemp("state"))
    assert ours.path
    with serving(server_context(ours)) as good, serving(misused(ours)) as bad:
        yield Servers(ours, ours.path, good, bad)


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("name", ["www.kucoin.com", "a.b.kucoin.com", "localhost", "t1.localhost"])
def test_permitted_names_are_accepted(servers: Servers, client: Client, name: str) -> None:
    """KuCoin's names at any depth, localhost and the names below it, also in Python's strict mode."""
    assert client(servers.ca, servers.ours, name) == "accepted"


@pytest.mark.parametrize("client", CLIENTS)
def test_the_key_is_of_no_use_for_another_name(servers: Servers, client: Client) -> None:
    """Who trusts the authority refuses a certificate for another site that its key has signed."""
    assert "permitted subtree violation" in client(servers.ca, servers.misuse, FOREIGN)


@pytest.mark.parametrize("client", CLIENTS)
def test_another_name_is_not_served(servers: Servers, client: Client) -> None:
    """A client that is led here under a name that is not permitted finds a certificate that is not for it."""
    answer = client(servers.ca, servers.ours, FOREIGN).lower()
    assert "mismatch" in answer or "does not match" in answer or "no alternative" in answer


def test_java_does_as_the_others(servers: Servers, tmp_path: Path) -> None:
    """Java's own client accepts the permitted names and refuses the misuse, by our truststore."""
    store = truststore(servers.authority, tmp_path)
    targets = [(servers.ours, "www.kucoin.com"), (servers.ours, "t1.localhost"), (servers.misuse, FOREIGN)]
    *good, bad = by_java(options(store), tmp_path, *targets)
    assert good == ["accepted", "accepted"]
    assert "name constraints" in bad


def test_the_root_has_no_key(tmp_path: Path) -> None:
    """The key of the certificate that clients trust is nowhere: the stored one belongs to the issuer below it.

    Java does not hold a trusted certificate to its own constraints, so that key could be misused.
    """
    made = installed(tmp_path)
    assert made._issuer.key.public_key() == made._issuer.certificate.public_key()
    assert made._issuer.key.public_key() != made._issuer.root.public_key()
    texts = [file.read_text() for file in tmp_path.rglob("*") if file.is_file()]
    assert sum(text.count("PRIVATE KEY-----\n") for text in texts) == 2  # its first line and its last


def test_what_strict_clients_ask_for(servers: Servers) -> None:
    """Each certificate names its key and its issuer's, is critical about what it may do, and is valid long enough."""
    chain = x509.load_pem_x509_certificates(servers.authority.leaf(["www.kucoin.com"])[0].encode())
    assert len(chain) == 2
    for certificate in (*chain, servers.authority._issuer.root):
        found = {type(extension.value): extension for extension in certificate.extensions}
        assert {x509.AuthorityKeyIdentifier, x509.SubjectKeyIdentifier, x509.ExtendedKeyUsage} <= found.keys()
        assert found[x509.BasicConstraints].critical
        assert found[x509.KeyUsage].critical
        assert certificate.serial_number > 0
        assert (x509.NameConstraints in found) == found[x509.BasicConstraints].value.ca
        assert certificate.not_valid_after_utc - certificate.not_valid_before_utc <= issuing.LIFE
