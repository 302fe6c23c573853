"""What people may see of an entry: our secrets as fingerprints, credentials that are not ours not at all.

A secret is known by its place (the header, parameter or field that carries it), by its form, or by its text, for
secrets end up in strange places. What was found in its place is then hidden wherever else the entry has it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote, unquote_plus

from simulator.core import mint, signature
from simulator.evidence.bodies import Members, read_json, written
from simulator.evidence.known import IDENTIFIER, SHAPE, SHORTEST, Known, fingerprint

if TYPE_CHECKING:
    from simulator.core.world import World
    from simulator.evidence.journal import Entry

NOT_OURS: Final = "(not ours)"
SECRETIVE: Final = re.compile(
    r"secret|passw|passphrase|token|apikey|credential|signature|authorization|cookie|privatekey|assertion|verifier"
    r"|^(?:sign|otp|factorvalue|code|kcapisign|kcapipartnersign)$"
)
"""Names, in lower case and without `-` and `_`, under which a credential is carried."""
SUSPECT: Final = re.compile(
    r"secret|pass|token|key|credential|sign|authorization|cookie|assertion|verifier|otp|factor|code", re.IGNORECASE
)
"""What a text has that may hold such a name."""
HARMLESS: Final = {"tokentype", "kcapikeyversion", "apikeyversion"}
PLAIN_WORDS: Final = {"transactionid", "factortype"}
"""What stands beside the one-time codes in `validation` (s8.2)."""
NAME: Final = re.compile(r"""(?<![\w-])([\w-]{1,64})\\*["']?\s*[=:]\s*\\*["']?""")
VALUE: Final = re.compile(r"""(?:(?:bearer|basic)\s+)?[^\s"'&,;{}\[\]\\]+""", re.IGNORECASE)
"""A name and its value within a text: in a link, in JSON that was written twice, in what was to be JSON."""
READABLE: Final = ("json", "form-urlencoded", "text/plain")
"""Kinds of bodies that are shown; of any other only the size is told, for nobody knows where a secret stands in it."""
MOST_PAIRS: Final = 500
"""Pairs of a query or a form that are shown."""
ESCAPED: Final = re.compile(r"\\u00([0-9a-f]{2})", re.IGNORECASE)
STEP: Final = 30
"""Seconds for which an authenticator shows a code (RFC 6238)."""
LONGEST: Final = 65_536
"""Characters of any one text that are shown."""
LAYERS: Final = 3
"""How often a text is percent-decoded in search of a secret: once a redirect URI within a redirect URI."""


def bared(name: str) -> str:
    """The name in lower case, without `-` and `_`."""
    return name.lower().replace("-", "").replace("_", "")


@lru_cache(maxsize=1024)
def secretive(name: str) -> bool:
    """Whether what goes by that name is a credential."""
    bare = bared(name)
    return bare not in HARMLESS and SECRETIVE.search(bare) is not None


class Redactor:
    """Hides what is secret in one entry. `show` = our own secrets stay as they are; others' never do."""

    def __init__(self, known: Known, entry: Entry, *, show: bool = False) -> None:
        self._known, self._show = known, show
        self._world: World = entry.after
        self._literals: dict[str, str | None] = dict(known.odd)
        """Texts to look for, and what each is; None = it is not ours."""
        self._identifiers: set[str] = set()
        self._key_is_ours = self._meet(entry)
        self._ordered: list[str] | None = None
        self._entry = entry
        self.sent(entry.request.path)  # what is found in its place must be known before anything is shown
        self.request_parts()

    def _meet(self, entry: Entry) -> bool:
        """Get to know whom the entry is about: their key, their one-time codes, their accounts."""
        world, user = entry.after, entry.outcome.subject.user
        key = world.api_keys.get(entry.request.header(b"kc-api-key") or "")
        made = [world.api_keys.get(name) for table, name in world.touched or () if table == "api_keys"]
        for each in made:  # also by a call that is only tried out
            if each:
                self._literals |= {each.secret: "api_secret", each.passphrase: "passphrase"}
        if key:
            signed = signature.signed_passphrase(key.secret, key.passphrase)
            self._literals |= {signed: "signed_passphrase", key.secret: "api_secret", key.passphrase: "passphrase"}
        for side in (entry.before, entry.after):
            for message in side.message_box(user).messages:
                self._literals[message.code] = "otp"
        found = world.users.get(user)
        if found:
            step = entry.outcome.now.wall // 1000 // STEP
            self._literals |= dict.fromkeys(_authenticator_codes(found.totp_secret, step), "otp")
            accounts = world.wallet(user).accounts
            self._identifiers = {mint.account_id(world, user, each.type, each.currency) for each in accounts}
        return key is not None

    def request_parts(self) -> tuple[list[tuple[str, str]], str, str]:
        """Headers, query and body of the request."""
        request = self._entry.request
        body = self._body(request.body, request.header(b"content-type") or "")
        return self._headers(request.headers.items()), self._pairs(request.query), body

    def answer_parts(self) -> tuple[list[tuple[str, str]], str]:
        """Headers and body of the answer."""
        answer = self._entry.answer
        body = self._body(answer.body, answer.content_type.decode("latin-1"), answer=True)
        return self._headers(answer.head if answer.status else ()), body

    # --- texts
    def text(self, text: str) -> str:
        """A text in which anything may stand."""
        if len(text) < SHORTEST and text.isascii():
            return text
        text = text[: LONGEST + 4096]
        hidden = self._hidden(text)
        if "%" in text:
            plain = text
            for _ in range(LAYERS):
                plain = unquote(plain)
            found = self._hidden(plain)
            hidden = found if found != plain else hidden
        return (hidden if hidden.isascii() else hidden.encode(errors="replace").decode())[:LONGEST]

    def sent(self, text: str) -> str:
        """A text that a client wrote: it may hold names with values, percent-encoded or not."""
        plain = text[: LONGEST + 4096]
        for _ in range(LAYERS if "%" in plain else 0):
            plain = unquote(plain)
        found = self._loosely(plain)
        return self.text(text if found == plain else found)

    def _loosely(self, text: str) -> str:
        if not SUSPECT.search(text):
            return text
        parts, done = [], 0
        for found in NAME.finditer(text):
            value = VALUE.match(text, found.end()) if secretive(found[1]) and found.start() >= done else None
            if value:
                parts += [text[done : value.start()], self.named(found[1], value[0])]
                done = value.end()
        return "".join([*parts, text[done:]])

    def _hidden(self, text: str) -> str:
        if self._ordered is None:
            self._ordered = sorted(self._literals, key=len, reverse=True)
        for literal in self._ordered:
            if literal in text:
                text = text.replace(literal, self._said(literal, self._literals[literal]))
        mark = mint.workspace_mark(self._world.workspace)
        if mark in text:
            text = _marked(mark).sub(lambda found: self._shaped(found[0], "id"), text)
        return SHAPE.sub(lambda found: self._shaped(found[0], found.lastgroup or ""), text)

    def _shaped(self, text: str, shape: str) -> str:
        """A text that looks like a credential."""
        if text in self._identifiers:
            return text
        bare = text.rstrip(".")
        return self._said(bare, self._kind(bare, shape)) + text[len(bare) :]

    def _kind(self, text: str, shape: str) -> str | None:
        """What a text is; a signature is ours if it came with a key of ours, for only its secret can make one."""
        kind = self._known.kind(text, self._world)
        return "signature" if kind is None and shape == "signature" and self._key_is_ours else kind

    def _said(self, text: str, kind: str | None) -> str:
        if kind is None:
            return NOT_OURS
        return text if kind == IDENTIFIER or self._show else fingerprint(kind, text)

    def named(self, name: str, value: str) -> str:
        """The value that a name carries."""
        if not secretive(name):
            return self.sent(value)
        scheme, _, token = value.strip().partition(" ")
        if token and "authorization" in name.lower() and scheme.lower() in ("bearer", "basic"):
            return f"{scheme} {self.secret(token.strip())}"
        return self.secret(value)

    def secret(self, value: str) -> str:
        """A text that stands where a credential stands."""
        if not value or value in self._identifiers:
            return value
        if value in self._literals:
            return self._said(value, self._literals[value])
        shape = SHAPE.fullmatch(value)
        kind = self._kind(value, (shape.lastgroup or "") if shape else "")
        if kind != IDENTIFIER and len(value) >= SHORTEST:
            self._literals[value] = kind
            self._ordered = None
        return self._said(value, kind)

    def otp(self, value: str) -> str:
        """A one-time code of ours."""
        return self._said(value, "otp")

    def data(self, value: Any) -> Any:
        """JSON data: objects, lists, texts; what else it holds stays as it is."""
        if isinstance(value, dict):
            return {self.text(name): self.data(each) for name, each in value.items()}
        if isinstance(value, list | tuple):
            return [*map(self.data, value)]
        return self.text(value) if isinstance(value, str) else value

    # --- requests and answers
    def _headers(self, headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[str, str]]:
        pairs = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in headers]
        return [(self.text(name), self.named(name, value)) for name, value in pairs]

    def _pairs(self, raw: str) -> str:
        """A query or a form; a pair without a secret stays as it was written."""
        pairs = raw[: 2 * LONGEST].split("&")
        more = [f"({len(pairs) - MOST_PAIRS} more)"] if len(pairs) > MOST_PAIRS else []
        return "&".join([*map(self._pair, pairs[:MOST_PAIRS]), *more])[:LONGEST]

    def _pair(self, raw: str) -> str:
        name, equals, value = raw.partition("=")
        plain_name, plain = unquote_plus(name), unquote_plus(value)
        shown_name, shown = self.text(plain_name), self.named(plain_name, plain)
        if (shown_name, shown) == (plain_name, plain):
            return raw
        return f"{shown_name}{equals}{shown}"

    def _body(self, body: bytes, content_type: str, *, answer: bool = False) -> str:
        kind = content_type.partition(";")[0].strip().lower()
        if not body:
            return ""
        if kind and not any(each in kind for each in READABLE):
            what = "a page of " if kind == "text/html" else ""
            return f"({what}{len(body)} bytes)"
        try:
            text = body.decode()
        except UnicodeDecodeError:
            return f"({len(body)} bytes that are no UTF-8)"
        try:
            value = read_json(text)
        except ValueError:
            return self._pairs(text) if "form" in kind else self._broken(text)
        shown = self._member("", value, inside=False, answer=answer)
        return text if shown == value else written(shown)[: 2 * LONGEST]

    def _member(self, name: str, value: Any, *, inside: bool, answer: bool) -> Any:
        """What a field holds. `inside` = it is part of a credential, or of a `validation` with its one-time codes."""
        bare = bared(name)
        if isinstance(value, Members):
            inside = inside or bare == "validation" or (secretive(name) and not answer)
            return Members(
                (self.text(key), self._member(key, each, inside=inside, answer=answer)) for key, each in value
            )
        if isinstance(value, list):
            return [self._member(name, each, inside=inside or bare == "validation", answer=answer) for each in value]
        if not isinstance(value, str):
            return value
        if bare == "validation" or (inside and bare not in PLAIN_WORDS):
            shown = self.secret(value)
        else:
            shown = self.text(value) if answer and (bare == "code" or not secretive(name)) else self.named(name, value)
        return value if shown == value else shown

    def _broken(self, text: str) -> str:
        """A text that was to be JSON and is not."""
        return self.sent(ESCAPED.sub(lambda found: chr(int(found[1], 16)), text[: 2 * LONGEST]))


def _marked(mark: str) -> re.Pattern[str]:
    """ObjectIds of a workspace, also within longer runs of digits."""
    return re.compile(rf"[0-9a-f]{{8}}{mark}[0-9a-f]{{6}}", re.IGNORECASE)


@lru_cache(maxsize=1024)
def _authenticator_codes(secret: str, step: int) -> tuple[str, ...]:
    """What an authenticator shows, what it showed before, and what it will show next."""
    from pyotp import TOTP

    totp = TOTP(secret, interval=STEP)
    return tuple(totp.at((step + drift) * STEP) for drift in (-1, 0, 1))
