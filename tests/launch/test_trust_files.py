"""Where bundles of certificates are found in the environments of a command."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulator.launch.trust_files import bundles, folders


def place(root: Path, name: str) -> str:
    """A bundle at this path below a folder."""
    file = root / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("roots")
    return str(file)


@pytest.mark.parametrize(
    ("name", "variables"),
    [
        ("env/lib/python3.12/site-packages/certifi/cacert.pem", {"VIRTUAL_ENV": "env"}),
        ("env/lib/python3.12/site-packages/pip/_vendor/certifi/cacert.pem", {"VIRTUAL_ENV": "env"}),
        (".venv/lib/python3.13/site-packages/certifi/cacert.pem", {}),
        (".tox/py/lib/python3.13/site-packages/certifi/cacert.pem", {}),
        ("tools/lib/python3/dist-packages/certifi/cacert.pem", {"PATH": "tools/bin"}),
        ("pyenv/versions/3.12.1/lib/python3.12/site-packages/certifi/cacert.pem", {"PATH": "pyenv/shims"}),
        ("conda/ssl/cert.pem", {"CONDA_PREFIX": "conda"}),
        ("home/.local/lib/python3.11/site-packages/certifi/cacert.pem", {"HOME": "home"}),
        ("code/certifi/cacert.pem", {"PYTHONPATH": "code"}),
        ("own.pem", {"SSL_CERT_FILE": "own.pem"}),
    ],
)
def test_bundles_are_found(tmp_path: Path, name: str, variables: dict[str, str]) -> None:
    """The roots of each environment that variables or the folder lead to are found, without starting an interpreter."""
    file = place(tmp_path, name)
    environment = {variable: str(tmp_path / value) for variable, value in variables.items()}
    assert file in bundles({"PATH": "", **environment}, tmp_path)


def test_an_environment_leads_to_others(tmp_path: Path) -> None:
    """The base of a virtual environment and the folders that a `.pth` file adds are looked at too."""
    base = place(tmp_path, "base/lib/python3.11/site-packages/certifi/cacert.pem")
    added = place(tmp_path, "added/certifi/cacert.pem")
    site = tmp_path / "env/lib/python3.11/site-packages"
    site.mkdir(parents=True)
    (site / "more.pth").write_text(f"import os\n# a note\n{tmp_path / 'added'}\n{tmp_path / 'gone'}\n")
    (tmp_path / "env/pyvenv.cfg").write_text(f"home = {tmp_path / 'base/bin'}\nversion = 3.11\n")
    assert {base, added} <= set(bundles({"PATH": "", "VIRTUAL_ENV": str(tmp_path / "env")}, tmp_path))


def test_what_is_missing_is_left_out(tmp_path: Path) -> None:
    """Variables that lead nowhere, and broken settings, are no errors, and nothing that is not there is returned."""
    (tmp_path / "env").mkdir()
    (tmp_path / "env/pyvenv.cfg").write_bytes(b"\xff\xfe home")
    environment = {"PATH": "", "VIRTUAL_ENV": str(tmp_path / "env"), "SSL_CERT_FILE": "/none", "SSL_CERT_DIR": "/none"}
    paths = [*bundles(environment, tmp_path), *folders(environment)]
    assert all(Path(path).exists() for path in paths)
    assert len(paths) == len(set(paths))
