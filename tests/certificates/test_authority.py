"""The authority of an installation: made once, kept as a secret, replaced when it is no longer good, and it says so."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from freezegun import freeze_time
from support.processes import environment

from simulator.certificates import authority, issuing
from simulator.certificates.authority import Authority, installed, remove, renew
from simulator.certificates.state_folder import VARIABLE, FolderError

PROCESSES = 20
NOW = datetime.now(UTC)
NAMES = issuing.permitted_names()
SECRET = Path(authority.PRIVATE, authority.SECRET)


def stored(folder: Path, issuer: issuing.Issuer) -> None:
    """Put an authority into a folder as an earlier run would."""
    (folder / SECRET).write_text(authority._text(issuer))
    (folder / authority.PUBLIC).write_text(authority._pem(issuer.root))


def test_it_is_made_once(tmp_path: Path) -> None:
    """The second use finds what the first made: the same certificate, and nothing to tell."""
    first, second = installed(tmp_path / "state"), installed(tmp_path / "state")
    assert first.pem == second.pem
    assert first.path == second.path == tmp_path / "state" / "ca.pem"
    assert first.path.read_text() == first.pem
    assert first.note == second.note == ""
    certificate = x509.load_pem_x509_certificate(first.pem.encode())
    assert first.fingerprint.replace(":", "").lower() == certificate.fingerprint(SHA256()).hex()


def test_only_its_owner_can_read_the_key(tmp_path: Path) -> None:
    """The key's file is 0600 in a folder 0700, under any umask, and what clients trust has no key in it."""
    before = os.umask(0)
    try:
        made = installed(tmp_path)
    finally:
        os.umask(before)
    assert (tmp_path / SECRET).stat().st_mode & 0o777 == 0o600
    assert (tmp_path / SECRET).parent.stat().st_mode & 0o777 == 0o700
    assert "PRIVATE" in (tmp_path / SECRET).read_text()
    assert "PRIVATE" not in made.pem


def test_many_processes_get_the_same_one(tmp_path: Path) -> None:
    """Twenty processes that use an empty folder at the same moment agree on one authority."""
    command = """
import os, sys
from pathlib import Path
from simulator.certificates.authority import installed
children = []
for _ in range(int(sys.argv[2])):
    reader, writer = os.pipe()
    if not os.fork():
        made = installed(Path(sys.argv[1]))
        os.write(writer, f"{made.fingerprint} {made.path} {made.note}".encode())
        os._exit(0)
    os.close(writer)
    children.append(reader)
print("\\n".join({os.read(reader, 4096).decode() for reader in children}))
"""
    done = subprocess.run(
        [sys.executable, "-c", command, str(tmp_path), str(PROCESSES)],
        capture_output=True,
        text=True,
        check=True,
        env=environment(),
    )
    assert done.stdout.split() == [installed(tmp_path).fingerprint, str(tmp_path / "ca.pem")]


def of_another_time(day: datetime) -> Callable[[Path], None]:
    return lambda folder: stored(folder, issuing.new_issuer(NAMES, day))


def with_a_foreign_key(folder: Path) -> None:
    issuer = issuing.new_issuer(NAMES, NOW)
    stored(folder, issuer._replace(key=issuing.new_issuer(NAMES, NOW).key))


def with_a_foreign_root(folder: Path) -> None:
    stored(folder, issuing.new_issuer(NAMES, NOW)._replace(root=issuing.new_issuer(NAMES, NOW).root))


def with_a_key_of_another_kind(folder: Path) -> None:
    key = rsa.generate_private_key(65537, 2048).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    text = (folder / SECRET).read_text()
    (folder / SECRET).write_text(key.decode() + text[text.index("-----BEGIN CERT") :])


def cut_off(folder: Path) -> None:
    text = (folder / SECRET).read_text()
    (folder / SECRET).write_text(text[: len(text) // 2])


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (cut_off, "its file is damaged"),
        (lambda folder: (folder / SECRET).write_bytes(b""), "its file is damaged"),
        (lambda folder: (folder / SECRET).write_bytes(b"\xff\0"), "its file is damaged"),
        (with_a_foreign_key, "its key does not belong"),
        (with_a_foreign_root, "do not belong together"),
        (with_a_key_of_another_kind, "another kind"),
        (of_another_time(NOW - timedelta(days=2000)), "valid only until 202"),
        (of_another_time(NOW - issuing.LIFE + issuing.BACKDATED + timedelta(days=29)), "valid only until"),
        (of_another_time(NOW + timedelta(days=366)), "not valid before"),
        (lambda folder: stored(folder, issuing.new_issuer((*NAMES, "com"), NOW)), "limits"),
        (lambda folder: (folder / SECRET).chmod(0o644), "others could read its key"),
    ],
)
def test_what_is_not_good_is_replaced(tmp_path: Path, spoil: Callable[[Path], object], reason: str) -> None:
    """An authority that is damaged, ends soon, permits more or was readable is replaced, and the note says why."""
    first = installed(tmp_path)
    spoil(tmp_path)
    second = installed(tmp_path)
    assert reason in second.note
    assert str(tmp_path) in second.note
    assert second.pem != first.pem
    assert issuing.flaw(second._issuer, NAMES, NOW) == ""
    third = installed(tmp_path)
    assert (third.pem, third.note) == (second.pem, "")
    assert (tmp_path / "ca.pem").read_text() == second.pem
    assert (tmp_path / SECRET).stat().st_mode & 0o777 == 0o600


def test_a_month_before_its_end_it_is_still_good(tmp_path: Path) -> None:
    """With a month and a day left, an authority stays."""
    installed(tmp_path)
    of_another_time(NOW - issuing.LIFE + issuing.BACKDATED + timedelta(days=31))(tmp_path)
    assert installed(tmp_path).note == ""


@pytest.mark.parametrize("text", [None, "", "another certificate"])
def test_the_public_file_follows(tmp_path: Path, text: str | None) -> None:
    """A lost or changed ca.pem is written again; the authority stays the same."""
    first = installed(tmp_path)
    (tmp_path / "ca.pem").unlink()
    if text is not None:
        (tmp_path / "ca.pem").write_text(text)
    second = installed(tmp_path)
    assert (second.pem, second.note) == (first.pem, "")
    assert (tmp_path / "ca.pem").read_text() == first.pem


def test_a_frozen_clock_replaces_nothing(tmp_path: Path) -> None:
    """A test that freezes the time of its process, years ahead or back, leaves the authority as it is."""
    first = installed(tmp_path)
    for day in ("2045-01-01", "2009-01-03"):
        with freeze_time(day):
            again = installed(tmp_path)
        assert (again.pem, again.note) == (first.pem, "")


def nowhere(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path | None:
    (folder / "file").write_text("")
    return folder / "file"


def homeless(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path | None:
    for name in (VARIABLE, "XDG_STATE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(folder / "gone"))
    return None


def anothers(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path | None:
    (folder / authority.PRIVATE).mkdir()
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    return folder


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [(nowhere, "Not a directory"), (homeless, "gone, does not exist"), (anothers, "belongs to another user")],
)
def test_without_a_folder_it_is_in_memory(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    spoil: Callable[[Path, pytest.MonkeyPatch], Path | None],
    reason: str,
) -> None:
    """If there is no folder, the authority works and is in memory, and the note says why and what to do."""
    made = installed(spoil(tmp_path, monkeypatch))
    assert made.path is None
    assert reason in made.note
    assert VARIABLE in made.note
    assert made.leaf(["www.kucoin.com"])


def read_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every attempt to write fail, as on a read-only file system; the superuser minds no permissions."""

    def refuse(*_: object, **__: object) -> None:
        raise OSError(30, "Read-only file system")

    for name in ("mkdir", "chmod", "utime"):
        monkeypatch.setattr(os, name, refuse)
    monkeypatch.setattr(authority, "write", refuse)


def test_a_read_only_folder_is_enough(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An authority that was made before is used from a read-only folder; without ca.pem it works, and says so."""
    first = installed(tmp_path)
    read_only(monkeypatch)
    again = installed(tmp_path)
    assert (again.pem, again.note, again.path) == (first.pem, "", tmp_path / "ca.pem")
    (tmp_path / "ca.pem").unlink()
    again = installed(tmp_path)
    assert (again.pem, again.path) == (first.pem, None)
    assert "Read-only file system" in again.note


def test_an_expired_one_in_a_read_only_folder_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What cannot be replaced and is no longer valid gives way to one in memory."""
    first = installed(tmp_path)
    of_another_time(NOW - timedelta(days=2000))(tmp_path)
    read_only(monkeypatch)
    again = installed(tmp_path)
    assert again.path is None
    assert again.pem != first.pem
    assert "Read-only file system" in again.note


def test_a_full_disk_leaves_no_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If the key cannot be written whole, there is no file, the authority is in memory, and the next use makes one."""
    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device")))
        made = installed(tmp_path)
    assert made.path is None
    assert "No space left" in made.note
    assert [file.name for file in (tmp_path / authority.PRIVATE).iterdir()] == ["lock"]
    assert installed(tmp_path).note == ""


def test_names_have_an_authority_of_their_own(tmp_path: Path) -> None:
    """More names do not widen the authority that others trust; the same names find the same one in any order."""
    plain = installed(tmp_path)
    one = installed(tmp_path, ["kucoin.eu", "Exchange.Example"])
    other = installed(tmp_path, ["exchange.example", "kucoin.eu", "kucoin.com"])
    assert one.pem == other.pem != plain.pem
    assert one.permits("www.kucoin.eu")
    assert not plain.permits("www.kucoin.eu")
    assert installed(tmp_path, ["localhost"]).pem == plain.pem


@pytest.mark.parametrize("name", ["www.example.com", "kucoin.com.example", "notkucoin.com", "10.0.0.1", "::2", ""])
def test_it_signs_for_permitted_names_only(authority_in_memory: Authority, name: str) -> None:
    """A leaf for a name outside the constraints is refused with the names that are within."""
    with pytest.raises(ValueError, match=r"kucoin\.com, localhost and loopback"):
        authority_in_memory.leaf(["www.kucoin.com", name])


def test_renewed_and_removed(tmp_path: Path) -> None:
    """`renew` makes another authority without a complaint; `remove` deletes all that has a key, and can be repeated."""
    first = installed(tmp_path)
    installed(tmp_path, ["kucoin.eu"])
    second = renew(tmp_path)
    assert (second.pem != first.pem, second.note) == (True, "")
    assert len(remove(tmp_path)) == 4
    assert remove(tmp_path) == []
    left = [file.name for file in tmp_path.rglob("*") if file.is_file()]
    assert set(left) == {"lock"}


def test_renewing_needs_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A new authority that cannot be kept is an error, not one in memory that ends at once."""
    with pytest.raises(FolderError):
        renew(homeless(tmp_path, monkeypatch))
