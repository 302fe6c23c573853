"""Where an installation keeps its authority: what the platform says, and never a folder that must not be made."""

from __future__ import annotations

import os
import pwd
from pathlib import Path

import pytest

from simulator.certificates import state_folder as module
from simulator.certificates.state_folder import VARIABLE, FolderError, clear, make_private, state_folder, write


def test_the_variable_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder that is named by hand, also relative to here or, as no shell has read it, to `~`; "" is no name."""
    monkeypatch.chdir(tmp_path)
    assert state_folder({VARIABLE: "/a/b", "HOME": str(tmp_path)}) == Path("/a/b")
    assert state_folder({VARIABLE: "mine", "HOME": str(tmp_path)}) == tmp_path / "mine"
    assert state_folder({VARIABLE: "~/a", "HOME": str(tmp_path)}, "linux") == tmp_path / "a"
    assert state_folder({VARIABLE: "", "XDG_STATE_HOME": "/x"}) == Path("/x/kucoin-simulator")


@pytest.mark.parametrize(
    ("platform", "folder"),
    [
        ("linux", ".local/state/kucoin-simulator"),
        ("freebsd14", ".local/state/kucoin-simulator"),
        ("darwin", "Library/Application Support/kucoin-simulator"),
    ],
)
def test_each_platform_has_its_convention(tmp_path: Path, platform: str, folder: str) -> None:
    """Below the home, where the platform keeps such files; a relative XDG_STATE_HOME is ignored, as its rules say."""
    assert state_folder({"HOME": str(tmp_path), "XDG_STATE_HOME": "x"}, platform) == tmp_path / folder


def test_windows_has_its_own_variable() -> None:
    """LOCALAPPDATA, which is a full path in the platform's own spelling."""
    assert state_folder({"LOCALAPPDATA": "/profile/AppData/Local"}, "win32") == Path(
        "/profile/AppData/Local/kucoin-simulator"
    )


@pytest.mark.parametrize("environment", [{}, {"HOME": ""}])
def test_without_home_it_is_that_of_the_account(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, environment: dict[str, str]
) -> None:
    """HOME unset or empty: the account's home counts, never the root of the file system."""
    account = pwd.struct_passwd(("a", "x", 1, 1, "", str(tmp_path), "/bin/sh"))
    monkeypatch.setattr(pwd, "getpwuid", lambda _: account)
    assert state_folder(environment, "linux") == tmp_path / ".local/state/kucoin-simulator"


def test_a_user_without_account_has_no_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    """A user id that nobody has, as in a container that is run with --user, and no HOME."""

    def nobody(_: int) -> None:
        raise KeyError

    monkeypatch.setattr(pwd, "getpwuid", nobody)
    with pytest.raises(FolderError, match="no home folder"):
        state_folder({}, "linux")


@pytest.mark.parametrize(("home", "reason"), [("/nonexistent", "does not exist"), ("here", "no full path")])
def test_a_home_is_not_made(home: str, reason: str) -> None:
    """A system user's home that does not exist stays so, and a relative one means nothing."""
    with pytest.raises(FolderError, match=reason):
        state_folder({"HOME": home}, "linux")


def test_a_private_folder_is_made_private(tmp_path: Path) -> None:
    """An existing one is closed to others; the folder above it, which may be shared, stays as it is."""
    (tmp_path / "private").mkdir(mode=0o755)
    tmp_path.chmod(0o755)
    make_private(tmp_path / "private")
    assert (tmp_path / "private").stat().st_mode & 0o777 == 0o700
    assert tmp_path.stat().st_mode & 0o777 == 0o755


def test_the_superuser_may_use_anybodys_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A volume that belongs to another user works for root, who can read everything anyway, and for nobody else."""
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    make_private(tmp_path)
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    with pytest.raises(FolderError, match="another user"):
        make_private(tmp_path)


def test_a_file_is_written_as_a_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A write that fails leaves the old file; what a killed process left behind is cleared."""
    write(tmp_path / "file", b"old")
    assert (tmp_path / "file").stat().st_mode & 0o777 == 0o600
    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", lambda *_: (_ for _ in ()).throw(OSError(28, "full")))
        with pytest.raises(OSError, match="full"):
            write(tmp_path / "file", b"new")
    assert [(file.name, file.read_bytes()) for file in tmp_path.iterdir()] == [("file", b"old")]
    (tmp_path / f"file123{module.NEW}").write_text("half")
    clear(tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["file"]
