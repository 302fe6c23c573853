"""The certificates themselves. Whoever asks names the time: a certificate is made of its arguments and of chance.

An authority is two certificates. The *root* is what clients trust; its key is thrown away when it has signed the
*issuer*, whose key signs the leaves. Both are constrained to the permitted names (RFC 5280 s4.2.1.10). Most clients
obey the constraints of the root; some, such as Java, obey them only below the root, hence the issuer.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from simulator.hosts import DOMAIN

if TYPE_CHECKING:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey, EllipticCurvePublicKey

LOOPBACK: Final = ("127.0.0.0/8", "::1/128")
LOCALHOST: Final = "localhost"
USUAL: Final = (DOMAIN, LOCALHOST)
HOST: Final = re.compile(r"[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*")
"""A host name in lower case."""
LIFE: Final = timedelta(days=825)
"""How long certificates are valid. Apple's clients accept no leaf with a longer life."""
BACKDATED: Final = timedelta(days=365)
"""How long before they are made certificates become valid: the clock of a test may be behind."""
RENEWED: Final = timedelta(days=30)
"""An authority is replaced when it has less time left."""
USES: Final = (
    *("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement"),
    *("key_cert_sign", "crl_sign", "encipher_only", "decipher_only"),
)
"""What a key can be used for (RFC 5280 s4.2.1.3)."""
ORGANIZATION: Final = "kucoin-fast-api-simulator"


class Issuer(NamedTuple):
    """The certificates of an authority, and the key that signs leaves."""

    root: x509.Certificate
    certificate: x509.Certificate
    key: EllipticCurvePrivateKey


def permitted_names(names: Collection[str] = ()) -> tuple[str, ...]:
    """The names that an authority is constrained to: KuCoin's, localhost, and these. Raises `ValueError`.

    A name permits the names below it as well, so a single word is refused: `com` would permit half of the internet.
    """
    more = {name.lower() for name in names if not permitted(name, USUAL)}
    for name in more:
        if not HOST.fullmatch(name) or "." not in name or name.rpartition(".")[2].isdigit():
            raise ValueError(
                f"{name!r} is not a name with a dot, like kucoin.eu; all names below it are permitted, too"
            )
    return (*USUAL, *sorted(more))


def permitted(name: str, names: Collection[str]) -> bool:
    """True if a name or an address is within the constraints."""
    try:
        address = ip_address(name)
    except ValueError:
        text = name.lower()
        return any(text == parent or text.endswith(f".{parent}") for parent in names)
    return any(address in ip_network(network) for network in LOOPBACK)


def new_issuer(names: Collection[str], now: datetime) -> Issuer:
    """A new authority. The key of its root does not outlive this call."""
    from cryptography.hazmat.primitives.asymmetric import ec

    root_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    start = now.replace(microsecond=0) - BACKDATED
    root_name, name = _subject("root", root_key.public_key()), _subject("issuer", key.public_key())
    root = _signed(root_name, root_key.public_key(), start, root_name, root_key, _limits(root_key, root_key, 1, names))
    certificate = _signed(name, key.public_key(), start, root_name, root_key, _limits(key, root_key, 0, names))
    return Issuer(root, certificate, key)


def new_leaf(issuer: Issuer, names: Collection[str], public_key: EllipticCurvePublicKey) -> x509.Certificate:
    """A certificate for a server. It is valid as long as its issuer, so it needs no clock."""
    from cryptography import x509
    from cryptography.x509.oid import NameOID

    subject = x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, ORGANIZATION)])
    extensions = [
        (x509.SubjectAlternativeName([_general_name(name) for name in names]), False),
        (x509.BasicConstraints(ca=False, path_length=None), True),
        (_usage(digital_signature=True), True),
        *_purpose_and_keys(public_key, issuer.key.public_key()),
    ]
    start = issuer.certificate.not_valid_before_utc
    return _signed(subject, public_key, start, issuer.certificate.subject, issuer.key, extensions)


def flaw(issuer: Issuer, names: Collection[str], now: datetime) -> str:
    """Why an authority cannot be used, or ""."""
    from cryptography.exceptions import InvalidSignature

    root, certificate, key = issuer
    try:
        root.verify_directly_issued_by(root)
        certificate.verify_directly_issued_by(root)
    except (InvalidSignature, ValueError, TypeError):
        return "its certificates do not belong together"
    if certificate.public_key() != key.public_key():
        return "its key does not belong to its certificate"
    of_root = _limits(root, root, 1, names)
    if _extensions(root) != of_root or _extensions(certificate) != _limits(key, root, 0, names):
        return "it does not have the limits that this version sets"
    first, last = (
        max(root.not_valid_before_utc, certificate.not_valid_before_utc),
        min(root.not_valid_after_utc, certificate.not_valid_after_utc),
    )
    if now < first:
        return f"it is not valid before {first:%Y-%m-%d}"
    if now > last - RENEWED:
        return f"it is valid only until {last:%Y-%m-%d}"
    return ""


def instant(milliseconds: int) -> datetime:
    """Milliseconds since 1970 as an instant."""
    return datetime.fromtimestamp(milliseconds // 1000, UTC)


def _subject(role: str, key: EllipticCurvePublicKey) -> x509.Name:
    """A name of its own for each key, because clients find an issuer by its name."""
    from cryptography import x509
    from cryptography.x509.oid import NameOID

    digest = x509.SubjectKeyIdentifier.from_public_key(key).digest.hex()[:8]
    text = f"KuCoin simulator, {role} for tests {digest}"
    return x509.Name(
        [x509.NameAttribute(NameOID.ORGANIZATION_NAME, ORGANIZATION), x509.NameAttribute(NameOID.COMMON_NAME, text)]
    )


def _signed(
    subject: x509.Name,
    public_key: EllipticCurvePublicKey,
    start: datetime,
    issuer: x509.Name,
    issuer_key: EllipticCurvePrivateKey,
    extensions: list[tuple[Any, bool]],
) -> x509.Certificate:
    from cryptography import x509
    from cryptography.hazmat.primitives.hashes import SHA256

    builder = x509.CertificateBuilder(issuer, subject, public_key, x509.random_serial_number())
    builder = builder.not_valid_before(start).not_valid_after(start + LIFE)
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical)
    return builder.sign(issuer_key, SHA256())


def _limits(holder: Any, signer: Any, path_length: int, names: Collection[str]) -> list[tuple[Any, bool]]:
    """The extensions of a certificate that may sign others. `holder` and `signer` have a `public_key`."""
    from cryptography import x509

    subtrees: list[x509.GeneralName] = [x509.DNSName(name) for name in names]
    subtrees += [x509.IPAddress(ip_network(network)) for network in LOOPBACK]
    return [
        (x509.BasicConstraints(ca=True, path_length=path_length), True),
        (_usage(key_cert_sign=True, crl_sign=True), True),
        (x509.NameConstraints(permitted_subtrees=subtrees, excluded_subtrees=None), True),
        *_purpose_and_keys(holder.public_key(), signer.public_key()),
    ]


def _purpose_and_keys(public_key: EllipticCurvePublicKey, issuer_key: EllipticCurvePublicKey) -> list[tuple[Any, bool]]:
    """Extensions of every certificate: for servers only, and which key it is and is signed by."""
    from cryptography import x509
    from cryptography.x509.oid import ExtendedKeyUsageOID

    return [
        (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False),
        (x509.SubjectKeyIdentifier.from_public_key(public_key), False),
        (x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key), False),
    ]


def _usage(**uses: bool) -> x509.KeyUsage:
    from cryptography import x509

    return x509.KeyUsage(**(dict.fromkeys(USES, False) | uses))


def _general_name(name: str) -> x509.GeneralName:
    from cryptography import x509

    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _extensions(certificate: x509.Certificate) -> list[tuple[Any, bool]]:
    return [(extension.value, extension.critical) for extension in certificate.extensions]
