"""The certificate authority of this installation: made at its first use, kept in the user's state folder.

A folder has `ca.pem`, which clients trust and everybody may read, and `private/authority.pem`, which has the key. The
certificate is read from the latter; the former is written again if it differs.
"""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Collection
from datetime import datetime
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Final

from simulator.certificates import issuing
from simulator.certificates.state_folder import (
    OTHERS,
    FolderError,
    clear,
    foreign,
    locked,
    make_private,
    state_folder,
    write,
)

if TYPE_CHECKING:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

LOG: Final = logging.getLogger(__name__)
PUBLIC, PRIVATE, SECRET = "ca.pem", "private", "authority.pem"
BUNDLE, TRUSTSTORE = "bundle.pem", "truststore.p12"
"""Files that are made of the authority when somebody asks for them."""
ENVIRONMENT: Final = "env"
"""The folder of files that the variables of `env` name."""
MEMORY: Final = (
    "The certificate authority is in memory and ends with this process, because {}. {} names another folder."
)
REPLACED: Final = (
    "The certificate authority in {} was replaced, because {}. Whoever trusts the old one refuses the new one: see"
    " `kucoin-simulator ca --help`."
)


class UnusableError(Exception):
    """A stored authority is missing or cannot be used; the message says why, "" = it is missing."""


class Authority:
    """What clients trust, and what signs certificates of servers for permitted names."""

    def __init__(
        self, issuer: issuing.Issuer, names: Collection[str], path: Path | None = None, note: str = ""
    ) -> None:
        self._issuer = issuer
        self.names = tuple(names)
        """The names that it is constrained to, with the names below them, besides loopback addresses."""
        self.path = path
        """The file with the certificate that clients trust; None = it is in memory only."""
        self.note = note
        """A sentence for the user about something unusual: it was replaced, or it is in memory. "" = all is well."""

    @cached_property
    def pem(self) -> str:
        """The certificate that clients trust, as PEM."""
        return _pem(self._issuer.root)

    @cached_property
    def fingerprint(self) -> str:
        """The SHA-256 of that certificate, as `AB:CD:...`."""
        from cryptography.hazmat.primitives.hashes import SHA256

        return self._issuer.root.fingerprint(SHA256()).hex(":").upper()

    @property
    def ends(self) -> datetime:
        """The last instant at which its certificates are valid."""
        return self._issuer.certificate.not_valid_after_utc

    def permits(self, name: str) -> bool:
        """True if it may sign a certificate for this name or address."""
        return issuing.permitted(name, self.names)

    def leaf(self, names: Collection[str]) -> tuple[str, str]:
        """A certificate for these names and addresses with its issuer's, and its key, as PEM.

        Raises `ValueError` for a name that is not permitted: clients would refuse the certificate.
        """
        if wrong := [name for name in names if not self.permits(name)]:
            allowed = ", ".join(self.names)
            raise ValueError(f"{', '.join(wrong)}: this authority signs for {allowed} and loopback addresses only")
        certificate = issuing.new_leaf(self._issuer, names, self._leaf_key.public_key())
        return _pem(certificate) + _pem(self._issuer.certificate), _key_pem(self._leaf_key)

    @cached_property
    def _leaf_key(self) -> EllipticCurvePrivateKey:
        """One key for all leaves of this process."""
        from cryptography.hazmat.primitives.asymmetric import ec

        return ec.generate_private_key(ec.SECP256R1())


def in_memory(names: Collection[str] = (), reason: str = "") -> Authority:
    """An authority that ends with this process. `names` are permitted besides KuCoin's and localhost."""
    from simulator.certificates.state_folder import VARIABLE
    from simulator.clock import wall_clock

    permitted = issuing.permitted_names(names)
    note = MEMORY.format(reason, VARIABLE) if reason else ""
    return Authority(issuing.new_issuer(permitted, issuing.instant(wall_clock())), permitted, note=note)


def folder_of(names: Collection[str] = (), folder: Path | None = None) -> Path:
    """The folder of the authority that permits these names, too. Raises `FolderError`.

    Each set of additional names has an authority of its own, so that no run can widen what others trust.
    """
    base = folder or state_folder()
    more = issuing.permitted_names(names)[2:]
    return base / f"names-{hashlib.sha256(' '.join(more).encode()).hexdigest()[:12]}" if more else base


def installed(folder: Path | None = None, names: Collection[str] = ()) -> Authority:
    """The authority of this installation, made now if there is none that can be used; in memory if it cannot be kept.

    `folder` is the state folder. `names` are permitted besides KuCoin's and localhost. Many processes may call this
    at once, and all get the same authority. Raises `ValueError` for a name that is none.
    """
    from simulator.clock import wall_clock

    permitted = issuing.permitted_names(names)
    try:
        home = folder_of(names, folder)
    except FolderError as error:
        return in_memory(names, str(error))
    try:
        return _stored(home, permitted, issuing.instant(wall_clock()))
    except (UnusableError, OSError):
        pass
    try:
        return _kept(home, permitted)
    except (FolderError, OSError) as error:
        reason = str(error) if isinstance(error, FolderError) else f"{home} cannot be used: {error.strerror or error}"
        try:
            issuer = _read(home)
        except (UnusableError, OSError):
            return in_memory(names, reason)
        if issuing.flaw(issuer, permitted, issuing.instant(wall_clock())):
            return in_memory(names, reason)
        return Authority(issuer, permitted, note=f"{PUBLIC} is not beside the certificate authority: {reason}.")


def serving(names: Collection[str] = ()) -> Authority:
    """The authority that the servers of this process use: at each call the same, also if it is in memory.

    What is unusual about it is logged as a warning. Raises `ValueError` for a name that is none.
    """
    with _SERVING:
        try:
            home = str(folder_of(names))
        except FolderError:
            home = ""
        key = (home, issuing.permitted_names(names))
        if key not in _served:
            _served[key] = installed(names=names)
            if _served[key].note:
                LOG.warning(_served[key].note)
        return _served[key]


_SERVING: Final = Lock()
_served: dict[tuple[str, tuple[str, ...]], Authority] = {}


def renew(folder: Path | None = None, names: Collection[str] = ()) -> Authority:
    """Replace the authority of this installation. Raises `FolderError` or `OSError` if it cannot be kept."""
    return _kept(folder_of(names, folder), issuing.permitted_names(names), anew=True)


def remove(folder: Path | None = None) -> list[Path]:
    """Delete all authorities of this installation, and what was made of them. The deleted files are returned.

    Raises `FolderError` or `OSError`.
    """
    base = folder or state_folder()
    removed = []
    for home in (base, *sorted(base.glob("names-*"))):
        if not (home / PRIVATE).is_dir():
            continue
        with locked(home / PRIVATE):
            clear(home / PRIVATE)
            for file in (home / PRIVATE / SECRET, *(home / name for name in (PUBLIC, BUNDLE, TRUSTSTORE))):
                if file.exists():
                    file.unlink()
                    removed.append(file)
    for file in sorted((base / ENVIRONMENT).glob("*")):
        file.unlink()
        removed.append(file)
    return removed


def _stored(home: Path, names: Collection[str], now: datetime) -> Authority:
    """The authority in a folder, if nothing has to be written. Raises `UnusableError` or `OSError`."""
    issuer = _read(home)
    if reason := _openness(home) or issuing.flaw(issuer, names, now):
        raise UnusableError(reason)
    authority = Authority(issuer, names, home / PUBLIC)
    if (home / PUBLIC).read_text("ascii", "replace") != authority.pem:
        raise UnusableError(f"{PUBLIC} is of another authority")
    return authority


def _kept(home: Path, names: Collection[str], *, anew: bool = False) -> Authority:
    """The authority in a folder, made now if necessary, or in any case. Raises `FolderError` or `OSError`."""
    make_private(home / PRIVATE)
    with locked(home / PRIVATE) as lock:
        clear(home / PRIVATE)
        os.utime(lock)
        now = issuing.instant(lock.stat().st_mtime_ns // 1_000_000)  # the machine's time: a test may have frozen ours
        secret = home / PRIVATE / SECRET
        reason = "it was asked for" if anew else ""
        try:
            issuer = _read(home)
            reason = reason or _was_open(secret) or issuing.flaw(issuer, names, now)
        except FileNotFoundError:
            issuer, reason = issuing.new_issuer(names, now), ""
            write(secret, _text(issuer).encode())
        except UnusableError as error:
            reason = str(error)
        if reason:
            issuer = issuing.new_issuer(names, now)
            write(secret, _text(issuer).encode())
        note = REPLACED.format(home, reason) if reason and not anew else ""
        authority = Authority(issuer, names, home / PUBLIC, note)
        write(home / PUBLIC, authority.pem.encode(), public=True)
        return authority


def _openness(home: Path) -> str:
    """Why others could know the key, or ""."""
    status = (home / PRIVATE / SECRET).stat()
    return "others can read its key" if os.name == "posix" and (status.st_mode & OTHERS or foreign(status)) else ""


def _was_open(secret: Path) -> str:
    """Why others could know the key, or "". On a file system without permissions, nothing can be done about it."""
    status = secret.stat()
    if os.name != "posix" or not (status.st_mode & OTHERS or foreign(status)):
        return ""
    secret.chmod(0o600)
    return "" if secret.stat().st_mode & OTHERS else "others could read its key"


def _read(home: Path) -> issuing.Issuer:
    """What a folder has. Raises `UnusableError`, or `OSError` if it cannot be read."""
    from cryptography import x509
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    data = (home / PRIVATE / SECRET).read_bytes()
    try:
        key = load_pem_private_key(data, None)
        root, certificate = x509.load_pem_x509_certificates(data)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise UnusableError("its file is damaged") from None
    if not isinstance(key, EllipticCurvePrivateKey):
        raise UnusableError("its key is of another kind")
    return issuing.Issuer(root, certificate, key)


def _text(issuer: issuing.Issuer) -> str:
    return _key_pem(issuer.key) + _pem(issuer.root) + _pem(issuer.certificate)


def _pem(certificate: x509.Certificate) -> str:
    from cryptography.hazmat.primitives.serialization import Encoding

    return certificate.public_bytes(Encoding.PEM).decode()


def _key_pem(key: EllipticCurvePrivateKey) -> str:
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
