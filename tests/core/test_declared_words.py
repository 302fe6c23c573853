"""What is declared and read by no line of a rule: closed vocabularies, examples, and fields that never change.

A word or a value that changes shows as a line that changes in declared_words.txt, where a reviewer holds it against
KuCoin's reference.
"""

from __future__ import annotations

from collections.abc import Iterator

from support.declared_words import WRITTEN, words_of, written
from support.generated import OUTDATED

from simulator.core.account.ledgers import BIZ_TYPES, PROSE
from simulator.core.endpoint import Endpoint
from simulator.core.endpoints import ENDPOINTS
from simulator.scenario.built_in_symbols import BUILT_IN


def test_what_is_declared_is_written_down() -> None:
    """Closed vocabularies are KuCoin's words in KuCoin's spelling, and constant fields have KuCoin's values."""
    assert WRITTEN.read_text(encoding="utf-8") == written(), OUTDATED


def _wrong_examples(endpoint: Endpoint) -> Iterator[str]:
    """What is wrong with the example of a call."""
    parameters = {parameter.name: parameter for parameter in endpoint.parameters}
    for name, value in endpoint.example.items():
        if name not in parameters and name not in endpoint.fields and f"{{{name}}}" not in endpoint.path:
            yield f"{endpoint.name}: no parameter is named {name}"
        elif (words := words_of(parameters.get(name))) and value.lower() not in words.lower().split():
            yield f"{endpoint.name}: {name} is never {value}"
        elif name == "symbol" and "-" in value and value not in BUILT_IN:
            yield f"{endpoint.name}: there is no symbol {value}"


def test_every_example() -> None:
    """An example names parameters that there are, words that are allowed, and a symbol that a new world has."""
    assert [problem for endpoint in ENDPOINTS for problem in _wrong_examples(endpoint)] == []


def test_every_kind_of_business_haswords_of() -> None:
    """Each word of a ledger's `bizType` has what live answers say in its place, but the one of which there is none."""
    assert {*PROSE, "BROKER_TRANSFER"} == {*BIZ_TYPES}
