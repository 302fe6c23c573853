"""The JSON Schema and the reader are two readings of one declaration: they agree."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from support.editor_yaml import as_texts, edited
from support.scenario_texts import CAST, FILE, HEAD

from simulator.scenario.format.shapes import Either, Key, List, Names, Record, Shape, Tagged
from simulator.scenario.keys.json_schema import schema
from simulator.scenario.keys.scenario import SCENARIO
from simulator.scenario.loader import builtin, read
from simulator.scenario.text.nodes import ScenarioError

VALIDATOR = Draft202012Validator(schema())


def accepted(text: str) -> bool:
    """Whether the reader takes it."""
    try:
        read(text, FILE)
    except ScenarioError:
        return False
    return True


def test_the_schema_is_one() -> None:
    """The schema is valid by its own dialect and knows no key but those that are declared."""
    Draft202012Validator.check_schema(schema())
    assert list(schema()["properties"]) == list(SCENARIO.keys)
    assert schema()["required"] == ["version", "name"]


def _keys(shape: Shape) -> Iterator[tuple[str, Key]]:
    if isinstance(shape, Record):
        for name, key in shape.keys.items():
            yield name, key
            yield from _keys(key.shape)
    elif isinstance(shape, List | Names):
        yield from _keys(shape.of)
    elif isinstance(shape, Either):
        yield from (pair for part in (shape.items, shape.entries) if part for pair in _keys(part))
    elif isinstance(shape, Tagged):
        yield from (pair for variant in shape.variants.values() for pair in _keys(variant))


def test_every_key_says_what_it_means() -> None:
    """Each key has a description of one line, which an editor shows."""
    keys = list(_keys(SCENARIO))
    assert len(keys) > 90
    assert [name for name, key in keys if not key.description or "\n" in key.description] == []


def _objects(part: Any) -> Iterator[dict[str, Any]]:
    if isinstance(part, dict):
        if part.get("type") == "object":
            yield part
        for inner in part.values():
            yield from _objects(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from _objects(inner)


def test_every_object_is_closed() -> None:
    """No mapping takes keys that are not declared: it is closed, or its names are the user's own."""
    objects = list(_objects(schema()))
    assert len(objects) > 20
    assert [each for each in objects if each["additionalProperties"] is not False and "propertyNames" not in each] == []


@pytest.mark.parametrize("path", builtin(), ids=lambda path: path.stem)
def test_every_shipped_scenario_is_valid(path: Any) -> None:
    """What is shipped is right in an editor, read as an editor reads YAML, and with every scalar a string."""
    text = path.read_text(encoding="utf-8")
    assert [error.message for error in VALIDATOR.iter_errors(edited(text))] == []
    as_text = as_texts(text)
    assert [error.message for error in VALIDATOR.iter_errors(as_text)] == []


GOOD = HEAD + CAST
EVERYTHING = f"""\
{GOOD}  observed_ip: 2001:db8::1
  currencies: {{BTC: {{precision: 8, chains: {{btc: {{withdrawal_min_size: 0.001, need_tag: false}}}}}}}}
  prices_usdt: {{BTC: 60000.5}}
seed: 010
description:
clock: {{mode: frozen, start: 2026-06-01T00:00:00Z, wall_offset: -30s}}
choices: {{settlement: {{after: 10m}}, unpublished_code: 900000, verification_attempts: 2, amount_cap_24h: 5000}}
login: {{mode: queue, logins: [{{user: ann, grant: [API_SPOT], addressbook_only: true}}, {{user: ben}}]}}
faults:
- {{operation: withdraw, user: ann, match: {{isInner: true, amount: {{at_least: 5}}}}, times: 1, refuse: USER_FROZEN}}
- {{operation: withdraw, respond: {{status: 502, headers: {{x-n: 5}}, body: 5}}, delay: 3s}}
- {{operation: withdraw, refuse: {{reason: PARAMETER_INVALID, field: amount, problem: x}}, network: ~}}
expect: [{{operation: withdraw, outcome: OK, at_least: 1, at_most: 2}}, {{fact: violations, exactly: 0}}]
"""


@pytest.mark.parametrize(
    "text",
    [
        GOOD,
        EVERYTHING,
        "version: '1'\nname: 5\ngiven: {}\n",
        "version: 1\nname: true\nextends: demo\n",
        "version: 1\nname: x\nextends: demo\ngiven: {users: {alice: ~, bob: {email: ~, trade: {USDT: 5}}}}\nlogin: ~\n",
        GOOD + "login: {mode: auto, user: ann, grant: ~}\n",
        GOOD + "login: {mode: page}\nchoices: {settlement: manual, api_key_limit: ~}\n",
    ],
)
def test_both_take_what_is_right(text: str) -> None:
    """A good scenario is good for the schema and for the reader, whatever YAML makes of its scalars."""
    assert [error.message for error in VALIDATOR.iter_errors(edited(text))] == []
    assert accepted(text)


@pytest.mark.parametrize(
    "text",
    [
        "- a\n",
        "~\n",
        "name: x\ngiven: {}\n",
        "version: 1\ngiven: {}\n",
        "version: 1\nname: x\n",
        "version: 1\nname: x\ngiven: ~\n",
        "version: ~\nname: x\ngiven: {}\n",
        "version: 2\nname: x\ngiven: {}\n",
        "version: 1\nname: [x]\ngiven: {}\n",
        "version: 1\nname: x\nextends: a/b\n",
        "version: 1\nname: x\nextends: demo.yaml\n",
        "version: 1\nname: x\nextends: ..\n",
        *(
            GOOD + line
            for line in (
                "unknown: 1\n",
                "seed: -1\n",
                "seed: 1.5\n",
                "seed: many\n",
                "clock: {mode: freezed}\n",
                "clock: {start: noon}\n",
                "clock: {start: 2026-06-01}\n",
                "clock: {wall_offset: +30s}\n",
                "clock: {wall_offset: 30}\n",
                "clock: []\n",
                "choices: {client_secret: maybe}\n",
                "choices: {client_secret: [required]}\n",
                "choices: {refresh_encoding: json}\n",
                "choices: {refresh_encoding: []}\n",
                "choices: {refresh_encoding: [xml]}\n",
                "choices: {verification_attempts: 0}\n",
                "choices: {transaction_lifetime: 10}\n",
                "choices: {transaction_lifetime: ''}\n",
                "choices: {settlement: later}\n",
                "choices: {settlement: {aftr: 1s}}\n",
                "choices: {amount_cap_24h: -5}\n",
                "choices: {unpublished_code: abc}\n",
                "login: auto\n",
                "login: {mode: other}\n",
                "login: {mode: page, user: ann}\n",
                "login: {mode: queue, logins: [{}]}\n",
                "login: {mode: queue, logins: [{user: ann, decision: maybe}]}\n",
                "login: {mode: auto, user: ann, logins: []}\n",
                "faults: {}\n",
                "faults: [{delay: 1s}]\n",
                "faults: [{operation: withdraw}]\n",
                "faults: [{operation: withdraw, network: ~}]\n",
                "faults: [{operation: pay, delay: 1s}]\n",
                "faults: [{operation: withdraw, network: reset, refuse: USER_FROZEN}]\n",
                "faults: [{operation: withdraw, respond: {status: 500}, refuse: USER_FROZEN}]\n",
                "faults: [{operation: withdraw, respond: {status: 700}}]\n",
                "faults: [{operation: withdraw, respond: {body: x}}]\n",
                "faults: [{operation: withdraw, respond: {status: 500, headers: {'a b': c}}}]\n",
                'faults: [{operation: withdraw, respond: {status: 500, headers: {a: "b\\nc"}}}]\n',
                "faults: [{operation: withdraw, refuse: NOT_A_REASON}]\n",
                "faults: [{operation: withdraw, refuse: {field: x}}]\n",
                "faults: [{operation: withdraw, delay: 1s, times: 0}]\n",
                "faults: [{operation: withdraw, delay: 1s, at: later}]\n",
                "faults: [{operation: withdraw, delay: 1s, match: {amount: {}}}]\n",
                "faults: [{operation: withdraw, delay: 1s, match: {amount: [1]}}]\n",
                "faults: [{operation: withdraw, delay: 1s, match: {amount: ~}}]\n",
                "expect: [{exactly: 1}]\n",
                "expect: [{operation: withdraw}]\n",
                "expect: [{operation: withdraw, fact: violations, exactly: 1}]\n",
                "expect: [{operation: withdraw, exactly: 1, at_most: 1}]\n",
                "expect: [{fact: violation, exactly: 1}]\n",
                "expect: [{outcome: FINE, exactly: 1}]\n",
                "expect: [{outcome: OK, exactly: -1}]\n",
                "expect: [[]]\n",
            )
        ),
        *(
            f"{HEAD}given: {{{inner}}}\n"
            for inner in (
                "users: []",
                "users: {'': {}}",
                "users: {ann: {emial: x}}",
                "users: {ann: {uid: x}}",
                "users: {ann: {email: [x]}}",
                "users: {ann: {frozen: 1}}",
                "users: {ann: {frozen: yes}}",
                "users: {ann: {factor_sets: [GAV]}}",
                "users: {ann: {factor_sets: [[XYZ]]}}",
                "users: {ann: {totp_secret: abc}}",
                "users: {ann: {balances: {USDT: -1}}}",
                "users: {ann: {balances: {USDT: '1e3'}}}",
                "users: {ann: {balances: [1]}}",
                "users: {ann: {address_book: {trx: T}}}",
                "users: {ann: {api_keys: limit}}",
                "users: {ann: {api_keys: [{key: k, secret: s, passphrase: p}]}}",
                "users: {ann: {api_keys: [{key: k l, secret: s, passphrase: p, groups: []}]}}",
                "clients: {a: {redirect_uris: /cb}}",
                "clients: {a: {redirect_uris: [cb]}}",
                "clients: {a: {redirect_uris: ['/cb#x']}}",
                "clients: {a: {redirect_uris: [~]}}",
                "clients: {a: {ip_allowlist: {oauth: [127.0.0.0/8]}}}",
                "clients: {a: {ip_allowlist: {both: []}}}",
                "clients: {a: {site: moon}}",
                "clients: {a: word}",
                "currencies: {A: {precision: 19, chains: {a: {}}}}",
                "currencies: {A: {chains: {a: {confirms: some}}}}",
                "observed_ip: here",
                "prices_usdt: {BTC: much}",
            )
        ),
    ],
)
def test_both_refuse_what_is_broken(text: str) -> None:
    """A broken scenario is broken for the schema and for the reader."""
    assert not VALIDATOR.is_valid(edited(text))
    assert not accepted(text)
