"""The progress bar: on a terminal alone, drawn once a percent, and gone at the end."""

from __future__ import annotations

import io
import sys

import pytest

from simulator.commands.progress import WIDTH, ProgressBar


class Terminal(io.StringIO):
    """A stream that says that it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("stream", [io.StringIO, Terminal])
def test_a_terminal_alone_gets_a_bar(stream: type[io.StringIO], monkeypatch: pytest.MonkeyPatch) -> None:
    """A pipe gets nothing, a terminal a bar that grows from nothing to its whole width and is taken away."""
    printed = stream()
    monkeypatch.setattr(sys, "stderr", printed)
    bar = ProgressBar("reading", 1000)
    for _ in range(1000):
        bar.advance(1)
    bar.close()
    drawn = printed.getvalue()
    if stream is io.StringIO:
        assert drawn == ""
        return
    lines = drawn.split("\r")[1:]
    assert len(lines) == 102  # 0 to 100 %, and what takes it away
    assert lines[0].startswith(f"reading [{'.' * WIDTH}]")
    assert lines[100].startswith(f"reading [{'#' * WIDTH}] 100 %")
    assert lines[101] == "\x1b[K"


def test_a_bar_of_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A total of 0, such as that of a pipe, is no division by it; a bar that never began takes nothing away."""
    printed = Terminal()
    monkeypatch.setattr(sys, "stderr", printed)
    ProgressBar("reading", 0).close()
    assert printed.getvalue() == ""
    bar = ProgressBar("reading", 0)
    bar.advance(5)
    assert "100 %" in printed.getvalue()
