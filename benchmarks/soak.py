"""Does a server that runs for long grow? Mixed requests on a real process, and its resident memory as they go by.

    python benchmarks/soak.py [REQUESTS]

200,000 requests without a number. First everything mixed; then, with the rings full, each kind alone, which tells what
one of it costs for good. Reads /proc, so it wants Linux. The table of docs/performance.md is made of this.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import count, cycle
from pathlib import Path
from typing import Any, Final

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parent.parent)]

from growth import BODY, PATH  # noqa: E402 - the line above finds it
from load import Connection, request  # noqa: E402
from start import RICH, commands, free_port  # noqa: E402

from simulator.clock import wall_clock  # noqa: E402
from simulator.core.gateway.signature import prehash, sign  # noqa: E402
from simulator.evidence.journal import CAPACITY  # noqa: E402

CALLBACK: Final = "http://localhost:3000/callback"
V1: Final = "/_sim/v1"
ADD: Final = "/_oauth/resource/cyber-truck-vault/v2/outer/api-key/add"
GROUPS: Final = json.dumps({"authGroupMap": {"API_COMMON": True, "API_WITHDRAW_OAUTH": True}}).encode()
KEYS: Final = 50
"""How many keys a user may have; then another user comes."""
STEPS: Final = 10
SLICES: Final = 4


class Line(Connection):
    """A connection on which a refusal is an answer like any other."""

    def judge(self, head: bytes, body: bytes) -> None:
        if head.startswith(b"HTTP/1.1 5"):
            raise RuntimeError(body.decode()[:300])


def resident(pid: int) -> int:
    """The resident memory of a process, bytes."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(status.partition("VmRSS:")[2].split()[0]) * 1024


class Broker:
    """One broker on one connection. Each kind of call is a method that sends one, or a few, and counts them."""

    def __init__(self, port: int, line: Line | None = None, names: str = "u{}") -> None:
        self._line = line or Line(port)
        self.sent = 0
        self.made: dict[str, int] = {"withdrawals": 0, "keys": 0, "authorizations": 0, "users": 0}
        self._names = map(names.format, count())
        self._refusals = cycle((self.unknown_path, self.bad_signature, self.used_code, self.retired_token))
        self._reads = cycle((f"{V1}/requests?limit=10", f"{V1}/clock", f"{V1}/users/frank", V1))
        self.call("PATCH", f"{V1}/choices", b'{"rate_pools": "count"}')
        self._enter()
        self._key: dict[str, str] = self._made_key()
        self._retired = self._tokens["refresh_token"]

    def close(self) -> None:
        self._line.socket.close()

    def call(self, method: str, target: str, body: bytes = b"", **headers: str) -> Any:
        self.sent += 1
        answer = self._line.call(request(method, target, body, **headers))
        return json.loads(answer) if answer else None

    def _enter(self) -> None:
        """A user who needs no factor comes, logs in and consents; the code buys tokens."""
        self._user = next(self._names)
        self.call("PUT", f"{V1}/users/{self._user}", b'{"factor_sets": [[]], "balances": {"USDT": "1000000000"}}')
        self.made["users"] += 1
        self._authorize()
        self._left = KEYS

    def _authorize(self) -> None:
        asked = {"user": self._user, "client_id": "demo-broker", "redirect_uri": CALLBACK, "state": "1", "grant": "all"}
        self._code = self.call("POST", f"{V1}/authorizations", json.dumps(asked).encode())["code"]
        self._tokens = self.used_code()
        self.made["authorizations"] += 1

    def authorize(self) -> None:
        """A consent and its tokens."""
        self._authorize()

    def used_code(self) -> Any:
        """The newest code, bought or tried again."""
        grant = f"grant_type=authorization_code&code={self._code}&redirect_uri={CALLBACK}&client_id=demo-broker"
        return self.call("GET", f"/_oauth/access-token?{grant}")

    def _made_key(self) -> Any:
        bearer = f"bearer {self._tokens['access_token']}"
        added = self.call("POST", ADD, GROUPS, authorization=bearer)["data"]
        self.made["keys"] += 1
        self._left -= 1
        return added

    def add_key(self) -> None:
        """A key, of a new user when this one has enough."""
        if not self._left:
            self._enter()
        self._made_key()

    def refresh(self) -> None:
        """The next pair."""
        self._retired = self._tokens["refresh_token"]
        self._tokens = self._refreshed(self._retired)

    def _refreshed(self, token: str) -> Any:
        body = {"grant_type": "authorization_code", "scope": "OAUTH_CREATE_API", "refresh_token": token}
        return self.call("POST", "/_oauth/refresh-token", json.dumps(body).encode())

    def withdraw(self) -> None:
        """A payout that needs no factor."""
        answer = self.signed("POST", PATH, BODY)
        assert "withdrawalId" in answer["data"], answer
        self.made["withdrawals"] += 1

    def signed(self, method: str, target: str, body: bytes = b"", secret: str = "") -> Any:
        """A call with the broker's key; another secret makes the signature wrong."""
        stamp, secret = str(wall_clock()), secret or self._key["secret"]
        headers = {
            "kc_api_key": self._key["apiKey"],
            "kc_api_sign": sign(secret, prehash(stamp, method, target, body)),
            "kc_api_timestamp": stamp,
            "kc_api_passphrase": sign(self._key["secret"], self._key["passphrase"].encode()),
            "kc_api_key_version": "3",
        }
        return self.call(method, target, body, **headers)

    def bad_signature(self) -> None:
        self.signed("POST", PATH, BODY, "another secret")

    def retired_token(self) -> None:
        self._refreshed(self._retired)

    def unknown_path(self) -> None:
        self.call("GET", f"/api/v1/nothing/{self.sent}")

    def refuse(self) -> None:
        """One of four calls that are refused."""
        next(self._refusals)()

    def look(self) -> None:
        """A read of the control surface."""
        self.call("GET", next(self._reads))

    def mixed(self) -> Iterator[Callable[[], None]]:
        """Of ten calls four refreshes, two withdrawals, one key, two refusals, one read."""
        return cycle(
            (
                *(self.refresh, self.withdraw, self.refresh, self.refuse, self.refresh),
                *(self.add_key, self.withdraw, self.refresh, self.refuse, self.look),
            )
        )


def soak(broker: Broker, pid: int, requests: int) -> Iterator[tuple[int, int, dict[str, int]]]:
    """Mixed requests: how many have been sent, the memory and what was made, after each tenth of them."""
    calls = broker.mixed()
    for step in range(1, STEPS + 1):
        while broker.sent < requests * step // STEPS:
            next(calls)()
        yield broker.sent, resident(pid), dict(broker.made)


def cost(pid: int, action: Callable[[], None], times: int) -> float:
    """By how many bytes the process grows for one of these, once the rings are full of them.

    What the rings gave back is used up first, and then nothing seems to grow: of several slices the steepest counts.
    """
    for _ in range(min(CAPACITY, times)):
        action()
    steepest, length = 0.0, max(1, times // SLICES)
    for _ in range(SLICES):
        before = resident(pid)
        for _ in range(length):
            action()
        steepest = max(steepest, (resident(pid) - before) / length)
    return steepest


def main(requests: int) -> None:
    port = free_port()
    process = subprocess.Popen([*commands(port)["simulator"], "--user", RICH], stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        process.stdout.readline()  # it listens
        with closing(Broker(port)) as broker:
            report(broker, process.pid, requests)
    finally:
        process.terminate()
        process.wait()


def report(broker: Broker, pid: int, requests: int) -> None:
    """Print both tables."""
    print("| requests | resident MB | withdrawals | keys | users |\n|---|---|---|---|---|")
    for sent, memory, made in soak(broker, pid, requests):
        row = (sent, f"{memory / 1e6:.1f}", made["withdrawals"], made["keys"], made["users"])
        print("|", " | ".join(map(str, row)), "|", flush=True)
    print("\n| bytes for one more | |\n|---|---|")
    kinds = (broker.refresh, broker.refuse, broker.look, broker.withdraw, broker.add_key, broker.authorize)
    for action in kinds:
        print(f"| {action.__name__} | {cost(pid, action, requests // STEPS):.0f} |", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else 200_000)
