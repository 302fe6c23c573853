"""Do hostile clients hurt honest ones? Both at once on a real server process, and what each of them gets.

    python benchmarks/hostile.py [--quick] [--seconds 60] [--limit 100] [--without ATTACK]

An hour's worth in a minute. Honest: three brokers make 30 calls a second, as many in a minute as 30 brokers make in an
hour that call once a minute each. Hostile: each of some fifty attacks (`attacks.py`) is made once in 0.2 to 10 s, some
60 attacks a second with up to 1,000 requests each and some 400 connections open at a time: a minute of it has 3,600
attacks, one for each second of an hour. The attackers are a process of their own, paced and bounded.

The brokers are alone for a sixth of the time, so that the machine is known. Times are taken in this process, from the
first byte sent to the last one heard. On two cores, with other work on them, a slow answer can be the machine's: then
look at the 99th percentile and at the row of the brokers alone. Exit status 1: an honest answer was an error or took
more than `--limit` ms, or the server wrote an error or does not end. Reads /proc, so it wants Linux.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, Final

HERE: Final = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

from attacks import ATTACKS  # noqa: E402 - the line above finds it
from soak import V1, Broker, Line, resident  # noqa: E402
from start import free_port  # noqa: E402

BROKERS: Final = 3
PACE: Final = 1 / 30
"""Seconds from one honest call to the next."""
COSTS: Final = {"withdrawals": 1300, "keys": 500, "authorizations": 800}
"""Bytes that the world keeps for one of each; see docs/performance.md."""
SIGNED: Final = ("/api/v1/accounts", "/api/v1/withdrawals?currency=USDT", "/api/v1/accounts/ledgers?currency=USDT")


class Heard(Line):
    """A connection that remembers each answer: its time in ms with what was asked, and what was wrong with it."""

    def __init__(self, port: int) -> None:
        super().__init__(port)
        self._port = port
        self.asked = ""
        self.times: list[tuple[float, str]] = []
        self.errors: list[str] = []

    def judge(self, head: bytes, body: bytes) -> None:
        self.times.append(((time.perf_counter_ns() - self.began) / 1e6, self.asked))
        status = head[9:12]
        if not status.startswith(b"2") or b'"success":false' in body or body.startswith(b'{"msg"'):
            self.errors.append(f"{status.decode()} {body.decode()[:200]}")

    def reopen(self, error: Exception) -> None:
        """Go on after a connection that was lost."""
        self.errors.append(repr(error))
        self.socket.close()
        self.socket, self._received = socket.create_connection(("127.0.0.1", self._port), timeout=60), b""


class Honest(Broker):
    """One broker's day: log in, refresh, keys, signed calls, and a look at the journal."""

    def __init__(self, port: int, number: int) -> None:
        self.line = Heard(port)
        super().__init__(port, self.line, f"honest{number}-{{}}")
        self._paths = cycle(SIGNED)

    def call(self, method: str, target: str, body: bytes = b"", **headers: str) -> Any:
        self.line.asked = f"{method} {target.partition('?')[0]}"
        return super().call(method, target, body, **headers)

    def read(self) -> None:
        """A signed read."""
        self.signed("GET", next(self._paths))

    def live(self) -> None:
        self.call("GET", "/_sim/live")

    def journal(self) -> None:
        self.call("GET", f"{V1}/requests?limit=10&operation=withdraw")

    def day(self) -> Iterator[Any]:
        return cycle(
            (
                *(self.refresh, self.withdraw, self.read, self.live, self.journal),
                *(self.withdraw, self.read, self.add_key, self.read, self.authorize),
            )
        )


@dataclass
class Spell:
    """What the honest ones met for a while."""

    times: list[tuple[float, str]] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def at(self, share: float) -> float:
        """A percentile of the times, ms."""
        return sorted(self.times)[min(len(self.times) - 1, int(len(self.times) * share))][0]


def spell(brokers: list[Honest], seconds: float) -> Spell:
    """Let the brokers call in turn, at their pace, for so long."""
    days, turns = {broker: broker.day() for broker in brokers}, cycle(brokers)
    for broker in brokers:
        broker.line.times.clear()
    due = time.perf_counter()
    end = due + seconds
    while (now := time.perf_counter()) < end:
        time.sleep(max(0.0, due - now))
        due = max(due + PACE, now)  # who was kept waiting does not hurry afterwards
        one = next(turns)
        try:
            next(days[one])()
        except (KeyError, AssertionError):
            assert one.line.errors  # the refusal has been noted
        except (OSError, RuntimeError) as error:
            one.line.reopen(error)
    met = Spell()
    for broker in brokers:
        met.times += broker.line.times
        met.errors += broker.line.errors
    return met


def processor_time(pid: int) -> float:
    """Seconds that a process has computed."""
    user, system = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def made(brokers: list[Honest]) -> dict[str, int]:
    return {name: sum(broker.made[name] for broker in brokers) for name in COSTS}


@contextmanager
def attacked(port: int, seconds: float, names: Iterable[str]) -> Iterator[subprocess.Popen[str]]:
    """The attackers, for so long. What they print is there after the block."""
    command = [sys.executable, str(HERE / "attacks.py"), str(port), str(seconds), *names]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            if process.poll() is None:
                process.terminate()


def report(attacks: dict[str, dict[str, int]], alone: Spell, beside: Spell) -> None:
    """Print both tables."""
    print("\n| attack | what it does | made | what it got |\n|---|---|---|---|")
    for attack in (attack for attack in ATTACKS if attack.name in attacks):
        got = dict(attacks[attack.name])
        times = got.pop("made", 0)
        shown = ", ".join(f"{status}: {number}" for status, number in sorted(got.items()))
        print(f"| {attack.name} | {attack.what} | {times} | {shown} |")
    print("\n| honest | calls | errors | p50 ms | p99 ms | max ms |\n|---|---|---|---|---|---|")
    for name, met in (("alone", alone), ("beside the attacks", beside)):
        row = (name, len(met.times), len(met.errors), *(f"{met.at(share):.1f}" for share in (0.5, 0.99, 1)))
        print("|", " | ".join(map(str, row)), "|")
    print("\nthe slowest:", ", ".join(f"{asked} {spent:.0f} ms" for spent, asked in sorted(beside.times)[-5:]))
    for error in beside.errors[:5]:
        print("error:", error)


def soak(pid: int, port: int, seconds: float, names: Iterable[str]) -> tuple[dict[str, Any], Spell, Spell]:
    """The whole run against a server: what the attacks got, what the honest met alone and beside them."""
    with ExitStack() as stack:
        brokers = [stack.enter_context(closing(Honest(port, number))) for number in range(BROKERS)]
        sizes = [resident(pid)]
        alone = spell(brokers, seconds / 6)
        before = made(brokers)
        computed = processor_time(pid)
        with attacked(port, seconds, names) as attackers:
            first = spell(brokers, seconds / 2)
            sizes.append(resident(pid))
            second = spell(brokers, seconds / 2)
            beside = Spell(first.times + second.times, second.errors)
            computed = processor_time(pid) - computed
            attacks = json.loads(attackers.communicate(timeout=60)[0])
        spell(brokers, 1)
        sizes.append(resident(pid))
        more = {name: number - before[name] for name, number in made(brokers).items()}
    report(attacks, alone, beside)
    megabytes = " -> ".join(f"{size / 1e6:.1f}" for size in sizes)
    world = sum(COSTS[name] * number for name, number in more.items()) / 1e6
    print(f"\nthe server computed {computed:.1f} s of {seconds:g} s")
    print(f"resident MB at the start, half way, at the end: {megabytes}")
    print(f"the honest ones' {', '.join(f'{number} {name}' for name, number in more.items())} explain {world:.1f} MB;")
    print("the rest is what the attackers made - keys, deposits, consents, workspaces - and the journal's ring")
    return attacks, alone, beside


def main(seconds: float, limit: float, names: Iterable[str]) -> int:
    """Run it with the attacks of these names; the exit status."""
    port = free_port()
    command = [sys.executable, "-m", "simulator", "--port", str(port)]
    print(f"load of the machine: {Path('/proc/loadavg').read_text(encoding='ascii').strip()}")
    with (
        TemporaryFile() as written,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=written, cwd=HERE.parent) as process,
    ):
        try:
            assert process.stdout is not None
            process.stdout.readline()  # it listens
            _, _, beside = soak(process.pid, port, seconds, names)
            files = len(list(Path(f"/proc/{process.pid}/fd").iterdir()))
            began = time.perf_counter()
            process.terminate()
            process.wait(10)
            ended = (time.perf_counter() - began) * 1000
        finally:
            process.kill()
        written.seek(0)
        lines = written.read().decode(errors="replace").splitlines()
    print(f"open files at the end: {files}; the end took {ended:.0f} ms; lines on stderr: {len(lines)}")
    for line, times in Counter(line for line in lines if not line.startswith(" ")).most_common(5):
        print(f"stderr: {line} ({times} times)")
    slow = sum(spent > limit for spent, _ in beside.times)
    print(f"answers above {limit:g} ms: {slow} of {len(beside.times)}")
    return 1 if beside.errors or slow or any("Traceback" in line for line in lines) else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="four seconds")
    parser.add_argument("--seconds", type=float, default=60, help="how long the attacks last")
    parser.add_argument("--limit", type=float, default=100, help="ms that an honest answer may take")
    parser.add_argument("--without", action="append", default=[], metavar="ATTACK", help="leave an attack out")
    given = parser.parse_args()
    chosen = [attack.name for attack in ATTACKS if attack.name not in given.without]
    sys.exit(main(4 if given.quick else given.seconds, given.limit, chosen))
