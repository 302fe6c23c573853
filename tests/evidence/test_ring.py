"""The ring: bounded by entries and by bytes, and nothing in it that the garbage collector has to look at."""

from __future__ import annotations

import gc
import json

from msgspec.structs import replace
from rpds import List
from support.desk import IP, START
from support.wire import V1, Asgi, Broker

from simulator.core.endpoint import Subject
from simulator.core.world import Client, Now, World
from simulator.evidence.journal import FRAME, Journal
from simulator.evidence.secrets import fingerprint
from simulator.messages import Answer, Request
from simulator.outcomes import NotPerformed, Outcome

OUTCOME = Outcome("withdraw", Subject(), Now(START, START), NotPerformed())
WORLD = World()


def written(journal: Journal, body: bytes = b"", **headers: str) -> int:
    raw = {name.encode(): value.encode() for name, value in headers.items()}
    request = Request("GET", "/", "", raw, IP, body)
    return journal.add(request, Answer(200, b""), OUTCOME, WORLD, WORLD, 1)


def numbers(journal: Journal) -> list[int]:
    return [entry.number for entry in journal.newest(100)]


def test_the_oldest_entries_go_first() -> None:
    """So many are kept; a number that was given is not given again, and leads to its entry or to none."""
    journal = Journal(capacity=3)
    for number in range(1, 6):
        assert written(journal) == number
    assert numbers(journal) == [5, 4, 3]
    assert (journal.first, journal.last) == (3, 5)
    assert [journal.entry(number) is not None for number in (0, 2, 3, 5, 6)] == [False, False, True, True, False]
    assert [entry.number for entry in journal.after(3)] == [4, 5]
    assert [entry.number for entry in journal.after(0)] == [3, 4, 5]
    assert list(journal.after(9)) == []


def test_the_ring_is_bounded_by_bytes() -> None:
    """Bodies and headers count; the newest is kept, however large it is."""
    journal = Journal(most_bytes=3 * FRAME)
    written(journal)
    written(journal)
    assert numbers(journal) == [2, 1]
    written(journal, b"x" * FRAME)
    assert numbers(journal) == [3]
    written(journal, x="y" * 10 * FRAME)
    assert numbers(journal) == [4]
    written(journal)
    assert numbers(journal) == [5]


def test_an_empty_ring_goes_on() -> None:
    """After it was emptied there is room for as much as ever."""
    journal = Journal(most_bytes=3 * FRAME)
    for _ in range(2):
        written(journal)
    assert journal.clear() == 2
    assert (numbers(journal), journal.first, journal.last) == ([], 3, 2)
    for _ in range(2):
        written(journal)
    assert numbers(journal) == [4, 3]


def test_who_waits_is_told_of_each_entry() -> None:
    """Within the block, and not after it."""
    journal, told = Journal(), []
    with journal.subscribed(lambda: told.append(journal.last)):
        written(journal)
        written(journal)
    written(journal)
    assert told == [1, 2]


def test_kept_entries_do_not_slow_the_collector(broker: Broker, send: Asgi) -> None:
    """Nothing that an accepted call leaves in the ring is tracked by it; tuples are let go layer by layer."""
    key = broker.key("frank")
    for _ in range(20):
        broker.withdraw(key)
    for _ in range(3):
        gc.collect()
    entries = send.app.desk.journal.newest(20)
    assert not any(map(gc.is_tracked, entries))
    parts = [each for entry in entries for each in (entry.request, entry.request.headers, entry.answer, entry.outcome)]
    assert not any(map(gc.is_tracked, parts))
    assert not any(gc.is_tracked(entry.notes) or gc.is_tracked(entry.after.touched) for entry in entries)


def test_changes_name_what_a_withdrawal_moved(broker: Broker) -> None:
    """Row by row: what each field was and what it is; a row that is new was nothing before."""
    key = broker.key("frank")
    entry = broker.entry(broker.withdraw(key))
    number = json.loads(entry["answer"]["body"])["data"]["withdrawalId"]
    tables = {(change["table"], str(change["key"])): change["changes"] for change in entry["changes"]}
    assert tables["withdrawals", number]["status"] == [None, "SUCCESS"]
    assert tables["withdrawals", number]["debit"][0] is None
    assert "updated_at" in tables["withdrawals", number]
    [was, is_] = tables["wallets", "frank"]["accounts"]
    assert [each["balance"] for each in was] != [each["balance"] for each in is_]
    refused = broker.entry(broker.send("GET", "/nowhere"))
    assert refused["changes"] == []
    assert broker.send("GET", f"{V1}/requests/{refused['number']}").json() == refused


def test_changes_hide_the_shortest_secret(send: Asgi) -> None:
    """A field that holds a secret is hidden by its name, however short or common the secret is."""
    journal = send.app.desk.journal
    before = send.app.desk.exchange.world
    after = replace(before, touched=List()).put(Client("new", "New", "abc", (), broker_key="x"))
    number = journal.add(Request("GET", "/", "", {}, IP, b""), Answer(200, b""), OUTCOME, before, after, 1)
    [change] = send("GET", f"{V1}/requests/{number}").json()["changes"]
    assert (change["table"], change["key"]) == ("clients", "new")
    assert change["changes"]["secret"] == [None, fingerprint("client_secret", "abc")]
    assert change["changes"]["broker_key"] == [None, fingerprint("broker_key", "x")]
