"""Printed JSON samples: mended where they are broken, and held against what is sent."""

from __future__ import annotations

import json
from typing import Any


def mended(printed: str, *mistakes: tuple[str, str]) -> Any:
    """A sample as the page prints it, with each of its mistakes in syntax put right."""
    for wrong, right in mistakes:
        assert printed.count(wrong) == 1, wrong
        printed = printed.replace(wrong, right)
    return json.loads(printed)


def differences(sample: Any, sent: Any, where: str = "answer") -> list[str]:
    """Where what was sent is built otherwise than the sample: names, their order, JSON types. Values may differ.

    A list is of the sample's first item's kind; an empty list may hold anything.
    """
    if type(sample) is not type(sent):
        return [f"{where} is {type(sent).__name__}, not {type(sample).__name__}"]
    if isinstance(sample, dict):
        if list(sample) != list(sent):
            return [f"{where} has {list(sent)}, not {list(sample)}"]
        return [text for name in sample for text in differences(sample[name], sent[name], f"{where}.{name}")]
    if isinstance(sample, list) and sample:
        if not sent:
            return [f"{where} is empty"]
        return [text for place, each in enumerate(sent) for text in differences(sample[0], each, f"{where}[{place}]")]
    return []
