"""A truststore for Java: the roots of the JDK and ours. Java's setting replaces all that it trusted."""

from __future__ import annotations

import os
import shutil
import struct
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from simulator.certificates.authority import TRUSTSTORE, Authority
from simulator.certificates.bundle import platform_roots
from simulator.certificates.state_folder import write

if TYPE_CHECKING:
    from cryptography import x509

PASSWORD: Final = "changeit"  # noqa: S105 - Java's usual password; a truststore holds no secret
ALIAS: Final = "kucoin-simulator"
PLACES: Final = (
    "lib/security/jssecacerts",
    "lib/security/cacerts",
    "jre/lib/security/jssecacerts",
    "jre/lib/security/cacerts",
)
"""Where a JDK keeps its roots, in the order in which it looks; `jre` is Java 8's."""
JKS: Final = b"\xfe\xed\xfe\xed\0\0\0\2"
"""The first bytes of a truststore in Java's own format."""
TRUSTED: Final = 2
"""The kind of an entry there that is a trusted certificate."""


def truststore(authority: Authority, folder: Path) -> Path:
    """Write a truststore (PKCS12, with `PASSWORD`) into a folder, and return its path. Raises `OSError`.

    It has the roots of the JDK that this environment runs; without one, or if its file is of an unknown format, the
    roots of the platform.
    """
    from cryptography import x509
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.serialization import PrivateFormat, pkcs12

    roots = jdk_roots() or [
        root for pem in platform_roots() for root in _loaded(x509.load_pem_x509_certificate, pem.encode())
    ]
    ours = x509.load_pem_x509_certificate(authority.pem.encode())
    unique = [root for root in dict.fromkeys(roots) if root != ours]
    entries = [pkcs12.PKCS12Certificate(root, f"root-{place}".encode()) for place, root in enumerate(unique)]
    entries.append(pkcs12.PKCS12Certificate(ours, ALIAS.encode()))
    encryption = (
        PrivateFormat.PKCS12.encryption_builder()
        .key_cert_algorithm(pkcs12.PBES.PBESv2SHA256AndAES256CBC)
        .hmac_hash(SHA256())
        .build(PASSWORD.encode())
    )
    file = folder / TRUSTSTORE
    folder.mkdir(parents=True, exist_ok=True)
    write(file, pkcs12.serialize_java_truststore(entries, encryption), public=True)
    return file


def options(file: Path) -> list[str]:
    """The options of Java that make it trust a truststore, for a command line or for $JAVA_TOOL_OPTIONS."""
    return [
        f"-Djavax.net.ssl.trustStore={file}",
        f"-Djavax.net.ssl.trustStorePassword={PASSWORD}",
        "-Djavax.net.ssl.trustStoreType=PKCS12",
    ]


def jdk_roots() -> list[x509.Certificate]:
    """The roots of the JDK that $JAVA_HOME names, or that `java` belongs to; none if there is no JDK."""
    java = shutil.which("java")
    homes = [os.environ.get("JAVA_HOME", ""), str(Path(java).resolve().parents[1]) if java else ""]
    for home in filter(None, homes):
        for place in PLACES:
            try:
                data = Path(home, place).read_bytes()
            except OSError:
                continue
            if roots := _roots(data):
                return roots
    return []


def _roots(data: bytes) -> list[x509.Certificate]:
    """The certificates of a truststore in either of Java's formats; none if it cannot be read."""
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import pkcs12

    try:
        if data.startswith(JKS):
            return [root for der in _entries(data) for root in _loaded(x509.load_der_x509_certificate, der)]
    except (struct.error, ValueError):
        return []
    for password in (PASSWORD.encode(), None):
        try:
            with warnings.catch_warnings(action="ignore"):
                store = pkcs12.load_pkcs12(data, password)
        except ValueError:
            continue
        return [entry.certificate for entry in store.additional_certs]
    return []


def _loaded(load: Callable[[bytes], x509.Certificate], data: bytes) -> list[x509.Certificate]:
    """The certificate, or none: some old roots break rules of today, such as that of a positive serial number."""
    try:
        with warnings.catch_warnings(action="ignore"):
            return [load(data)]
    except ValueError:
        return []


def _entries(data: bytes) -> Iterator[bytes]:
    """The trusted certificates of a truststore in Java's own format: JKS, version 2.

    An entry is its kind, its alias, a time, and the certificate with the name of its type. Raises `struct.error` or
    `ValueError`.
    """
    (count,) = struct.unpack_from(">I", data, len(JKS))
    place = len(JKS) + 4
    for _ in range(count):
        kind, length = struct.unpack_from(">IH", data, place)
        if kind != TRUSTED:
            raise ValueError("an entry is no trusted certificate")
        place += 4 + 2 + length + 8
        (length,) = struct.unpack_from(">H", data, place)
        place += 2 + length
        (length,) = struct.unpack_from(">I", data, place)
        place += 4
        yield data[place : place + length]
        place += length
