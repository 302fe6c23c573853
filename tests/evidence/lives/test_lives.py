"""What an id names, and its life: from tables, from the ring, and at a bounded cost."""

from __future__ import annotations

import asyncio

import pytest
from msgspec.structs import replace
from support.desk import START
from support.played_payment import Played
from support.wire import DEMO, control

from simulator.core import mint
from simulator.core.control import events
from simulator.core.fast_api import tokens
from simulator.core.funds import ledger
from simulator.core.world import Consent, User, World, with_consent, with_user
from simulator.evidence.journal import Journal
from simulator.evidence.lives.life import MOST, life_of
from simulator.evidence.lives.things import MOST_ROWS, Thing, distinct, search
from simulator.evidence.lives.touches import touching
from simulator.evidence.secrets import fingerprint


@pytest.fixture
def played(runner: asyncio.Runner) -> Played:
    return Played(runner)


# --- what an id names
def test_every_id_leads_to_its_thing(played: Played) -> None:
    """A user in any spelling, a client, a consent, a key, a transaction, a withdrawal, an entry, a rule, a reason."""
    consent, alice = played.consent, played.world.users["alice"]
    expected = {
        "alice": Thing("user", "alice"),
        str(alice.uid): Thing("user", "alice"),
        "ALICE@example.test": Thing("user", "alice"),
        " demo-broker ": Thing("client", "demo-broker"),
        consent.id: Thing("consent", consent.id),
        consent.id.upper(): Thing("consent", consent.id),
        played.key.api_key: Thing("api_key", played.key.api_key),
        played.transaction: Thing("transaction", played.transaction),
        played.withdrawal: Thing("withdrawal", played.withdrawal),
        "3": Thing("entry", "3"),
        "#3": Thing("entry", "3"),
        "default/3": Thing("entry", "3"),
        "H32/order": Thing("rule", "H32/order"),
        "CODE_USED": Thing("reason", "CODE_USED"),
    }
    assert {text: played.things(text) for text in expected} == {text: [thing] for text, thing in expected.items()}
    assert {one.id for one in played.things("H06")} == {"H06/code"}
    assert played.things("other/3") == played.things("") == played.things("999") == played.things("x" * 9999) == []


def test_a_deposit_and_a_transfer_are_found(played: Played) -> None:
    """A deposit by its id; a transfer, which no table is ordered by, by its id and by the client's own."""
    asked = {"user": "alice", "currency": "USDT", "chain": "trx", "amount": "5"}
    arrived = control(played.send, "/deposits", asked).json()
    deposit = Thing("deposit", arrived["deposit_id"])
    assert played.things(deposit.id) == [deposit]
    body = b'{"clientOid":"mine-1","currency":"USDT","amount":"7","type":"INTERNAL",'
    body += b'"fromAccountType":"MAIN","toAccountType":"TRADE"}'
    key = played.broker.key("alice", "API_COMMON", "API_TRANSFER")
    moved = played.broker.signed(key, "POST", "/api/v3/accounts/universal-transfer", body).json()["data"]["orderId"]
    assert played.things(moved) == played.things("mine-1") == [Thing("transfer", moved)]
    assert [move.kind for move in played.life(Thing("transfer", moved)).movements] == ["transfer_in", "transfer_out"]
    assert [move.kind for move in played.life(deposit).movements] == ["deposit"]


def test_a_secret_is_found_by_its_fingerprint_and_by_its_text(played: Played) -> None:
    """Codes, tokens of any generation, secrets of keys and of clients, with and without the kind before the digits."""
    old = played.tokens["access_token"]
    played.broker.refresh(played.tokens["refresh_token"])
    consent, key = played.consent, played.world.api_keys[played.key.api_key]
    current = tokens.encode(played.world, consent, "refresh")
    secrets = {
        ("code", consent.code): Thing("code", consent.code, consent.id),
        ("access_token", old): Thing("access_token", old, consent.id),
        ("refresh_token", current): Thing("refresh_token", current, consent.id),
        ("api_secret", key.secret): Thing("api_key", key.api_key),
        ("passphrase", key.passphrase): Thing("api_key", key.api_key),
        ("client_secret", "demo-secret"): Thing("client", "demo-broker"),
    }
    for (kind, secret), thing in secrets.items():
        digits = fingerprint(kind, secret)
        assert thing in played.things(digits)
        assert thing in played.things(digits.partition(":")[2])
        assert played.things(f"totp_secret:{digits.partition(':')[2]}") == []
    for text, kind in ((consent.code, "code"), (old, "access_token"), (current, "refresh_token")):
        assert [thing.kind for thing in played.things(text)] == [kind]
    assert played.things(old[:-2]) == []


def test_the_name_of_a_secret_is_its_fingerprint(played: Played) -> None:
    """What a page shows and links to never is a code or a token."""
    for text in (played.code, played.tokens["access_token"]):
        (thing,) = played.things(text)
        assert thing.name == fingerprint(thing.kind, text)
        assert played.things(thing.name) == [thing]


# --- lives
def test_the_life_of_a_withdrawal(played: Played) -> None:
    """It has the call that made it with both clocks, what is held, when it settles, and whose it is."""
    thing = Thing("withdrawal", played.withdrawal)
    life = played.life(thing)
    (made,) = life.moments
    assert (made.business, made.wall, made.entry, made.outcome) == (START, START, 5, "OK")
    assert made.text == "accepted: 111.5 USDT held"
    assert [(event.kind.value, event.at) for event in life.events] == [("settlement", START + 600_000)]
    assert [move.kind for move in life.movements] == ["hold"]
    owners = {("user", "alice"), ("api_key", played.key.api_key), ("client", "demo-broker")}
    assert {(one.kind, one.id) for one in life.related} == owners
    control(played.send, "/clock/advance", {"by": "11m"})
    life = played.life(thing)
    assert [moment.text for moment in life.moments] == ["accepted: 111.5 USDT held", "SUCCESS"]
    assert life.moments[1].business == START + 600_000
    assert life.events == ()
    assert [move.kind for move in life.movements] == ["debit", "hold"]
    assert life.movements[0].parts[1].steps[0].formula == "100 x 10 %"


def test_what_is_gone_has_a_life_in_the_ring(played: Played) -> None:
    """A transaction that was answered is in no table; its life is what the ring still has, with its last row."""
    life = played.life(Thing("transaction", played.transaction))
    assert life.gone
    assert life.row.payment.currency == "USDT"
    assert [moment.entry for moment in life.moments] == [4, 5]
    assert life.events == ()
    assert played.life(Thing("transaction", "0" * 24)).row is None


def test_the_life_of_a_consent_and_of_its_tokens(played: Played) -> None:
    """A consent was granted and exchanged; it has both expiries ahead, and each token has its own."""
    consent = played.consent
    life = played.life(Thing("consent", consent.id))
    assert [moment.text for moment in life.moments[:2]] == [
        "alice granted it to demo-broker",
        "the code was exchanged",
    ]
    assert [moment.entry for moment in life.moments] == [1, 2, 3]
    assert [event.kind.value for event in life.events] == ["access_token_expiry", "refresh_token_expiry"]
    (access,) = played.things(played.tokens["access_token"])
    assert [event.kind.value for event in played.life(access).events] == ["access_token_expiry"]
    assert Thing("code", consent.code, consent.id) in life.related


def test_calls_that_touched_a_thing(played: Played) -> None:
    """A user's and a client's are all of theirs; a key's are those signed with it and the one that made it."""
    assert played.numbers(Thing("user", "alice")) == [1, 2, 3, 4, 5]
    assert played.numbers(Thing("client", "demo-broker")) == [1, 2, 3, 4, 5]
    assert played.numbers(Thing("user", "bob")) == []
    assert played.numbers(Thing("api_key", played.key.api_key)) == [3, 4, 5]
    (code,) = played.things(played.code)
    assert played.numbers(code) == [1, 2]
    (access,) = played.things(played.tokens["access_token"])
    assert played.numbers(access) == [2, 3]
    played.broker.exchange(played.code)
    assert played.numbers(Thing("rule", "H06/code")) == played.numbers(Thing("reason", "CODE_USED")) == [6]
    assert played.numbers(Thing("rule", "s8.2/headers")) == []
    assert played.numbers(Thing("entry", "6")) == [6]


def test_a_superseded_token_still_leads_to_its_consent(played: Played) -> None:
    """A refused call with a token of an earlier generation is one of the consent's calls."""
    played.broker.refresh(played.tokens["refresh_token"])
    played.broker.add_key(played.tokens["access_token"])
    played.broker.refresh(played.tokens["refresh_token"])
    assert played.numbers(Thing("consent", played.consent.id)) == [1, 2, 3, 6, 7, 8]


def test_the_events_of_one_thing_are_those_of_all(played: Played) -> None:
    """The events of single rows are the very events that the clock's calls list."""
    world = played.world
    every = events.pending(world, START, "alice")
    assert sorted(played.life(Thing("user", "alice")).events, key=str) == sorted(every, key=str)
    assert len(every) >= 3


def test_the_movements_of_one_cause_are_those_of_the_ledger(played: Played) -> None:
    """A withdrawal that was paid to another user, and one that failed: the ledger has the same movements."""
    played.broker.withdraw(
        played.key, {"currency": "USDT", "address": "200000002", "amount": "9", "withdrawType": "UID"}
    )
    control(played.send, f"/withdrawals/{played.withdrawal}/fail", None)
    control(played.send, "/clock/advance", {"by": "11m"})
    world = played.world
    for withdrawal in world.withdrawals.values():
        of_one = ledger.of_withdrawal(world, withdrawal)
        assert of_one == [move for move in ledger.movements(world) if move.of == withdrawal.id]
        assert len(of_one) == 2


# --- cost
def crowd(users: int, consents: int) -> World:
    """A world with many users and consents."""
    world = DEMO
    for number in range(users):
        world = with_user(world, User(f"u{number}", 500_000_000 + number))
    for number in range(consents):
        row = Consent(
            f"{number:024x}", "demo-broker", f"u{number % users}", (), False, False, "", f"c{number}", START - number
        )
        world = with_consent(world, row)
    return world


def test_a_search_has_a_bounded_number_of_steps() -> None:
    """What is not there costs as many steps in a world of three times the size, and each kind of row has its bound."""
    journal = Journal()
    counts = {}
    for size in (MOST_ROWS, 3 * MOST_ROWS):
        world = crowd(size, size)
        for text in ("nobody", "00000000", "u1"):
            counts[size, text] = sum(1 for _ in search(world, journal, text))
    assert [counts[MOST_ROWS, text] for text in ("nobody", "00000000", "u1")] == [
        counts[3 * MOST_ROWS, text] for text in ("nobody", "00000000", "u1")
    ]
    assert counts[MOST_ROWS, "nobody"] == 0
    assert counts[MOST_ROWS, "00000000"] < 8 * MOST_ROWS


def test_a_life_shows_a_bounded_number_of_things() -> None:
    """Of many consents of a user and a client, the newest are shown."""
    world = crowd(1, 3 * MOST)
    for thing in (Thing("user", "u0"), Thing("client", "demo-broker")):
        life = life_of(world, START, thing)
        assert sum(one.kind == "consent" for one in life.related) == MOST
        assert len(life.events) <= MOST


def test_the_walk_through_a_ring_is_one_step_an_entry(played: Played) -> None:
    """The calls of a thing cost one step for each entry of the ring, and `before` goes on where a page ended."""
    for _ in range(20):
        played.send("GET", "/api/v1/timestamp")
    steps = [*touching(played.journal, played.world, Thing("user", "alice"))]
    assert len(steps) == played.journal.last == 25
    older = [entry.number for entry in touching(played.journal, played.world, Thing("user", "alice"), 4) if entry]
    assert older == [3, 2, 1]


def test_an_id_that_was_minted_here_says_its_kind(played: Played) -> None:
    """A row that is gone is still a withdrawal or a key by its id; a code's id stays a text like any other."""
    control(played.send, f"/api-keys/{played.key.api_key}", None)
    played.send("DELETE", f"/_sim/v1/api-keys/{played.key.api_key}")
    assert played.things(played.key.api_key) == [Thing("api_key", played.key.api_key)]
    life = played.life(Thing("api_key", played.key.api_key))
    assert (life.gone, life.row.user) == (True, "alice")
    world = replace(played.world, step=1000)
    names = {kind: mint.Mint(world, START).object_id(kind) for kind in ("code", "deposit", "transfer")}
    found_kinds = {kind: [one.kind for one in distinct(search(world, Journal(), name))] for kind, name in names.items()}
    assert found_kinds == {"code": [], "deposit": ["deposit"], "transfer": []}


def test_a_deleted_user_and_client_are_found_by_their_calls(played: Played) -> None:
    """Who is in no table any more has a life as long as the ring has calls of theirs, with the last row."""
    control(played.send, "/clock/advance", {"by": "11m"})
    assert played.send("DELETE", "/_sim/v1/clients/demo-broker").status == 200
    assert played.send("DELETE", "/_sim/v1/users/alice").status == 200
    for kind, name in (("user", "alice"), ("client", "demo-broker")):
        (thing,) = played.things(name)
        assert (thing.kind, thing.id) == (kind, name)
        life = played.life(thing)
        assert (life.gone, life.row.key) == (True, name)
        assert [moment.entry for moment in life.moments if moment.entry] == [1, 2, 3, 4, 5]
        assert (life.events, life.movements) == ((), ())
