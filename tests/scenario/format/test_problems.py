"""Problems of a scenario: all at once, each with its place, and nothing of the file is applied."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from support.scenario_texts import FILE, problems, problems_of, unknown_key

from simulator.core.quoting import COST, MOST_COMPARED
from simulator.scenario.format.reader import suggestion
from simulator.scenario.keys.people import CLIENT, USER
from simulator.scenario.keys.scenario import SCENARIO
from simulator.scenario.loader import builtin, load, read
from simulator.scenario.text.nodes import MOST_PROBLEMS, ScenarioError

BROKEN = """\
verson: 1
name: here
clock: {mode: freezed, start: noon}
choices:
  client_secret: requird
  api_key_limit: many
given:
  clients:
    one: {redirect_uris: nowhere, redirect_uri: /cb}
  users:
    ann: {uid: x, emial: a@b, factor_sets: [[GAV, GAVE]], balances: {USTD: 1}}
    ben: {frozen: yes, api_keys: -1, balances: [1]}
  currencies:
    USDT: {default_chain: ethereum, chains: {trx: {confirms: some}}}
    NEW: {}
"""


def test_every_problem_is_told_at_once_with_its_place() -> None:
    """One reading finds everything: line, column, path, what is wrong and what was probably meant."""
    assert problems_of(BROKEN) == [
        f"{FILE}:1:1: version: is missing",
        f"{FILE}:1:1: verson: {unknown_key(SCENARIO, 'version')}",
        (
            f"{FILE}:3:15: clock.mode: expected one of real, offset, frozen, scaled, found 'freezed'"
            " (did you mean frozen?)"
        ),
        f"{FILE}:3:31: clock.start: expected a time such as 2026-06-01T00:00:00Z, found 'noon'",
        (
            f"{FILE}:5:18: choices.client_secret: expected one of optional, required, found 'requird'"
            " (did you mean required?)"
        ),
        f"{FILE}:6:18: choices.api_key_limit: expected a whole number, found 'many'",
        f"{FILE}:9:26: given.clients.one.redirect_uris: expected a list, found 'nowhere'",
        f"{FILE}:9:35: given.clients.one.redirect_uri: {unknown_key(CLIENT, 'redirect_uris')}",
        f"{FILE}:11:16: given.users.ann.uid: expected a whole number, found 'x'",
        f"{FILE}:11:19: given.users.ann.emial: {unknown_key(USER, 'email')}",
        (
            f"{FILE}:11:51: given.users.ann.factor_sets[0][1]: expected one of GAV, EMV, SMS, found 'GAVE'"
            " (did you mean GAV?)"
        ),
        (
            f"{FILE}:11:70: given.users.ann.balances.USTD: unknown currency USTD; there are BTC, ETH, KCS, NEW,"
            " SOL, TON, TRX, USDC, USDT, XRP (did you mean USDT?)"
        ),
        f"{FILE}:12:19: given.users.ben.frozen: expected true or false, found 'yes'",
        f"{FILE}:12:34: given.users.ben.api_keys: expected at_limit, a whole number or a list of keys, found '-1'",
        f"{FILE}:12:48: given.users.ben.balances: expected a mapping, found a list",
        (
            f"{FILE}:14:27: given.currencies.USDT.default_chain: 'ethereum' is none of its chains, which are"
            " arbitrum, bsc, eth, kcc, optimism, sol, ton, trx"
        ),
        f"{FILE}:14:62: given.currencies.USDT.chains.trx.confirms: expected a whole number, found 'some'",
        f"{FILE}:15:5: given.currencies.NEW: has no price; the service fee (s9) needs one in given.prices_usdt.NEW",
        f"{FILE}:15:10: given.currencies.NEW.chains: is missing",
    ]


@pytest.mark.parametrize("text", ["", "# nothing but a comment\n", "~\n", "{}\n"])
def test_an_empty_scenario_misses_what_is_compulsory(text: str) -> None:
    """Version, name and given are compulsory, and all three are named."""
    place = "2" if text.startswith("#") else "1"
    assert [problem.replace(f"{FILE}:{place}:1", f"{FILE}:1:1") for problem in problems_of(text)] == [
        f"{FILE}:1:1: given: is missing",
        f"{FILE}:1:1: name: is missing",
        f"{FILE}:1:1: version: is missing",
    ]


@pytest.mark.parametrize(("text", "kind"), [("- a\n", "a list"), ("word\n", "'word'")])
def test_a_scenario_is_a_mapping(text: str, kind: str) -> None:
    """Another kind of document is named for what it is."""
    assert f"{FILE}:1:1: expected a mapping, found {kind}" in problems_of(text)


@pytest.mark.parametrize("version", ["2", "1.0", "one", "'01'"])
def test_another_version_is_refused(version: str) -> None:
    """Only version 1 is read."""
    [problem] = problems_of(f"version: {version}\nname: here\ngiven: {{}}\n")
    assert problem.startswith(f"{FILE}:1:10: version: expected one of 1, found ")


def test_a_key_that_stands_twice_is_refused_at_every_depth() -> None:
    """No value wins in silence: the second key is a problem that points at the first."""
    users = "  users:\n    ann: {uid: 1, uid: 2}\n    ann: {}\n"
    text = f"seed: 1\nseed: 2\ngiven:\n{users}  observed_ip: 192.0.2.1\n  observed_ip: 192.0.2.2\n"
    assert problems(text) == [
        f"{FILE}:4:1: seed: is repeated; first on line 3",
        f"{FILE}:7:19: given.users.ann.uid: is repeated; first on line 7",
        f"{FILE}:8:5: given.users.ann: is repeated; first on line 7",
        f"{FILE}:10:3: given.observed_ip: is repeated; first on line 9",
    ]


def test_a_key_must_be_a_word() -> None:
    """A list or a mapping is no key."""
    assert problems("given: {users: {[ann]: {}, {b: c}: {}}}\n") == [
        f"{FILE}:3:17: given.users: a key must be a word, found a list",
        f"{FILE}:3:28: given.users: a key must be a word, found a mapping",
    ]


def test_two_users_cannot_be_the_same_person() -> None:
    """uid, e-mail in any case, phone and deposit address each name one user."""
    assert problems(
        """\
given:
  currencies: {USDT: {chains: {trx: {}}}}
  users:
    ann: {uid: 1, email: A@x.test, phone: "+1", deposit_addresses: {trx: T}}
    ben: {uid: 1, email: a@X.test, phone: "+1", deposit_addresses: {trx: T}}
"""
    ) == [
        f"{FILE}:7:16: given.users.ben.uid: 1 is ann's already",
        f"{FILE}:7:26: given.users.ben.email: a@x.test is ann's already",
        f"{FILE}:7:43: given.users.ben.phone: +1 is ann's already",
        f"{FILE}:7:74: given.users.ben.deposit_addresses.trx: trx:T is ann's already",
    ]


def test_what_a_user_owns_must_exist() -> None:
    """A currency or a chain that no currency has is an error wherever it is named."""
    there = "there are ETH, KCS, SOL, TRX, USDC, USDT, XRP"
    assert problems(
        """\
given:
  prices_usdt: {DOGE: 1}
  currencies: {BTC: null, TON: null}
  users: {ann: {trade: {BTC: 1}, address_book: {tron: [T]}, deposit_addresses: {btcln: 0x}}}
"""
    ) == [
        f"{FILE}:4:17: given.prices_usdt.DOGE: unknown currency DOGE; {there}",
        f"{FILE}:6:25: given.users.ann.trade.BTC: unknown currency BTC; {there}",
        (
            f"{FILE}:6:49: given.users.ann.address_book.tron: unknown chain tron; the currencies have arbitrum, bsc,"
            " eth, kcc, optimism, sol, ton, trx, xrp (did you mean ton?)"
        ),
        (
            f"{FILE}:6:81: given.users.ann.deposit_addresses.btcln: unknown chain btcln; the currencies have arbitrum,"
            " bsc, eth, kcc, optimism, sol, ton, trx, xrp"
        ),
    ]


def test_a_redirect_uri_is_a_uri_or_a_path() -> None:
    """Anything else could never be matched."""
    assert problems("given: {clients: {one: {redirect_uris: [localhost/cb]}}}\n") == [
        (
            f"{FILE}:3:41: given.clients.one.redirect_uris[0]: 'localhost/cb' is neither a URL,"
            " such as http://localhost:3000/callback, nor a path"
        )
    ]


@pytest.mark.parametrize("secret", ["abc", "A" * 16, "a" * 24, "A" * 23 + "1", "A" * 25])
def test_a_secret_that_no_authenticator_takes_is_refused(secret: str) -> None:
    """`totp_secret` is base32, a multiple of 8 digits, at least 24: with fewer no authenticator would work."""
    [problem] = problems(f"given: {{users: {{ann: {{totp_secret: {secret}}}}}}}\n")
    assert problem.startswith(f"{FILE}:3:36: given.users.ann.totp_secret: expected base32 digits")


def test_no_currency_is_finer_than_money_can_be() -> None:
    """Precisions end at 18 places, on the currency and on the chain."""
    lines = problems("given: {currencies: {USDT: {precision: 19, chains: {trx: {withdraw_precision: 19}}}}}\n")
    assert [re.sub(r":\d+:\d+", "", line) for line in lines] == [
        f"{FILE}: given.currencies.USDT.precision: must be at most 18",
        f"{FILE}: given.currencies.USDT.chains.trx.withdraw_precision: must be at most 18",
    ]


def test_a_delay_of_settlement_says_how_long() -> None:
    """`settlement: {}` and a misspelt key are errors, not the default."""
    assert problems("choices: {settlement: {}}\ngiven: {}\n") == [
        f"{FILE}:3:23: choices.settlement: must have at least one of after, polls"
    ]
    assert problems("choices: {settlement: {aftr: 3s}}\ngiven: {}\n") == [
        f"{FILE}:3:23: choices.settlement: must have at least one of after, polls",
        f"{FILE}:3:24: choices.settlement.aftr: unknown key (did you mean after?); known: after, polls",
    ]


def test_a_file_that_is_not_there_is_a_problem_with_a_place(tmp_path: Path) -> None:
    """A missing file and a folder are told like any other problem."""
    (tmp_path / "folder.yaml").mkdir()
    for path in (tmp_path / "none.yaml", tmp_path / "folder.yaml"):
        with pytest.raises(ScenarioError) as caught:
            load(str(path))
        [problem] = caught.value.problems
        assert (problem.file, problem.line, problem.column) == (str(path), 1, 1)
        assert problem.message.startswith("cannot be read: ")


def test_a_file_that_is_not_utf8_is_a_problem(tmp_path: Path) -> None:
    """Latin-1 is told, not guessed."""
    file = tmp_path / "latin.yaml"
    file.write_bytes(b"version: 1\nname: caf\xe9\ngiven: {}\n")
    with pytest.raises(ScenarioError, match="cannot be read"):
        load(str(file))


@pytest.mark.parametrize(
    ("name", "meant"), [("demmo", "demo"), ("../demo", "demo"), ("", ""), ("..", ""), ("/etc/passwd/demo", "")]
)
def test_a_name_that_is_not_built_in_names_those_that_are(name: str, meant: str) -> None:
    """An unknown name, also one that tries to leave the folder, is answered with the list."""
    with pytest.raises(ScenarioError) as caught:
        load(name)
    [problem] = caught.value.problems
    assert (problem.file, problem.line, problem.column, problem.path) == (name, 1, 1, "")
    hint = f" (did you mean {meant}?)" if meant else ""
    names = ", ".join(path.stem for path in builtin())
    assert problem.message == f"no such file, and no built-in scenario of that name{hint}; built in: {names}"


def test_a_scenario_is_found_by_file_and_by_name(tmp_path: Path) -> None:
    """A path and the name of a built-in one both work, and a seed given beside it wins over the file's."""
    file = tmp_path / "mine.yml"
    file.write_text("version: 1\nname: mine\nseed: 3\ngiven: {}\n", encoding="utf-8")
    assert (load(str(file)).name, load(str(file)).world.seed, load(str(file), seed=9).world.seed) == ("mine", 3, 9)
    assert load().name == load("demo").name == "demo"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("given: {observed_ip: nonsense}", "expected an IP address such as 203.0.113.7"),
        ("given: {clients: {a: {ip_allowlist: {oauth: [127.0.0.0/8]}}}}", "no network, no name"),
        ("given: {clients: {a: {redirect_uris: ['http://a/#f']}}}", "has a fragment"),
        ("given: {prices_usdt: {USDT: '2'}}", "3:29: given.prices_usdt.USDT: is 1"),
        (
            "given: {prices_usdt: {BTC: 0.0}, currencies: {BTC: {chains: {b: {}}}}}",
            "3:28: given.prices_usdt.BTC: must be more than zero",
        ),
        ("given: {users: {'': {}}}", "3:17: given.users: a name must not be empty"),
        ("given: {currencies: {NEW: {chains: {}}}}", "3:36: given.currencies.NEW.chains: must not be empty"),
        (
            "given: {clients: {a: {redirect_uris: ['/a b']}}}",
            "3:39: given.clients.a.redirect_uris[0]: '/a b' is neither",
        ),
        ("given: {}\nchoices: {verification_attempts: 0}", "must be at least 1"),
        ("given: {}\nchoices: {refresh_encoding: []}", "must name at least one of form, json"),
        ("given: {}\nchoices: {unpublished_code: ''}", "expected digits such as 999999"),
        ("given: {}\nchoices: {settlement: later}", "expected immediate, manual, {after: 10m} or {polls: 3}"),
    ],
)
def test_values_that_mean_nothing_are_refused(text: str, problem: str) -> None:
    """What would quietly do something else is named."""
    with pytest.raises(ScenarioError, match=re.escape(problem)):
        read(f"version: 1\nname: a\n{text}\n", FILE)


@pytest.mark.parametrize(
    "lines",
    [
        "".join(f"key{number}: 1\n" for number in range(300)),
        "expect:\n" + "  - {operation: withdraw, user: nobody, exactly: 1}\n" * 300,
        "name: again\n" * 300,
    ],
    ids=["unknown keys", "unknown users", "repeated keys"],
)
def test_so_many_problems_are_told_and_no_more(lines: str) -> None:
    """A text of nothing but mistakes holds nobody up: the first hundred are told, and that there are more."""
    told = problems(f"given: {{}}\n{lines}")
    assert len(told) == MOST_PROBLEMS + 1
    assert told[-1].endswith(": more than 100 problems; the others are not listed")


def test_a_word_is_compared_with_so_many_names_and_no_more() -> None:
    """Among very many names none is suggested that stands far behind."""
    names = [f"{number:09}" for number in range(MOST_COMPARED // (9 + COST))]
    assert suggestion("alise", [*names[1:], "alice"]) == " (did you mean alice?)"
    assert suggestion("alise", [*names, "alice"]) == ""
