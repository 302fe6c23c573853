"""H62: regular expressions of a scenario, and those that are not taken since they could keep the exchange busy."""

from __future__ import annotations

import re

import pytest
from support.backtracking import letters_looked_at
from support.scenario_texts import FILE, problems

from simulator.core.funds.payments import LONGEST_TEXT
from simulator.scenario.format.patterns import LONGEST, pattern


@pytest.mark.parametrize(
    "text",
    [
        "",
        "^0x[0-9a-fA-F]{40}$",
        "a+b*",
        "a*a*|b*b*",
        "(a|b)c?",
        "(?:ab)+",
        "(ab){3}(cd){2,2}",
        "(a{3}){4}",
        "(a?)?",
        r"\d+\.\d+",
        r"\[[^\]]+\]",
        r"[*+?|(){}]{3}",
        "x" * LONGEST,
    ],
)
def test_taken(text: str) -> None:
    """Sets, groups, alternatives and up to two parts of varying length in a row are taken as they stand."""
    assert pattern(text) == text


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("x" * (LONGEST + 1), "must not be longer than 300 characters"),
        ("a*b*c*", "has 3 parts of varying length in a row"),
        ("a?b?c?d?", "has 4 parts"),
        ("a{1,9}b{2,}c+?", "has 3 parts"),
        ("(a|b)(c|d)(e|f)", "has 3 parts"),
        ("(a*b*)c*", "has 3 parts"),
        ("x|(a+|b+)c+d", "has 3 parts"),
        ("(a+)+", "repeats a group whose own length varies"),
        ("(?:a|a)*", "repeats a group"),
        ("(a|a){30}", "repeats a group"),
        ("((a?)b){2}", "repeats a group"),
        ("(?=a)b", "has a group with (?=a"),
        ("(?P<x>a)(?P=x)", "has a group with (?P<"),
        ("(?i)a", "has a group with (?i)"),
        (r"(a)\1", r"refers to a group with \1"),
        ("[[a]", "has a set with a [ in it"),
        ("[a", "has a set with a [ in it, that begins with a ] or never ends"),
        ("[]a]", "that begins with a ]"),
        ("[^](]*[^](]*[^](]*x", "that begins with a ]"),
        ("(?:){99}", "repeats what takes up no text"),
        ("(((){99}){99}){99}", "repeats what takes up no text"),
        (r"(?:(?:^\b$){99}){99}", "repeats what takes up no text"),
        ("(?:a{0}){99}", "repeats what takes up no text"),
        ("(){99,}", "repeats what takes up no text"),
        ("(a", "is no regular expression: missing )"),
        ("+a", "is no regular expression: nothing to repeat"),
        ("[z-a]", "is no regular expression: bad character range z-a"),
        ("a{99999999999}", "is no regular expression: "),
    ],
)
def test_not_taken(text: str, why: str) -> None:
    """What is broken, refers back, looks ahead, or may backtrack for ever is refused with the reason."""
    with pytest.raises(ValueError, match=re.escape(why)):
        pattern(text)


@pytest.mark.parametrize("text", ["a*a*b", "(?:a|a)a*b", "a?a*b", "[ab]*[ab]*b|[ab]{9,}a*c", "a{2,}a{2,}b"])
def test_the_worst_that_is_taken_ends(text: str) -> None:
    """On a text that nearly matches, a taken pattern has about four times the work if the text is twice as long."""
    few, many = (letters_looked_at(pattern(text), "a" * length) for length in (50, 100))
    assert many < 5 * few
    assert not re.fullmatch(text, "a" * LONGEST_TEXT)


def test_one_that_would_not_end_is_seen() -> None:
    """The count tells apart a pattern that is not taken: twice the text is eight times the work, or nearly."""
    few, many = (letters_looked_at("a*a*a*b", "a" * length) for length in (50, 100))
    assert many > 7 * few


def test_a_broken_pattern_is_told_at_its_place() -> None:
    """Line and column of the expression, and what is wrong with it, like any other value."""
    text = """\
given:
  currencies:
    USDT: {chains: {trx: {address_pattern: "T(", memo_pattern: "(a+)+"}}}
"""
    assert problems(text) == [
        (
            f"{FILE}:5:44: given.currencies.USDT.chains.trx.address_pattern: is no regular expression: missing ),"
            " unterminated subpattern at position 1"
        ),
        f"{FILE}:5:64: given.currencies.USDT.chains.trx.memo_pattern: repeats a group whose own length varies",
    ]
