"""`choices:`: every answer to a hole of the page can be given another value in YAML."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

import pytest
from msgspec.structs import fields, replace
from support.scenario_texts import FILE, problems, situation, unknown_key

from simulator.core.choices import DEFAULTS, After, Choices, Polls
from simulator.core.spec import DAY
from simulator.scenario.format.shapes import OneOf
from simulator.scenario.keys.choices import CHOICES

WORDS: Final = {
    name: next(word for word in key.shape.values if word != getattr(DEFAULTS, name))
    for name, key in CHOICES.keys.items()
    if isinstance(key.shape, OneOf)
}
"""Switch with a closed list of answers -> one that is not the default."""
OTHERWISE: Final[dict[str, tuple[str, Any]]] = {
    **{name: (word, word) for name, word in WORDS.items()},
    "unpublished_code": ("'012345'", "012345"),
    "refresh_encoding": ("[json]", ("json",)),
    "refresh_grant_types": ("[authorization_code, refresh_token]", ("authorization_code", "refresh_token")),
    "authorization_code_lifetime": ("90s", 90_000),
    "api_key_limit": ("3", 3),
    "transaction_lifetime": ("1h", 3_600_000),
    "verification_attempts": ("1", 1),
    "settlement": ("{after: 10m}", After(600_000)),
    "amount_cap_24h": ("'1000.5'", Decimal("1000.5")),
    "confirmation_time": ("10s", 10_000),
    "broker_commission_rate": ("0.25", Decimal("0.25")),
    "rebate_delay": ("90s", 90_000),
}
"""Switch -> (what a scenario writes, what it means)."""


@pytest.mark.parametrize("field", [field.name for field in fields(Choices)])
def test_every_switch_can_be_set_from_yaml(field: str) -> None:
    """A scenario sets this switch to another value than its default and changes no other."""
    text, value = OTHERWISE[field]
    assert getattr(DEFAULTS, field) != value
    assert situation(f"choices: {{{field}: {text}}}\ngiven: {{}}\n").world.choices == replace(
        DEFAULTS, **{field: value}
    )


def test_all_switches_can_be_set_together() -> None:
    """No switch gets in another's way."""
    lines = "".join(f"  {name}: {text}\n" for name, (text, _) in OTHERWISE.items())
    expected = Choices(**{name: value for name, (_, value) in OTHERWISE.items()})
    assert situation(f"choices:\n{lines}given: {{}}\n").world.choices == expected


@pytest.mark.parametrize(
    ("text", "value"), [("immediate", "immediate"), ("manual", "manual"), ("{polls: 3}", Polls(3))]
)
def test_settlement_is_said_in_several_ways(text: str, value: object) -> None:
    """Settlement is at once, after a time, after some lookups, or by hand."""
    assert situation(f"choices: {{settlement: {text}}}\ngiven: {{}}\n").world.choices.settlement == value


@pytest.mark.parametrize("field", [field.name for field in fields(Choices) if field.name != "unpublished_code"])
def test_a_switch_has_a_closed_list_of_answers(field: str) -> None:
    """A word that is no answer is refused, with the place."""
    found = problems(f"choices:\n  {field}: perhaps\ngiven: {{}}\n")
    assert [line.partition(" expected")[0] for line in found] == [f"{FILE}:4:{len(field) + 5}: choices.{field}:"]


def test_a_switch_that_does_not_exist_is_refused() -> None:
    """A misspelt switch is named with the one that was meant."""
    assert problems("choices: {client_secrets: required}\ngiven: {}\n") == [
        f"{FILE}:3:11: choices.client_secrets: {unknown_key(CHOICES, 'client_secret')}"
    ]


def test_a_duration_ends_before_dates_do() -> None:
    """Ten thousand years, less a little, is the longest: whatever is due can be told, and carried to another server."""
    text = "choices: {{confirmation_time: {}}}\ngiven: {{}}\n"
    assert situation(text.format("3650000d")).world.choices.confirmation_time == 3_650_000 * DAY
    [problem] = problems(text.format("3650000d1ms"))
    assert problem.endswith("choices.confirmation_time: must not be longer than 3650000d")
