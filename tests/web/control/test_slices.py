"""Long answers are made in slices of the event loop, for all readers once, and end with their readers."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from support.wire import V1, Asgi

from simulator.evidence import views
from simulator.evidence.filters import EntryFilter
from simulator.evidence.journal import FEW, Entry, Journal, LineCache
from simulator.web import work
from simulator.web.control.journal_events import EventStream
from simulator.web.control.protocol.long_answers import AT_ONCE, Streamed


def test_each_slice_gives_the_others_a_turn(runner: asyncio.Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between two slices the event loop goes round once; several pieces of work share the slices of one."""
    monkeypatch.setattr(work, "SLICE", 0)
    turns: list[str] = []

    async def counting() -> None:
        while True:
            turns.append("loop")
            await asyncio.sleep(0)

    async def working(name: str) -> list[int]:
        def step(number: int) -> int:
            turns.append(name)
            return number

        return await work.collected(map(step, range(20)))

    async def both() -> list[list[int]]:
        counter = asyncio.ensure_future(counting())
        found = await asyncio.gather(working("one"), working("other"))
        counter.cancel()
        return list(found)

    assert runner.run(both()) == [list(range(20))] * 2
    assert turns.count("loop") >= 40
    assert all({before, after} & {"loop"} for before, after in pairwise(turns))


def test_a_long_answer_ends_with_its_reader(runner: asyncio.Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing more is made once the client has gone, and what made it is closed."""
    monkeypatch.setattr(work, "SLICE", 0)
    gone, made, closed = asyncio.Event(), [0], [False]

    def pieces() -> Iterator[bytes]:
        try:
            while True:
                made[0] += 1
                yield b"x" * AT_ONCE
        finally:
            closed[0] = True

    async def receive() -> dict[str, str]:
        await gone.wait()
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        if made[0] == 5:
            gone.set()

    runner.run(Streamed(pieces())({}, receive, send))
    assert made[0] <= 7
    assert closed == [True]


def test_a_short_answer_tells_its_length(runner: asyncio.Runner) -> None:
    """It is sent at once, like any other."""
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        await asyncio.get_running_loop().create_future()

    runner.run(Streamed(iter([b"{", b"", b"}"]))({}, receive, send))
    assert dict(sent[0]["headers"])[b"content-length"] == b"2"
    assert [message["body"] for message in sent[1:]] == [b"{}"]


def test_work_that_fails_is_told_where_it_is_waited_for(runner: asyncio.Runner) -> None:
    """An error of the thread is the caller's."""

    def fail() -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        runner.run(work.aside(fail))


# --- readers of the stream
def test_an_entry_is_rendered_once_for_all_readers(
    send: Asgi, runner: asyncio.Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fifty readers and the list cost one rendering for each entry."""
    rendered: list[int] = []
    line = views.line

    def counted(journal: Journal, entry: Entry) -> dict[str, Any]:
        rendered.append(entry.number)
        return line(journal, entry)

    monkeypatch.setattr(views, "line", counted)
    for _ in range(10):
        send("GET", "/api/v1/timestamp")

    async def reading(stream: EventStream) -> bytes:
        text, over = b"", asyncio.Event()

        async def receive() -> dict[str, str]:
            await over.wait()
            return {"type": "http.disconnect"}

        async def take(message: Any) -> None:
            nonlocal text
            text += message.get("body", b"")
            if b"id: 10\n" in text:
                over.set()

        await stream({}, receive, take)
        return text

    async def all_of_them() -> list[bytes]:
        journal = send.app.desk.journal
        return list(await asyncio.gather(*(reading(EventStream(journal, EntryFilter(), 0)) for _ in range(50))))

    texts = runner.run(all_of_them())
    assert len(set(texts)) == 1
    assert rendered == list(range(1, 11))
    assert len(send("GET", f"{V1}/requests").json()["requests"]) == 10
    assert len(rendered) == 10


def test_what_is_shown_is_bounded_and_forgotten_when_more_is_secret() -> None:
    """So many bytes are kept, the newest; none that was made before another secret was known."""
    shown = LineCache(most_bytes=10)
    for number in range(5):
        shown.keep(number, 1, b"four")
    assert [shown.get(number, 1) for number in range(5)] == [None, None, None, b"four", b"four"]
    assert shown.get(4, 2) is None
    shown.keep(5, 2, b"more")
    assert [shown.get(number, 2) for number in (4, 5)] == [None, b"more"]


def test_new_entries_are_found_from_the_end(send: Asgi) -> None:
    """Who has read all but a few does not go through the others; the order is that of the calls."""
    journal = send.app.desk.journal = Journal(capacity=FEW + 20)
    for _ in range(FEW + 30):
        send("GET", "/nothing")
    for since in (0, 5, 10, 20, 29, 30, 31, FEW, journal.last - 1, journal.last, journal.last + 5):
        numbers = [entry.number for entry in journal.after(since)]
        assert numbers == list(range(max(since + 1, journal.first), journal.last + 1))
