"""The redaction of an entry: our secrets are shown as fingerprints, other credentials are not shown at all.

A secret is recognized by its place (the header, parameter or field that carries it), by its form, or by its text,
because secrets end up in unexpected places. A secret that is found in its place is hidden everywhere in the entry.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote_plus

from simulator.core import mint
from simulator.core.gateway import signature
from simulator.evidence.credential_names import NAME, PLAIN_WORDS, VALUE, bared, may_name, secretive
from simulator.evidence.encodings import decoded, unescaped
from simulator.evidence.json_as_written import TooDeepError, mapped, read_json, written
from simulator.evidence.secrets import IDENTIFIER, SHAPE, SHORTEST, KnownSecrets, fingerprint

if TYPE_CHECKING:
    from simulator.core.world import World
    from simulator.evidence.journal import Entry

NOT_OURS: Final = "(not ours)"
READABLE: Final = ("json", "form-urlencoded", "text/plain")
"""Content types of bodies that are shown. Of other bodies only the size is shown, because a secret may be anywhere."""
MOST_PAIRS: Final = 500
"""Name-value pairs of a query or a form that are shown."""
MOST_SECRETS: Final = 64
"""Credentials that one entry may carry. Each is searched for in every text of it; with more, no text is shown."""
CROWDED: Final = f"(not shown: the call carries more than {MOST_SECRETS} credentials)"
TOO_DEEP: Final = "nested too deeply to show"
TOO_ENCODED: Final = "(not shown: percent-encoded too often)"
STEP: Final = 30
"""Seconds during which an authenticator shows a code (RFC 6238)."""
LONGEST: Final = 65_536
"""Characters of one text that are shown."""
LEAST_MARGIN: Final = 100
"""Characters at the end of a cut text that are not shown, because a secret may begin there."""


class Redactor:
    """Hides the secrets of one entry. `show` = our own secrets stay as they are; other credentials never do."""

    def __init__(self, known_secrets: KnownSecrets, entry: Entry, *, show: bool = False) -> None:
        self._known, self._show = known_secrets, show
        self._world: World = entry.after
        self._literals: dict[str, str | None] = dict(known_secrets.odd)
        """Texts to search for, and the kind of each; None = not ours."""
        self._identifiers: set[str] = set()
        self._carried = 0
        """How many credentials have been found in the entry."""
        self._key_is_ours = self._meet(entry)
        self._ordered: list[str] | None = None
        self._entry = entry
        self._meeting = True
        """True while the entry is searched for credentials: all must be known before a text is shown."""
        self.sent(entry.request.path)
        self.request_parts()
        self._meeting = False

    def _meet(self, entry: Entry) -> bool:
        """Learn the secrets of the entry's user and key; return True if the key of the request is ours."""
        world, user = entry.after, entry.outcome.subject.user
        key = world.api_keys.get(entry.request.header(b"kc-api-key") or "")
        new_keys = [world.api_keys.get(name) for table, name in world.touched or () if table == "api_keys"]
        for new_key in new_keys:  # also of a call that was only tried out
            if new_key:
                self._literals |= {new_key.secret: "api_secret", new_key.passphrase: "passphrase"}
        if key:
            signed = signature.signed_passphrase(key.secret, key.passphrase)
            self._literals |= {signed: "signed_passphrase", key.secret: "api_secret", key.passphrase: "passphrase"}
        for world_then in (entry.before, entry.after):
            for message in world_then.message_box(user).messages:
                self._literals[message.code] = "otp"
        user_row = world.users.get(user)
        if user_row:
            from simulator.core.stream.message import user_id  # a start without a feed needs nothing of it

            step = entry.outcome.now.wall // 1000 // STEP
            self._literals |= dict.fromkeys(_authenticator_codes(user_row.totp_secret, step), "otp")
            accounts = world.wallet(user).accounts
            self._identifiers = {mint.account_id(world, user, account.type, account.currency) for account in accounts}
            self._identifiers.add(user_id(world, user))
        return key is not None

    def request_parts(self) -> tuple[list[tuple[str, str]], str, str]:
        """Headers, query and body of the request, redacted."""
        request = self._entry.request
        body = self._body(request.body, request.header(b"content-type") or "")
        return self._headers(request.headers.items()), self._pairs(request.query), body

    def answer_parts(self) -> tuple[list[tuple[str, str]], str]:
        """Headers and body of the answer, redacted."""
        answer = self._entry.answer
        body = self._body(answer.body, answer.content_type.decode("latin-1"), answer=True)
        return self._headers(answer.head if answer.status else ()), body

    # --- texts
    def text(self, text: str, most: int = LONGEST) -> str:
        """Up to `most` characters of any text, redacted."""
        if self._meeting or (len(text) < SHORTEST and text.isascii()):
            return text
        if self._carried > MOST_SECRETS:
            return CROWDED
        margin = max([LEAST_MARGIN, *map(len, self._longest_first()[:1])])
        whole = len(text) <= most + margin
        text = text if whole else text[: most + margin]
        hidden = self._hidden(text)
        plain = decoded(text)
        if plain is None:
            return TOO_ENCODED
        if plain is not text:
            hidden_plain = self._hidden(plain)
            hidden = hidden_plain if hidden_plain != plain else hidden
        hidden = hidden if whole else hidden[:-margin]
        return (hidden if hidden.isascii() else hidden.encode(errors="replace").decode())[:most]

    def sent(self, text: str, most: int = LONGEST) -> str:
        """Up to `most` characters of a client's text, redacted: it may hold names with values, encoded or not."""
        if text.isascii() and text.isalnum() and len(text) < SHORTEST:
            return text
        plain = decoded(text)
        if plain is None:
            return TOO_ENCODED
        cleaned = self._loosely(plain)
        return self.text(text if cleaned == plain else cleaned, most)

    def _loosely(self, text: str) -> str:
        if not may_name(text):
            return text
        parts, done = [], 0
        for label in NAME.finditer(text):
            value = VALUE.match(text, label.end()) if secretive(label[1]) and label.start() >= done else None
            if value:
                parts += [text[done : value.start()], self.named(label[1], value[0])]
                done = value.end()
        return "".join([*parts, text[done:]])

    def _longest_first(self) -> list[str]:
        """The texts to search for, the longest first; none is so short that it would be everywhere."""
        if self._ordered is None:
            long = (literal for literal in self._literals if len(literal) >= SHORTEST)
            self._ordered = sorted(long, key=len, reverse=True)
        return self._ordered

    def _hidden(self, text: str) -> str:
        for literal in self._longest_first():
            if literal in text:
                text = text.replace(literal, self._masked(literal, self._literals[literal]))
        mark = mint.workspace_mark(self._world.workspace)
        if mark in text:
            text = _marked(mark).sub(lambda match: self._shaped(match[0], "id"), text)
        return SHAPE.sub(lambda match: self._shaped(match[0], match.lastgroup or ""), text)

    def _shaped(self, text: str, shape: str) -> str:
        """What to show in place of a text that has the form of a credential."""
        if text in self._identifiers:
            return text
        bare = text.rstrip(".")
        return self._masked(bare, self._kind(bare, shape)) + text[len(bare) :]

    def _kind(self, text: str, shape: str) -> str | None:
        """The kind of a text. A signature that came with a key of ours is ours: only its secret can make one."""
        kind = self._known.kind(text, self._world)
        return "signature" if kind is None and shape == "signature" and self._key_is_ours else kind

    def _masked(self, text: str, kind: str | None) -> str:
        if kind is None:
            return NOT_OURS
        return text if kind == IDENTIFIER or self._show else fingerprint(kind, text)

    def named(self, name: str, value: str) -> str:
        """The value of a named header, parameter or field, redacted."""
        if not secretive(name):
            return self.sent(value)
        scheme, _, token = value.strip().partition(" ")
        if token and "authorization" in name.lower() and scheme.lower() in ("bearer", "basic"):
            return f"{scheme} {self.secret(token.strip())}"
        return self.secret(value)

    def secret(self, value: str) -> str:
        """What to show of a credential."""
        if not value or value in self._identifiers:
            return value
        if value in self._literals:
            return self._masked(value, self._literals[value])
        shape = SHAPE.fullmatch(value)
        kind = self._kind(value, (shape.lastgroup or "") if shape else "")
        if kind != IDENTIFIER and len(value) >= SHORTEST:
            self._carried += 1
            if self._carried <= MOST_SECRETS:
                self._literals[value] = kind
                self._ordered = None
        return self._masked(value, kind)

    def otp(self, value: str) -> str:
        """What to show of a one-time code of ours."""
        return self._masked(value, "otp")

    def data(self, value: Any) -> Any:
        """JSON data with its texts redacted; numbers, booleans and null stay as they are."""
        if isinstance(value, dict):
            return {self.text(name): self.data(item) for name, item in value.items()}
        if isinstance(value, list | tuple):
            return [*map(self.data, value)]
        return self.text(value) if isinstance(value, str) else value

    # --- requests and answers
    def _headers(self, headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[str, str]]:
        pairs = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in headers]
        return [(self.text(name), self.named(name, value)) for name, value in pairs]

    def _pairs(self, raw: str) -> str:
        """A query or a form, redacted; a pair without a secret stays as it was written."""
        pairs = raw[: 2 * LONGEST].split("&")
        more = [f"({len(pairs) - MOST_PAIRS} more)"] if len(pairs) > MOST_PAIRS else []
        return "&".join([*map(self._pair, pairs[:MOST_PAIRS]), *more])[:LONGEST]

    def _pair(self, raw: str) -> str:
        name, equals, value = raw.partition("=")
        plain_name, plain = unquote_plus(name), unquote_plus(value)
        shown_name, masked = self.text(plain_name), self.named(plain_name, plain)
        if (shown_name, masked) == (plain_name, plain):
            return raw
        return f"{shown_name}{equals}{masked}"

    def _body(self, body: bytes, content_type: str, *, answer: bool = False) -> str:
        kind = content_type.partition(";")[0].strip().lower()
        if not body:
            return ""
        if kind and not any(readable in kind for readable in READABLE):
            what = "a page of " if kind == "text/html" else ""
            return f"({what}{len(body)} bytes)"
        try:
            text = body.decode()
        except UnicodeDecodeError:
            return f"({len(body)} bytes that are no UTF-8)"
        try:
            value = read_json(text)
        except TooDeepError:
            return f"({len(body)} bytes of JSON, {TOO_DEEP})"
        except ValueError:
            return self._pairs(text) if "form" in kind else self._broken(text)
        masked, changed = mapped(
            value,
            self.text,
            partial(self._leaf, answer=answer),
            lambda name, keyed: bared(name) == "validation" or (keyed and secretive(name) and not answer),
        )
        return written(masked)[: 2 * LONGEST] if changed else text

    def _leaf(self, name: str, value: Any, inside: bool, *, answer: bool) -> Any:
        """A field's scalar value, redacted; the same object if there is nothing to hide.

        `inside` = the field is part of a credential, or of a `validation` with its one-time codes.
        """
        if not isinstance(value, str):
            return value
        bare, is_credential = bared(name), secretive(name)
        if (
            len(value) < SHORTEST
            and not (inside or is_credential or bare == "validation")
            and value.isascii()
            and value.isalnum()
        ):
            return value  # too short and too plain to hold a secret
        if bare == "validation" or (inside and bare not in PLAIN_WORDS):
            masked = self.secret(value)
        else:
            masked = self.text(value) if answer and (bare == "code" or not is_credential) else self.named(name, value)
        return value if masked == value else masked

    def _broken(self, text: str) -> str:
        """A text that claims to be JSON and is not, redacted."""
        return self.sent(unescaped(text[: 2 * LONGEST]))


def _marked(mark: str) -> re.Pattern[str]:
    """The pattern of a workspace's ObjectIds, also within longer runs of digits."""
    return re.compile(rf"[0-9a-f]{{8}}{mark}[0-9a-f]{{6}}", re.IGNORECASE)


@lru_cache(maxsize=1024)
def _authenticator_codes(secret: str, step: int) -> tuple[str, ...]:
    """The previous, the current and the next code of an authenticator."""
    from pyotp import TOTP

    totp = TOTP(secret, interval=STEP)
    return tuple(totp.at((step + drift) * STEP) for drift in (-1, 0, 1))
