"""The files of certificates that variables name, made as cheaply as a start allows."""

from __future__ import annotations

import shutil
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from simulator.launch.variables import TRUST_BEFORE, Setting

if TYPE_CHECKING:
    from simulator.certificates.authority import Authority

FRESH_DAYS: Final = 180
"""Days after which a stored authority is not taken without a look at its certificates."""
DAY: Final = 86_400_000


class Stored(NamedTuple):
    """The authority's certificate as a file that was there already; enough to write a bundle."""

    pem: str
    path: Path


def stored(hosts: Collection[str]) -> Stored | None:
    """The authority if it is there and young, without the import of `cryptography`, which takes 150 ms."""
    from simulator.certificates.authority import PRIVATE, PUBLIC, SECRET, folder_of
    from simulator.certificates.state_folder import FolderError
    from simulator.clock import wall_clock

    try:
        home = folder_of(hosts)
        public, secret = home / PUBLIC, home / PRIVATE / SECRET
        age = wall_clock() - secret.stat().st_mtime_ns // 1_000_000
        if secret.stat().st_mode & 0o077 or not 0 <= age < FRESH_DAYS * DAY:
            return None
        pem = public.read_text("ascii")
        if pem not in secret.read_text("ascii"):
            return None
    except (FolderError, OSError, ValueError):
        return None
    return Stored(pem, public)


def lasting_folder() -> Path:
    """A folder for files that outlive this process: in the state folder, or in a temporary one if there is none."""
    from simulator.certificates.authority import ENVIRONMENT
    from simulator.certificates.state_folder import FolderError, state_folder

    try:
        folder = state_folder() / ENVIRONMENT
        folder.mkdir(parents=True, exist_ok=True)
    except (FolderError, OSError):
        import tempfile

        folder = Path(tempfile.mkdtemp(prefix="kucoin-simulator-env-"))
    return folder


def write_files(
    address: str, folder: Path, hosts: tuple[str, ...], environment: Mapping[str, str], report: str = ""
) -> Setting:
    """Write what is missing into a folder. `environment` is the user's own, and its certificates go on in ours."""
    authority: Authority | Stored | None = stored(hosts)
    if authority is None:
        from simulator.certificates.authority import serving

        authority = serving(hosts)
    path = authority.path
    if path is None:
        path = folder / "ca.pem"
        _write(path, authority.pem)
    bundle = folder / "bundle.pem"
    _write(bundle, _bundle(authority, environment))
    additional = ""
    before = environment.get("NODE_EXTRA_CA_CERTS") or environment.get("DENO_CERT")
    if before and before != str(path):
        file = folder / "additional.pem"
        _write(file, _text(Path(before)) + authority.pem)
        additional = str(file)
    store, password = _truststore(authority, path, folder, hosts, environment)
    wgetrc = folder / "wgetrc"
    own = Path(environment.get("WGETRC") or Path(environment.get("HOME", "."), ".wgetrc"))
    _write(wgetrc, f"{_text(own)}ca_certificate = {bundle}\n")
    return Setting(address, str(path), str(bundle), additional, store, password, str(wgetrc), report, hosts)


def _write(file: Path, text: str) -> None:
    """Write a file that another process may read at this moment."""
    from simulator.certificates.state_folder import write

    write(file, text.encode("utf-8", "replace"), public=True)


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8", "replace") + "\n"
    except OSError:
        return ""


def _bundle(authority: Authority | Stored, environment: Mapping[str, str]) -> str:
    from simulator.certificates.bundle import bundle

    more = [Path(environment[name]) for name in TRUST_BEFORE if environment.get(name)]
    return bundle(authority, more)  # type: ignore[arg-type]  # its certificate is all that is needed


def _truststore(
    authority: Authority | Stored, path: Path, folder: Path, hosts: tuple[str, ...], environment: Mapping[str, str]
) -> tuple[str, str]:
    """Java's truststore and its password; ("", "") if there is no Java."""
    java = shutil.which("java", path=environment.get("PATH"))
    home = Path(environment["JAVA_HOME"]) if environment.get("JAVA_HOME") else java and Path(java).resolve().parents[1]
    if not home:
        return "", ""
    from simulator.certificates import java as stores
    from simulator.certificates.authority import TRUSTSTORE

    kept = authority.path is not None
    place = path.parent if kept else folder
    file = place / TRUSTSTORE
    try:
        made = file.stat().st_mtime_ns
        sources = [path, *(Path(home, name) for name in stores.PLACES)]
        if kept and all(source.stat().st_mtime_ns < made for source in sources if source.exists()):
            return str(file), stores.PASSWORD
    except OSError:
        pass
    from simulator.certificates.authority import serving

    whole = serving(hosts) if isinstance(authority, Stored) else authority
    try:
        return str(stores.truststore(whole, place)), stores.PASSWORD
    except OSError:
        return str(stores.truststore(whole, folder)), stores.PASSWORD
