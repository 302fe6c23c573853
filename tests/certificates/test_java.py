"""The truststore for Java has the JDK's roots and ours, whatever format the JDK keeps them in."""

from __future__ import annotations

import os
import struct
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    pkcs12,
)

from simulator.certificates import issuing, java
from simulator.certificates.authority import Authority
from simulator.certificates.java import PASSWORD, truststore

ROOTS = [issuing.new_issuer(issuing.permitted_names(), issuing.instant(1_700_000_000_000)).root for _ in range(3)]


def of_java(roots: list[x509.Certificate], kind: int = 2) -> bytes:
    """A truststore in Java's own format."""
    entries = b""
    for place, root in enumerate(roots):
        alias, der = f"debian:root_{place}.pem".encode(), root.public_bytes(Encoding.DER)
        head = struct.pack(f">IH{len(alias)}sQH5sI", kind, len(alias), alias, 0, 5, b"X.509", len(der))
        entries += head + der
    return java.JKS + struct.pack(">I", len(roots)) + entries + bytes(20)


def of_pkcs12(roots: list[x509.Certificate], encryption: KeySerializationEncryption) -> bytes:
    return pkcs12.serialize_java_truststore([pkcs12.PKCS12Certificate(root, None) for root in roots], encryption)


def roots_of(file: Path) -> dict[str, x509.Certificate]:
    """Alias -> certificate."""
    store = pkcs12.load_pkcs12(file.read_bytes(), PASSWORD.encode())
    return {(entry.friendly_name or b"").decode(): entry.certificate for entry in store.additional_certs}


def jdk(folder: Path, place: str, data: bytes) -> Path:
    (folder / place).parent.mkdir(parents=True, exist_ok=True)
    (folder / place).write_bytes(data)
    return folder


@pytest.mark.parametrize("place", java.PLACES)
@pytest.mark.parametrize(
    "data",
    [of_java(ROOTS), of_pkcs12(ROOTS, BestAvailableEncryption(PASSWORD.encode())), of_pkcs12(ROOTS, NoEncryption())],
    ids=["jks", "pkcs12", "without password"],
)
def test_the_roots_of_the_jdk_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, authority_in_memory: Authority, place: str, data: bytes
) -> None:
    """JKS, PKCS12, and PKCS12 without a password are read, in every place of a JDK; ours is added."""
    monkeypatch.setenv("JAVA_HOME", str(jdk(tmp_path / "jdk", place, data)))
    found = roots_of(truststore(authority_in_memory, tmp_path / "made"))
    assert list(found.values())[:-1] == ROOTS
    assert java.ALIAS in found
    assert found[java.ALIAS] == x509.load_pem_x509_certificate(authority_in_memory.pem.encode())


def test_the_jdk_is_found_by_its_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without JAVA_HOME it is the JDK that `java` leads to, also by links."""
    home = jdk(tmp_path / "jdk", java.PLACES[1], of_java(ROOTS))
    (home / "bin").mkdir()
    (home / "bin" / "java").write_text("#!/bin/sh\n")
    (home / "bin" / "java").chmod(0o755)
    (tmp_path / "path").mkdir()
    (tmp_path / "path" / "java").symlink_to(home / "bin" / "java")
    monkeypatch.setenv("PATH", str(tmp_path / "path"))
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "nothing"))
    assert java.jdk_roots() == ROOTS


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"something else",
        java.JKS,
        of_java(ROOTS)[:300],
        of_java(ROOTS, kind=1),
        java.JKS + b"\xff" * 40,
        of_pkcs12(ROOTS, BestAvailableEncryption(b"another password")),
    ],
    ids=["empty", "other", "head", "cut", "keys", "lengths", "password"],
)
def test_without_readable_roots_it_has_the_platforms(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, authority_in_memory: Authority, data: bytes
) -> None:
    """A JDK whose file cannot be read, and no JDK at all, leave the roots of the platform, and ours."""
    pem = ROOTS[0].public_bytes(Encoding.PEM).decode()
    monkeypatch.setattr(java, "platform_roots", lambda: [pem, "not a certificate"])
    monkeypatch.setenv("PATH", os.devnull)
    monkeypatch.setenv("JAVA_HOME", str(jdk(tmp_path, java.PLACES[1], data)))
    first = roots_of(truststore(authority_in_memory, tmp_path))
    monkeypatch.delenv("JAVA_HOME")
    second = roots_of(truststore(authority_in_memory, tmp_path))
    assert list(first.values()) == list(second.values())
    assert list(first) == ["root-0", java.ALIAS]
