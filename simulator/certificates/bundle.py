"""The roots that this machine trusts, and ours: for clients whose setting replaces all that they trusted."""

from __future__ import annotations

import ssl
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Final

from simulator.certificates.authority import Authority

BEGIN, END = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"
FILES: Final = (
    "/etc/ssl/certs/ca-certificates.crt",  # Debian, Ubuntu, Arch, Alpine
    "/etc/pki/tls/certs/ca-bundle.crt",  # Fedora, Red Hat
    "/etc/ssl/ca-bundle.pem",  # openSUSE
    "/etc/ssl/cert.pem",  # macOS, BSD, Alpine
)
"""Where systems keep their roots. A Python that was built elsewhere does not know it."""


def bundle(authority: Authority, more: Collection[Path] = ()) -> str:
    """PEM of the platform's roots, or certifi's if there are none, then of `more` files, then of the authority.

    `more` are files that the user's own settings name, such as $REQUESTS_CA_BUNDLE; one that cannot be read is left
    out, as a client would fail to read it. $SSL_CERT_FILE counts as the platform's. Each certificate is there once.
    """
    roots = [*platform_roots(), *(pem for file in more for pem in _read(file)), *certificates(authority.pem)]
    return "".join(dict.fromkeys(roots))


def platform_roots() -> list[str]:
    """The certificates that this platform trusts, as PEM."""
    paths = ssl.get_default_verify_paths()
    for file in (paths.cafile, *FILES):
        if file and (roots := _read(Path(file))):
            return roots
    if paths.capath and (roots := [pem for file in sorted(Path(paths.capath).glob("*")) for pem in _read(file)]):
        return roots
    return _windows_roots() or _certifi_roots()


def certificates(text: str) -> list[str]:
    """The certificates in a text, each as PEM. What stands between them, be it a key, is left out."""
    parts = (part.partition(END) for part in text.split(BEGIN)[1:])
    return [f"{BEGIN}\n{chr(10).join(body.split())}\n{END}\n" for body, end, _ in parts if end and body.isascii()]


def _read(file: Path) -> list[str]:
    try:
        return certificates(file.read_text("utf-8", "replace"))
    except OSError:
        return []


def _windows_roots() -> list[str]:
    """The roots of Windows, which keeps them in no file."""
    return [ssl.DER_cert_to_PEM_cert(data) for data in _windows_store()]


def _windows_store() -> Iterator[bytes]:
    if hasattr(ssl, "enum_certificates"):
        for data, encoding, purposes in ssl.enum_certificates("ROOT"):
            if encoding == "x509_asn" and (purposes is True or ssl.Purpose.SERVER_AUTH.oid in purposes):
                yield data


def _certifi_roots() -> list[str]:
    try:
        import certifi
    except ImportError:
        return []
    return _read(Path(certifi.where()))
