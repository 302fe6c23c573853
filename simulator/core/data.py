"""What the data of an answer is made of: classes of fields, declared once for the encoder and for the OpenAPI document.

A class has KuCoin's names, made of ours by `rename`, in KuCoin's order. A field that has a default never has another
value, unless the default is `UNSET`: such a field can be absent. What a type cannot say stands in a `Meta` of msgspec.
"""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from simulator.core.value import Value


class Data(Value, frozen=True, rename="camel"):
    """The fields of an answer's data, or of a row in it."""


def words(*names: str) -> Meta:
    """Marks a text that is one of these."""
    return Meta(extra_json_schema={"enum": list(names)})


Name = Annotated[str, Meta(min_length=1)]
"""A text that is never empty."""
Amount = Annotated[str, Meta(pattern=r"^-?[0-9]+(\.[0-9]+)?$")]
"""A decimal number as text, such as `money.plain` writes it."""
Digits = Annotated[str, Meta(pattern="^[0-9]+$")]
"""A whole number as text."""
Count = Annotated[int, Meta(ge=0)]
Milliseconds = Annotated[
    int, Meta(description="Milliseconds since 1970-01-01 UTC", extra_json_schema={"format": "int64"})
]
NoRows = Annotated[tuple[object, ...], Meta(max_length=0)]
"""A list of what is not simulated."""
