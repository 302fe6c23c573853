"""`--watch` goes on, whatever a file is and whatever a look at it meets."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from support.watched_file import TEXT, Watching

from simulator.watch import contents
from simulator.web.endpoints.desk import Desk


@pytest.mark.parametrize("target", ["/dev/zero", "large", "folder"])
def test_what_is_no_scenario_file_is_told_and_not_read(watching: Watching, target: str, tmp_path: Path) -> None:
    """A device, a folder and a file of any size have no contents to compare; the scenario stays."""
    before = watching.app.desk.scenario
    (tmp_path / "folder").mkdir()
    with (tmp_path / "large").open("wb") as large:
        large.truncate(1 << 40)
    watching.mine.unlink()
    watching.mine.symlink_to(tmp_path / target)
    watching.look()
    assert contents([str(watching.mine)]) == {str(watching.mine): None}
    [complaint] = watching.complaints
    assert f"{watching.mine}:1:1: cannot be read: " in complaint
    assert watching.app.desk.scenario is before


def test_no_error_ends_the_watching(watching: Watching, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a look raises is told, once as long as it stays the same, and the next edit takes effect."""
    looks = 0
    look = watching._watcher.look

    def failing(desk: Desk) -> None:
        nonlocal looks
        looks += 1
        if looks < 5:
            raise RuntimeError("first" if looks < 3 else "second\x1b")
        look(desk)

    async def watch() -> None:
        watching._watcher.begin(watching.app.desk)
        while not watching.told:  # noqa: ASYNC110 - the watcher waits for nothing else
            await asyncio.sleep(0)

    monkeypatch.setattr(watching._watcher, "look", failing)
    monkeypatch.setattr("simulator.watch.PERIOD", 0)
    watching.mine.write_text(TEXT + "choices: {api_key_limit: 51}\n")
    asyncio.run(watch())
    assert [complaint.partition("as it was: ")[2] for complaint in watching.complaints] == [
        "RuntimeError: first",
        "RuntimeError: second\\u001b",
    ]
    assert watching.app.desk.exchange.world.choices.api_key_limit == 51
