"""KuCoin's own samples of answers, out of the tests that its SDK is installed with."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

GENERATED: Final = "kucoin_universal_sdk.generate"
EMPTY: Final[tuple[object, ...]] = (None, "", [], {})


@cache
def samples(part: str) -> Mapping[str, Any]:
    """The `data` of the sample answer of each method, by its name. `part`: such as `spot.order`."""
    spec = find_spec(f"{GENERATED}.{part}.api_{part.rpartition('.')[2]}_test")
    assert spec is not None
    assert spec.origin is not None
    tree = ast.parse(Path(spec.origin).read_text(encoding="utf-8"))
    functions = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))
    return {
        function.name.removeprefix("test_").removesuffix("_resp_model"): json.loads(_text(function))["data"]
        for function in functions
        if function.name.endswith("_resp_model")
    }


def _text(function: ast.FunctionDef) -> str:
    """What the function assigns to `data`."""
    [text] = [
        node.value.value
        for node in ast.walk(function)
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
    ]
    return text


def lacks(sample: Any, answer: Any, path: str = "data") -> Iterator[str]:
    """What is empty, or of another JSON type, in an answer where the sample has a value.

    Rows of lists are compared one by one; what the sample has more of, with the last row of the answer.
    """
    if sample in EMPTY:
        return
    if answer in EMPTY:
        yield f"{path} is empty, the sample has {sample!r}"
    elif type(sample) is not type(answer):
        yield f"{path} is {answer!r}, the sample has {sample!r}"
    elif isinstance(sample, dict):
        for name, value in sample.items():
            yield from lacks(value, answer.get(name), f"{path}.{name}")
    elif isinstance(sample, list):
        for number, row in enumerate(sample):
            yield from lacks(row, answer[min(number, len(answer) - 1)], f"{path}[{number}]")
