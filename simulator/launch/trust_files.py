"""Where the certificates are that programs trust: of the platform, and of the Python environments of a command."""

from __future__ import annotations

import os
import re
import ssl
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

BUNDLES: Final = (
    "/etc/ssl/certs/ca-certificates.crt",  # Debian, Alpine, Arch
    "/etc/ssl/cert.pem",  # Alpine, and OpenSSL's own default
    "/etc/ssl/ca-bundle.pem",  # SUSE
    "/var/lib/ca-certificates/ca-bundle.pem",  # SUSE
    "/etc/pki/tls/certs/ca-bundle.crt",  # Fedora, RHEL
    "/etc/pki/tls/cert.pem",  # Fedora, RHEL
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",  # Fedora, RHEL
    "/usr/local/etc/ssl/cert.pem",  # OpenSSL built by hand
    "/usr/local/ssl/cert.pem",  # the same
    "/opt/conda/ssl/cert.pem",  # conda
)
"""Files with every certificate that the platform trusts."""
FOLDERS: Final = (
    "/etc/ssl/certs",
    "/etc/pki/tls/certs",
    "/etc/pki/ca-trust/extracted/pem/directory-hash",
    "/var/lib/ca-certificates/openssl",
    "/usr/local/ssl/certs",
)
"""Folders where OpenSSL looks a certificate up by the hash of its subject."""
_CERTIFI: Final = (
    "certifi/cacert.pem",
    "pip/_vendor/certifi/cacert.pem",
    "botocore/cacert.pem",
    "grpc/_cython/_credentials/roots.pem",
)
"""Bundles within a folder of Python packages."""
_LIBRARIES: Final = ("lib/python3*/site-packages", "lib/python3*/dist-packages", "lib/python3/dist-packages")
_INTERPRETER: Final = re.compile(r"python(3(\.\d+)?)?")
_VERSIONS: Final = "versions/*"
"""Where pyenv keeps the interpreters for which the programs in its `shims` stand."""


def bundles(environment: Mapping[str, str], cwd: Path) -> list[str]:
    """The bundles that are there: of the platform, and in each Python environment of a command.

    It only reads folders and starts no interpreter, so that it takes a few milliseconds.
    """
    paths = ssl.get_default_verify_paths()
    named = [environment.get(name, "") for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")]
    conda = environment.get("CONDA_PREFIX")
    files = [*BUNDLES, paths.openssl_cafile, *named, f"{conda}/ssl/cert.pem" if conda else ""]
    files += [str(path / name) for path in _package_folders(environment, cwd) for name in _CERTIFI]
    return _distinct(path for path in files if path and Path(path).is_file())


def folders(environment: Mapping[str, str]) -> list[str]:
    """The folders of OpenSSL's that are there."""
    named = environment.get("SSL_CERT_DIR", "").split(os.pathsep)
    candidates = (*FOLDERS, ssl.get_default_verify_paths().openssl_capath, *named)
    return _distinct(path for path in candidates if path and Path(path).is_dir())


def _distinct(paths: Iterable[str]) -> list[str]:
    """The files and folders that these paths lead to, each once."""
    return list(dict.fromkeys(os.path.realpath(path) for path in paths))


def _package_folders(environment: Mapping[str, str], cwd: Path) -> Iterator[Path]:
    """The folders of Python packages that the command's interpreters look in, some of them more than once."""
    seen: set[Path] = set()
    for prefix in _prefixes(environment, cwd):
        for pattern in _LIBRARIES:
            for folder in prefix.glob(pattern):
                if folder not in seen:
                    seen.add(folder)
                    yield folder
                    yield from _added(folder)
    for path in environment.get("PYTHONPATH", "").split(os.pathsep):
        if path:
            yield cwd / path


def _prefixes(environment: Mapping[str, str], cwd: Path) -> Iterator[Path]:
    """The folders where Python environments are installed."""
    prefixes = [Path(environment[name]) for name in ("VIRTUAL_ENV", "CONDA_PREFIX") if environment.get(name)]
    prefixes += [folder / ".venv" for folder in (cwd, *cwd.parents)]
    prefixes += [path for name in (".tox", ".nox") for path in cwd.glob(f"{name}/*")]
    for folder in environment.get("PATH", os.defpath).split(os.pathsep):
        directory = cwd / folder
        if directory.name == "shims":
            prefixes += directory.parent.glob(_VERSIONS)
        else:
            programs = [path for path in directory.glob("python*") if _INTERPRETER.fullmatch(path.name)]
            prefixes += [directory.parent, *(path.resolve().parent.parent for path in programs)]
    prefixes += [Path("/usr"), Path("/usr/local")]
    home = environment.get("HOME")
    if home:
        prefixes.append(Path(home, ".local"))
    for prefix in dict.fromkeys(prefixes):
        yield prefix
        base = _base(prefix)
        if base:
            yield base


def _base(prefix: Path) -> Path | None:
    """The installation that a virtual environment was made from."""
    try:
        lines = (prefix / "pyvenv.cfg").read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return None
    homes = [value.strip() for name, _, value in (line.partition("=") for line in lines) if name.strip() == "home"]
    return Path(homes[0]).parent if homes else None


def _added(folder: Path) -> Iterator[Path]:
    """The folders that the `.pth` files of a folder add to the path."""
    for file in folder.glob("*.pth"):
        try:
            lines = file.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError):
            continue
        for line in lines:
            path = folder / line.strip()
            if line.strip() and not line.startswith(("import ", "import\t", "#")) and path.is_dir():
                yield path
