"""The bundle for clients whose setting replaces what they trusted: nothing is lost, and ours is there."""

from __future__ import annotations

import ssl
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from simulator.certificates import bundle, issuing
from simulator.certificates.authority import Authority

ROOTS = [issuing.new_issuer(issuing.permitted_names(), issuing.instant(1_700_000_000_000)).root for _ in range(3)]


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without any file of roots."""
    paths = SimpleNamespace(cafile=None, capath=None)
    monkeypatch.setattr(ssl, "get_default_verify_paths", lambda: paths)
    monkeypatch.setattr(bundle, "FILES", ())


def test_the_bundle_has_each_root_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, authority_in_memory: Authority
) -> None:
    """The platform's roots, the user's own files and ours, each once, in this order, and no key that stood between."""
    pems = [root.public_bytes(Encoding.PEM).decode() for root in ROOTS]
    platform, own = tmp_path / "platform.pem", tmp_path / "own.pem"
    platform.write_bytes(b"# caf\xe9\n" + "".join(pems[:2]).replace("\n", "\r\n").encode())
    own.write_text(f"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n{pems[1]}{pems[2]}{pems[2][:90]}")
    monkeypatch.setenv("SSL_CERT_FILE", str(platform))
    assert bundle.bundle(authority_in_memory) == "".join(pems[:2]) + authority_in_memory.pem
    more = [own, tmp_path / "gone", tmp_path]
    assert bundle.bundle(authority_in_memory, more) == "".join(pems) + authority_in_memory.pem
    platform.write_text(bundle.bundle(authority_in_memory))
    assert bundle.bundle(authority_in_memory) == "".join(pems[:2]) + authority_in_memory.pem


@pytest.mark.usefixtures("bare")
def test_a_folder_of_roots_will_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a file, the roots are read from the folder that OpenSSL knows; other files there are no matter."""
    pem = ROOTS[0].public_bytes(Encoding.PEM).decode()
    (tmp_path / "a.0").write_text(pem)
    (tmp_path / "README").write_bytes(b"\xff")
    (tmp_path / "folder").mkdir()
    paths = SimpleNamespace(cafile=None, capath=str(tmp_path))
    monkeypatch.setattr(ssl, "get_default_verify_paths", lambda: paths)
    assert bundle.platform_roots() == [pem]


@pytest.mark.usefixtures("bare")
def test_windows_keeps_its_roots_in_no_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """Roots for servers come from the system's store; those for other purposes or in other encodings do not."""
    der = [root.public_bytes(Encoding.DER) for root in ROOTS]
    stored = [
        (der[0], "x509_asn", True),
        (der[1], "x509_asn", {"1.3.6.1.5.5.7.3.1"}),
        (der[2], "x509_asn", {"1.3.6.1.5.5.7.3.4"}),
        (b"", "pkcs_7_asn", True),
    ]
    monkeypatch.setattr(ssl, "enum_certificates", lambda _: stored, raising=False)
    assert bundle.platform_roots() == [root.public_bytes(Encoding.PEM).decode() for root in ROOTS[:2]]


@pytest.mark.usefixtures("bare")
def test_certifi_comes_last(monkeypatch: pytest.MonkeyPatch, authority_in_memory: Authority) -> None:
    """A machine without roots has those of certifi; without certifi there is ours alone."""
    assert len(bundle.platform_roots()) > 50
    monkeypatch.setitem(sys.modules, "certifi", None)
    assert bundle.bundle(authority_in_memory) == authority_in_memory.pem
