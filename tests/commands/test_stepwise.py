"""The progress bar of long work."""

from __future__ import annotations

import io
import sys

import pytest

from simulator.commands.stepwise import stepwise


class Screen(io.StringIO):
    """A standard error that is a terminal, or none."""

    def __init__(self, *, terminal: bool) -> None:
        super().__init__()
        self._terminal = terminal

    def isatty(self) -> bool:
        """True if it is a terminal."""
        return self._terminal


def drawn(screen: Screen, monkeypatch: pytest.MonkeyPatch) -> str:
    """What work of four steps draws."""
    monkeypatch.setattr(sys, "stderr", screen)
    with stepwise("readiness report") as step:
        for done in range(5):
            step(done, 4)
    return screen.getvalue()


def interrupted() -> None:
    """Work that Ctrl+C stops half-way."""
    with stepwise("x") as step:
        step(1, 2)
        raise KeyboardInterrupt


def test_a_terminal_shows_how_far_the_work_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bar goes from nothing to all, and is taken away at the end, also when the work is stopped."""
    shown = drawn(Screen(terminal=True), monkeypatch)
    assert [percent in shown for percent in ("  0 %", " 50 %", "100 %")] == [True] * 3
    assert shown.endswith("\r\x1b[K")
    screen = Screen(terminal=True)
    monkeypatch.setattr(sys, "stderr", screen)
    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert screen.getvalue().endswith("\r\x1b[K")


def test_a_file_or_a_pipe_gets_no_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nobody looks, such as in the log of a CI job, nothing is drawn."""
    assert drawn(Screen(terminal=False), monkeypatch) == ""
