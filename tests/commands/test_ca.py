"""`kucoin-simulator ca`: paths that a shell can use, and messages that a person can act on."""

from __future__ import annotations

import json
import ssl
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from simulator.certificates.authority import PRIVATE, SECRET, installed
from simulator.certificates.state_folder import VARIABLE
from simulator.cli import NAME, main


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty state folder."""
    monkeypatch.setenv(VARIABLE, str(tmp_path / "state"))
    return tmp_path / "state"


def invoke(*arguments: str, **environment: str) -> Result:
    return CliRunner().invoke(main, ["ca", *arguments], prog_name=NAME, env=environment)


def data(*arguments: str) -> Any:
    return json.loads(invoke(*arguments, "--json").stdout)


def test_paths_are_printed(folder: Path) -> None:
    """Each command prints one path on standard output, and nothing else; the files are what they say."""
    printed = {command: invoke(command).output for command in ("path", "bundle", "java")}
    assert printed == {
        "path": f"{folder / 'ca.pem'}\n",
        "bundle": f"{folder / 'bundle.pem'}\n",
        "java": f"{folder / 'truststore.p12'}\n",
    }
    ours = installed(folder).pem
    assert (folder / "ca.pem").read_text() == ours
    assert (folder / "bundle.pem").read_text().endswith(ours)
    ssl.create_default_context(cafile=folder / "bundle.pem")
    assert (folder / "truststore.p12").stat().st_size > (folder / "bundle.pem").stat().st_size // 2


def test_json_has_everything(folder: Path) -> None:
    """`--json`: the path, the fingerprint, the end, the names and a note; for Java also the options."""
    authority = installed(folder)
    said = data("java")
    assert said.pop("options")[0] == f"-Djavax.net.ssl.trustStore={folder / 'truststore.p12'}"
    assert said == {
        "path": str(folder / "truststore.p12"),
        "fingerprint": authority.fingerprint,
        "valid_until": authority.ends.isoformat(),
        "names": ["kucoin.com", "localhost"],
        "note": "",
        "password": "changeit",
    }
    for command in ("path", "bundle", "new"):
        assert {"path", "fingerprint", "valid_until", "names", "note"} == set(data(command))


def test_a_new_one_and_none(folder: Path) -> None:
    """`new` replaces the authority, `remove` deletes every file of every authority, and says what it deleted."""
    first = data("path")["fingerprint"]
    second = data("new")
    assert second["fingerprint"] != first
    assert second["fingerprint"] == data("path")["fingerprint"]
    invoke("bundle", "--kucoin-host", "kucoin.eu")
    invoke("java")
    removed = data("remove")["removed"]
    assert {Path(file).name for file in removed} == {"ca.pem", "authority.pem", "bundle.pem", "truststore.p12"}
    assert [file.name for file in folder.rglob("*") if file.is_file() and file.name != "lock"] == []
    assert invoke("remove").output == "there is nothing to remove\n"
    invoke("path")
    assert f"removed {folder / 'ca.pem'}\n" in invoke("remove").output


def test_more_names(folder: Path) -> None:
    """Names come by the flag or by the server's own variable, and have an authority of their own."""
    by_flag = invoke("path", "--kucoin-host", "kucoin.eu", "--kucoin-host", "kucoin.th").stdout
    assert invoke("path", KUCOIN_SIMULATOR_KUCOIN_HOST="kucoin.th kucoin.eu").stdout == by_flag
    assert by_flag != invoke("path").stdout
    assert data("path", "--kucoin-host", "kucoin.eu")["names"] == ["kucoin.com", "localhost", "kucoin.eu"]


@pytest.mark.parametrize(
    "name", ["com", "10.0.0.1", "::2", "*.kucoin.eu", "a b.eu", "kucoin.eu:443", "", ".eu", "a..eu"]
)
def test_a_name_that_is_none_is_refused(folder: Path, name: str) -> None:
    """No authority is made for half of the internet, for an address, or for what is no name: exit status 2."""
    ended = invoke("path", "--kucoin-host", name)
    assert (ended.exit_code, ended.stdout) == (2, "")
    assert "kucoin.eu" in ended.stderr
    assert not folder.exists()


def test_a_replaced_authority_is_told(folder: Path) -> None:
    """A damaged one is replaced: the reason is on standard error, or in the note, and standard output stays a path."""
    for command, text in ((["path"], "stderr"), (["path", "--json"], "stdout")):
        invoke("path")
        (folder / PRIVATE / SECRET).write_text("")
        ended = invoke(*command)
        assert "its file is damaged" in getattr(ended, text)
        assert ended.exit_code == 0


@pytest.mark.parametrize("command", ["path", "bundle", "java", "new"])
def test_without_a_folder_there_is_no_path(tmp_path: Path, command: str) -> None:
    """A folder that cannot be used is an error with its reason and the variable that names another one."""
    (tmp_path / "file").write_text("")
    ended = invoke(command, KUCOIN_SIMULATOR_STATE_DIR=str(tmp_path / "file"))
    assert (ended.exit_code, ended.stdout) == (1, "")
    assert "Not a directory" in ended.stderr
    assert VARIABLE in ended.stderr


def test_removing_without_a_home_is_an_error(tmp_path: Path) -> None:
    """Nobody is told that a key is gone if we do not know where it is."""
    ended = invoke("remove", HOME=str(tmp_path / "gone"), KUCOIN_SIMULATOR_STATE_DIR="", XDG_STATE_HOME="")
    assert ended.exit_code == 1
    assert "does not exist" in ended.stderr
