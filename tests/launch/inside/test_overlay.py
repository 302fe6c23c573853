"""The text of /etc/hosts inside, and the name of a certificate in a folder of OpenSSL's."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from support.namespaces import tool

from simulator.certificates.authority import in_memory
from simulator.launch.inside.overlay import hosts_text, subject_hash


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("127.0.0.1 localhost\n", ["127.0.0.1 localhost"]),
        ("# a note\n\n10.0.0.5 db  # ours\n", ["# a note", "", "10.0.0.5 db  # ours"]),
        ("1.2.3.4 api.kucoin.com\n", []),
        ("1.2.3.4 API.KuCoin.com mirror\n", ["1.2.3.4 mirror"]),
        ("172.17.0.2 box\n", ["172.17.0.2 box"]),
    ],
)
def test_hosts_keep_what_is_not_led(text: str, kept: list[str]) -> None:
    """The user's own lines stay; a line for a name that is led is dropped, so that ours is the only one."""
    own = [] if " box" in text else ["127.0.0.1 box"]
    lines = hosts_text(text, {"api.kucoin.com": "127.0.0.1"}, "box").splitlines()
    assert lines == [*kept, *own, "127.0.0.1 api.kucoin.com"]


def _pem(subject: x509.Name) -> str:
    """A certificate of that subject."""
    key = ec.generate_private_key(ec.SECP256R1())
    start = datetime(2026, 1, 1, tzinfo=UTC)
    builder = x509.CertificateBuilder(subject, subject, key.public_key(), 7, start, start + timedelta(days=1))
    return builder.sign(key, SHA256()).public_bytes(Encoding.PEM).decode()


@pytest.mark.parametrize(
    "attributes",
    [
        [(NameOID.COMMON_NAME, "Simulator")],
        [(NameOID.COUNTRY_NAME, "SC"), (NameOID.ORGANIZATION_NAME, "  Several   SPACES "), (NameOID.COMMON_NAME, "x")],
        [(NameOID.COMMON_NAME, "x" * 64), (NameOID.ORGANIZATION_NAME, "y" * 64), (NameOID.TITLE, "z" * 64)],
        [],
    ],
    ids=["short", "spaces", "long", "ours"],
)
def test_the_hash_is_that_of_openssl(attributes: list[tuple[x509.ObjectIdentifier, str]], tmp_path: Path) -> None:
    """The hash of a subject is the one by which OpenSSL looks a certificate up, for our authority too."""
    names = [x509.NameAttribute(kind, value) for kind, value in attributes]
    file = tmp_path / "ca.pem"
    file.write_text(_pem(x509.Name(names)) if names else in_memory().pem)
    command = [tool("openssl"), "x509", "-noout", "-subject_hash", "-in", str(file)]
    expected = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    assert subject_hash(file.read_text()) == expected
