"""Everything that this process prints. A print never fails and never blocks, even if nobody reads it.

`safe_streams` replaces sys.stdout and sys.stderr by a `Stream`, so that click, logging, warnings and tracebacks print
through it as well. A thread writes the stream's queue. Lines that do not fit into the queue or cannot be written are
counted, and the count is printed as soon as writing works again.
"""

from __future__ import annotations

import io
import os
import sys
from collections import deque
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, redirect_stderr, redirect_stdout
from errno import EPIPE
from select import select
from threading import Condition, Thread
from typing import Any, Final, TextIO, cast

MOST_WAITING: Final = 1_048_576
"""Bytes in the queue of a stream, at most."""
PATIENCE: Final = 0.25
"""Seconds that the end of the process waits for the queue of each stream."""
MORE_PATIENCE: Final = 2.0
"""Seconds that it waits in addition if the target accepts more data."""
PLAIN: Final = "\x1b[0m"


class Printable(str):
    """Text that is written as it is: it has no control characters for a terminal, except our own colours."""

    __slots__ = ()


def printable(text: str) -> Printable:
    """The text as one line: JSON escapes replace what is not printable, such as ESC, line breaks, bidi controls.

    JSON stays valid and equal, because only its strings have such characters.
    """
    if text.isprintable():
        return Printable(text)
    return Printable("".join(character if character.isprintable() else _escaped(character) for character in text))


def painted(text: str, colour: str) -> Printable:
    """The text in a colour, given as an SGR sequence."""
    return Printable(f"{colour}{printable(text)}{PLAIN}")


def joined(*parts: str) -> Printable:
    """The parts in one line; only `painted` parts keep their colours."""
    return Printable("".join(part if isinstance(part, Printable) else printable(part) for part in parts))


def line(*parts: str) -> Printable:
    """The parts as a line of output, with its end."""
    return Printable(joined(*parts) + "\n")


def json_line(level: str, message: str, **more: object) -> Printable:
    """A message that is not about a call, as a line of a JSON log."""
    from json import dumps

    return Printable(dumps({"level": level, "message": message, **more}) + "\n")


def _escaped(text: str) -> str:
    """The JSON escapes of the text's UTF-16 code units."""
    units = text.encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[place : place + 4]}" for place in range(0, len(units), 4))


class Stream(io.TextIOBase):
    """A text stream in front of `target`, which may be None, closed, full or unread."""

    def __init__(self, target: TextIO | None) -> None:
        super().__init__()
        self._target = target
        self._changed = Condition()
        self._queue: deque[tuple[int, bytes]] = deque()
        """(number of lines that are missing before the text, text)."""
        self._waiting = self._missing = 0
        self._rest = ""
        self._torn = self._working = self._ended = False
        self.json = False
        """True if each line is printed as a JSON object."""
        self.patient = False
        """True if a print waits until it is written."""
        self.problem = "" if target else "it is closed"
        """Why something could not be written; "" = no problem. A reader that closed the pipe is not a problem."""

    @property
    def encoding(self) -> str:  # type: ignore[override]  # io's is a variable
        """The target's encoding."""
        return getattr(self._target, "encoding", None) or "utf-8"

    def fileno(self) -> int:
        """The target's descriptor. Raises `OSError` if there is none."""
        return self._target.fileno() if self._target else super().fileno()

    def isatty(self) -> bool:
        """True if the target is a terminal."""
        try:
            return self._target is not None and self._target.isatty()
        except ValueError:  # closed
            return False

    def writable(self) -> bool:
        """True."""
        return True

    def write(self, text: str, /) -> int:
        """Print whole lines; an incomplete line waits for its end."""
        if isinstance(text, Printable):
            self._put(text)
            return len(text)
        with self._changed:
            *lines, self._rest = (self._rest + text).split("\n")
        if self.json:
            self._put("".join(json_line("ERROR", text_line) for text_line in lines if text_line.strip()))
        else:
            self._put("".join(line(text_line) for text_line in lines))
        return len(text)

    def _put(self, text: str) -> None:
        """Queue a text, or count its lines as missing."""
        data = self._encoded(text)
        if not data or self._target is None:
            return
        with self._changed:
            if self._queue and self._waiting + len(data) > MOST_WAITING and not self.patient:
                self._missing += data.count(b"\n")
                return
            self._append(data)
            if self.patient and self._working:
                self._changed.wait_for(lambda: not self._queue)

    def _encoded(self, text: str) -> bytes:
        try:
            return text.encode(self.encoding)
        except UnicodeEncodeError:
            return "".join(
                character if self._can_write(character) else _escaped(character) for character in text
            ).encode(self.encoding)

    def _can_write(self, char: str) -> bool:
        return char.encode(self.encoding, "ignore") != b""

    def _append(self, data: bytes) -> None:
        self._queue.append((self._missing, data))
        self._waiting += len(data)
        self._missing = 0
        if not self._working:
            try:
                Thread(target=self._work, name="printing", daemon=True).start()
            except RuntimeError:  # there are too many threads; the next print tries again
                return
            self._working = True
        self._changed.notify_all()

    def _work(self) -> None:
        """Write the queue, until the stream has ended."""
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._queue or self._ended)
                if not self._queue:
                    return
                missing, data = self._queue[0]
            lost = 0
            try:
                self._write((self._notice(missing) if missing else b"") + data)
            except (OSError, ValueError) as error:
                lost = missing + data.count(b"\n")
                if getattr(error, "errno", None) != EPIPE:
                    self.problem = getattr(error, "strerror", None) or str(error)
            with self._changed:
                self._queue.popleft()
                self._waiting -= len(data)
                if lost and self._queue:
                    before, following = self._queue[0]
                    self._queue[0] = (lost + before, following)
                else:
                    self._missing += lost
                self._changed.notify_all()

    def _notice(self, missing: int) -> bytes:
        lines = "1 line is" if missing == 1 else f"{missing} lines are"
        text = f"{lines} missing here: nobody read fast enough, or writing failed"
        return self._encoded(json_line("WARNING", text) if self.json else line(text))

    def _write(self, data: bytes) -> None:
        """Write all data past the target's buffers, because a thread cannot be stopped while it flushes them."""
        rest = memoryview(b"\n" + data if self._torn else data)
        buffer: Any = getattr(self._target, "buffer", None)
        raw = getattr(buffer, "raw", buffer)
        while rest:
            written = raw.write(rest) if raw else _as_text(cast("TextIO", self._target), rest)
            if written is None:  # the descriptor is non-blocking
                select([], [raw], [])
                continue
            self._torn = rest[written - 1] != ord("\n")
            rest = rest[written:]

    def end(self) -> None:
        """Wait until everything is written, but not for a reader that does not read."""
        if self._ended:
            return
        if self._rest:
            self.write("\n")
        with self._changed:
            if self._missing:
                self._append(b"")
            self.drain()
            self._ended = True
            self._changed.notify_all()

    def drain(self) -> None:
        """Wait until all lines are written or lost, but not for a reader who does not read."""
        with self._changed:
            if not self._changed.wait_for(lambda: not self._queue, PATIENCE) and self._has_room():
                self._changed.wait_for(lambda: not self._queue, MORE_PATIENCE)  # the machine is busy, not the reader

    def _has_room(self) -> bool:
        """True if the target accepts more data: a pipe that nobody reads is full."""
        try:
            return bool(select([], [self.fileno()], [], 0)[1])
        except (OSError, ValueError):
            return False


def _as_text(target: TextIO, data: memoryview) -> int:
    target.write(bytes(data).decode(target.encoding or "utf-8"))
    return len(data)


@contextmanager
def safe_streams() -> Iterator[None]:
    """Within the block, stdout and stderr are streams that neither fail nor block."""
    _occupy_standard_descriptors()
    with ExitStack() as stack:
        for redirect, target in ((redirect_stdout, sys.stdout), (redirect_stderr, sys.stderr)):
            stream = Stream(target)
            stack.enter_context(redirect(cast("TextIO", stream)))
            stack.callback(stream.end)
        yield


def print_json(*, enabled: bool) -> None:
    """From now on, print each line on stderr as a JSON object, or not."""
    for stream in _streams()[1:]:
        stream.json = enabled


def wait_for_readers() -> None:
    """From now on, a print waits until it is written, because the reader of a command's output may be slow."""
    for stream in _streams():
        stream.patient = True


def end() -> None:
    """Write what is still in the queues, before the process ends without leaving `safe_streams`."""
    for stream in _streams():
        stream.end()


def require_written() -> None:
    """Raise `OSError` if something that was printed on stdout cannot be written."""
    for stream in _streams()[:1]:
        stream.drain()
        if stream.problem:
            raise OSError(f"the output cannot be written: {stream.problem}")


def _streams() -> list[Stream]:
    """The streams of stdout and stderr, within `safe_streams`."""
    return [stream for stream in (sys.stdout, sys.stderr) if isinstance(stream, Stream)]


def _occupy_standard_descriptors() -> None:
    """Occupy descriptors 0, 1 and 2 if they are closed, so that no socket gets one: other code may write there."""
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= 2:
        pass
    os.close(descriptor)
