"""`--state-file`: a state in a file that is complete at each moment, and a damaged file that changes nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.desk import payment
from support.wire import Asgi, Broker

from simulator.state.encoding import exported
from simulator.state.files import StateFileError, check_writable, read_state, write_state

HOME = "default"
ORIGINS = ("http://127.0.0.1:1",)


@pytest.fixture
def file(tmp_path: Path, broker: Broker, send: Asgi) -> Path:
    """The state of a world in which something has happened."""
    broker.withdraw(broker.key("frank"), payment())
    write_state(send.app.desk.exchange.state(), tmp_path / "state.json")
    return tmp_path / "state.json"


def test_what_was_written_is_read(file: Path, send: Asgi) -> None:
    """The file holds the export of the control surface, for its owner alone, and gives an equal state."""
    assert file.read_bytes() == send("GET", "/_sim/v1/state").body
    assert file.stat().st_mode & 0o777 == 0o600
    state = read_state(file, send.app.desk.exchange.world.origins, HOME)
    assert state is not None
    assert b"".join(exported(state)) == file.read_bytes()
    assert [path.name for path in file.parent.iterdir()] == ["state.json"]


def test_no_file_is_no_state(tmp_path: Path) -> None:
    """The first start has no file yet, and begins with the scenario."""
    assert read_state(tmp_path / "none.json", ORIGINS, HOME) is None


def damaged(text: str) -> list[tuple[str, str]]:
    """Files that hold no state, and what the error says of each."""
    export = json.loads(text)
    unknown_user = json.loads(text)
    unknown_user["state"]["world"]["consents"][0]["user"] = "nobody"
    elsewhere = json.loads(text)
    elsewhere["state"]["world"]["workspace"] = "w1"
    return [
        ("", "not a JSON object"),
        (text[:-1], "not a JSON object"),
        (text[: len(text) // 2], "not a JSON object"),
        ("[]", "not a JSON object"),
        ("[" * 100_000, "not a JSON object"),
        ("\x00" * 100, "not a JSON object"),
        ("{}", "no version of the format, and only version 1"),
        (json.dumps({**export, "version": 2}), "version 2 of the format"),
        (json.dumps({**export, "version": True}), "version True of the format"),
        (json.dumps({**export, "more": 1}), "a member more"),
        (json.dumps({**export, "state": {}}), "state"),
        (json.dumps({"version": 1}), "state"),
        (json.dumps(unknown_user), "nobody is none of the users"),
        (json.dumps(elsewhere), "is w1, and its credentials lead there"),
    ]


def test_a_damaged_file_is_named(file: Path) -> None:
    """Whatever is wrong with the file, the error names the file, the reason and the way out, and the file stays."""
    for text, reason in damaged(file.read_text()):
        file.write_text(text)
        with pytest.raises(StateFileError) as refused:
            read_state(file, ORIGINS, HOME)
        assert str(refused.value).startswith(f"{file} holds no state that can be used: ")
        assert reason in str(refused.value)
        assert str(refused.value).isprintable()
        assert file.read_text() == text


def test_bytes_and_folders_are_no_state(tmp_path: Path) -> None:
    """Text that is no UTF-8 is damaged, and a folder is no file."""
    (tmp_path / "bytes").write_bytes(b'{"version": 1, "\xff": 2}')
    with pytest.raises(StateFileError, match="no state that can be used"):
        read_state(tmp_path / "bytes", ORIGINS, HOME)
    with pytest.raises(StateFileError, match="is not a file"):
        read_state(tmp_path, ORIGINS, HOME)


def test_writing_replaces_the_file_as_a_whole(file: Path, send: Asgi, monkeypatch: pytest.MonkeyPatch) -> None:
    """If writing ends halfway, the old content is still there and nothing else is; a link stays a link."""
    before, link = file.read_bytes(), file.with_name("link.json")
    link.symlink_to(file)
    send("POST", "/_sim/v1/reset")
    with monkeypatch.context() as patched:
        patched.setattr("simulator.state.files.exported", lambda state: iter([b"{", 1 / 0 and b""]))
        with pytest.raises(ZeroDivisionError):
            write_state(send.app.desk.exchange.state(), link)
    assert file.read_bytes() == before
    write_state(send.app.desk.exchange.state(), link)
    assert link.is_symlink()
    assert file.read_bytes() == send("GET", "/_sim/v1/state").body != before
    assert sorted(path.name for path in file.parent.iterdir()) == ["link.json", "state.json"]


def test_a_disk_that_is_full_is_an_error(file: Path, send: Asgi, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error of the system is said with its reason, and leaves the old file."""

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    before = file.read_bytes()
    monkeypatch.setattr("simulator.state.files.os.fsync", full)
    with pytest.raises(StateFileError, match=r"No space left on device; what was in the file before is still there"):
        write_state(send.app.desk.exchange.state(), file)
    assert file.read_bytes() == before
    assert len(list(file.parent.iterdir())) == 1


def test_a_folder_that_is_missing_is_found_at_the_start(tmp_path: Path) -> None:
    """Not only when the state is to be written."""
    check_writable(tmp_path / "state.json")
    with pytest.raises(StateFileError, match="there is no folder"):
        check_writable(tmp_path / "missing" / "state.json")
