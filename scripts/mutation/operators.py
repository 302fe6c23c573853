"""Which changes are made: some of cosmic-ray's operators, and four of its kind that it lacks.

cosmic-ray is told about the four as its documentation says, by a provider; here it is put in place by hand.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

import parso
from cosmic_ray import plugins
from cosmic_ray.operators.operator import Operator

Position = tuple[tuple[int, int], tuple[int, int]]


def called(node: Any) -> bool:
    """Whether the node is an expression that ends in a call."""
    return node.type in ("atom_expr", "power") and node.children[-1].get_code().lstrip().startswith("(")


class _Operator(Operator):
    """What the four share. They have no examples, which only cosmic-ray's own tests ask for."""

    def mutation_positions(self, node: Any) -> Iterator[Position]:
        if self.takes(node):
            yield node.start_pos, node.end_pos

    def takes(self, node: Any) -> bool:
        raise NotImplementedError

    @classmethod
    def examples(cls) -> tuple[()]:
        return ()


class OtherText(_Operator):
    """A text gets two letters more; an empty one gets two."""

    def takes(self, node: Any) -> bool:
        return node.type in ("string", "fstring_string")

    def mutate(self, node: Any, index: int) -> Any:
        quote = re.search(r"(\"\"\"|'''|\"|')$", node.value)
        end = len(node.value) - (len(quote[0]) if quote and node.type == "string" else 0)
        node.value = f"{node.value[:end]}XX{node.value[end:]}"
        return node


class DropStatement(_Operator):
    """A call whose result nobody keeps, or a raise, is left out."""

    def takes(self, node: Any) -> bool:
        return getattr(node.parent, "type", "") == "simple_stmt" and (node.type == "raise_stmt" or called(node))

    def mutate(self, node: Any, index: int) -> Any:
        return parso.parse(f"{node.get_first_leaf().prefix}pass").children[0]


class DropArgument(_Operator):
    """A keyword argument is left out, so that the default holds."""

    def takes(self, node: Any) -> bool:
        return (
            node.type == "argument"
            and node.children[1].get_code().strip() == "="
            and node.parent.type in ("arglist", "trailer")
        )

    def mutate(self, node: Any, index: int) -> Any:
        return parso.parse(f"{node.get_first_leaf().prefix}**{{}}").children[0]


class NotIn(_Operator):
    """`in` is `not in`, and the other way."""

    def takes(self, node: Any) -> bool:
        return getattr(node.parent, "type", "") == "comparison" and node.get_code().split() in (["in"], ["not", "in"])

    def mutate(self, node: Any, index: int) -> Any:
        other = " in" if node.type == "comp_op" else " not in"
        return parso.parse(other)


class Ours(dict[str, type[Operator]]):
    """The provider."""


plugins.OPERATOR_PROVIDERS["house"] = Ours(
    {operator.__name__: operator for operator in (OtherText, DropStatement, DropArgument, NotIn)}
)

_COMPARED: Final = (
    *("Lt_LtE", "LtE_Lt", "Gt_GtE", "GtE_Gt", "Eq_NotEq", "NotEq_Eq", "Is_IsNot", "IsNot_Is"),
    *("Lt_GtE", "LtE_Gt", "Gt_LtE", "GtE_Lt"),
)
_COMPUTED: Final = (
    *("Add_Sub", "Sub_Add", "Mul_FloorDiv", "Div_Mul", "FloorDiv_Mul", "Mod_Mul"),
    *("Pow_Mul", "BitOr_BitAnd", "BitAnd_BitOr", "BitXor_BitAnd", "LShift_RShift", "RShift_LShift"),
)
_OTHERS: Final = (
    *("AddNot", "ReplaceTrueWithFalse", "ReplaceFalseWithTrue", "ReplaceAndWithOr", "ReplaceOrWithAnd"),
    *("ReplaceBreakWithContinue", "ReplaceContinueWithBreak", "ExceptionReplacer", "NumberReplacer"),
    *("RemoveDecorator", "ZeroIterationForLoop", "ReplaceUnaryOperator_USub_UAdd", "ReplaceUnaryOperator_Delete_Not"),
)
OPERATORS: Final = (
    *(f"core/ReplaceComparisonOperator_{name}" for name in _COMPARED),
    *(f"core/ReplaceBinaryOperator_{name}" for name in _COMPUTED),
    *(f"core/{name}" for name in _OTHERS),
    *(f"house/{name}" for name in plugins.OPERATOR_PROVIDERS["house"]),
)
"""One change a place and kind. All of cosmic-ray's would be eleven for each `+`, most of which are type errors."""
