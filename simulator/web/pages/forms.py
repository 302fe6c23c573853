"""The forms that our pages post. Pages store nothing: each form holds all that the next step needs."""

from __future__ import annotations

from typing import Final, NamedTuple
from urllib.parse import parse_qs

from simulator.core.refusals import Reason, Refusal
from simulator.messages import Request
from simulator.web.endpoints.decode import FORM, media_type
from simulator.web.endpoints.wire_refusals import refusal

MAXIMUM_FIELDS: Final = 100


class FormError(Exception):
    """The form cannot be read; `args[0]` says why. `refusal` is the reason for the journal, if there is one."""

    def __init__(self, detail: str, refusal: Refusal | None = None) -> None:
        super().__init__(detail)
        self.refusal = refusal


class PageForm(NamedTuple):
    """Fields by name, each with all its values."""

    fields: dict[str, list[str]]

    def one(self, name: str, default: str | None = None) -> str:
        """The value of a field. Raises `FormError` if the field is missing or repeated."""
        values = self.fields.get(name, [] if default is None else [default])
        if len(values) != 1:
            raise FormError(f"The form must have the field {name} once; it has it {len(values)} times.")
        return values[0]

    def word(self, name: str, *words: str) -> str:
        """The value of a field that must be one of these words. Raises `FormError`."""
        value = self.one(name)
        if value not in words:
            raise FormError(f"The form's field {name} must be {' or '.join(words)}.")
        return value


def read_form(request: Request) -> PageForm:
    """The form in the body. Raises `FormError`."""
    kind = media_type(request)
    if kind != FORM:
        wrong = refusal(Reason.UNSUPPORTED_MEDIA_TYPE, FORM, kind or "absent")
        raise FormError(f"A page's form is sent as {FORM}; this body is {kind or 'of no type'}.", wrong)
    try:
        body = request.body.decode()
        return PageForm(parse_qs(body, keep_blank_values=True, errors="strict", max_num_fields=MAXIMUM_FIELDS))
    except UnicodeDecodeError as error:
        raise FormError("The form is not UTF-8.", refusal(Reason.BODY_NOT_UTF8, "UTF-8", str(error))) from None
    except ValueError:
        raise FormError(f"The form has more than {MAXIMUM_FIELDS} fields.") from None
