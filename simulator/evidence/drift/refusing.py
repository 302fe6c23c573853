"""Refusals of a recording: which of our reasons they are, by their code."""

from __future__ import annotations

from typing import Any

from simulator.core.refusals import Reason
from simulator.core.value import Value
from simulator.evidence.drift.declarations import Declarations, DeclaredCall, codes_of
from simulator.evidence.drift.matching import shape_text
from simulator.evidence.drift.shapes import DeclaredSchema, FieldShapes, Leaf


class Refused(Value, frozen=True):
    """A refusal: the reasons that have its code, and whether they are reasons of this call.

    `code` is the code if it is one of ours, else "". `code_text` says in words of ours what stands in its place.
    """

    reasons: tuple[Reason, ...]
    here: bool
    code: str
    code_text: str
    schema: DeclaredSchema
    same_text: bool


def refusal_of(declarations: Declarations, call: DeclaredCall, shape: FieldShapes) -> Refused | None:
    """The refusal that an answer is; None if it is a reply."""
    code, success = shape.known.get("code"), call.reply.get("properties", {}).get("code", {}).get("const")
    has_data = isinstance(shape.known.get("data"), FieldShapes) or "access_token" in shape.known
    if success is None:
        if has_data or not {"code", "error"} & shape.known.keys():
            return None
    elif code is None or (isinstance(code, Leaf) and code.word == success):
        return None
    word = code.word if isinstance(code, Leaf) else ""
    everywhere = declarations.reasons.get(word, ())
    here = tuple(reason for reason, schema in call.refusals.items() if word in codes_of(schema))
    if not everywhere and has_data:
        return None
    reasons = here or everywhere
    schema = call.refusals[here[0]] if here else next(iter(call.refusals.values()))
    code_text = "no code" if code is None else f"{shape_text(code)}, not shown"
    text = shape.known.get("msg")
    same_text = any(_fits(declarations, reason, text) for reason in reasons)
    return Refused(reasons, bool(here), word if reasons else "", code_text, schema, same_text)


def _fits(declarations: Declarations, reason: Reason, text: Any) -> bool:
    """True if a text is one that we give for a reason."""
    return isinstance(text, Leaf) and bool(declarations.texts[reason] & {text.word, *text.fits})
