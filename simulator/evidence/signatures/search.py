"""The search for the wrong recipe behind a signature. An HMAC cannot be inverted, so the usual mistakes are tried."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from hmac import digest as hmac_digest
from typing import Any, Final

from msgspec.structs import replace

from simulator.core.gateway.signature import signed_passphrase, targets
from simulator.core.value import Value
from simulator.evidence.signatures import mistakes as variants
from simulator.evidence.signatures.mistakes import Mistake

LONGEST_COMBINED: Final = 4_096
"""Up to this length, in bytes, two mistakes at once are tried; for a longer text each mistake is tried alone."""
AROUND: Final = 24
"""Characters before and after the first difference that are shown."""

Cover = Callable[[str], str]
"""Redacts a text."""


class Credentials(Value, frozen=True):
    """The credentials that a signature should be made with, and others that may have been confused with them.

    `others` are (name, description, text); `kin` are (user, secret, passphrase) of other keys.
    """

    secret: str
    passphrase: str
    api_key: str
    others: tuple[tuple[str, str, str], ...] = ()
    kin: tuple[tuple[str, str, str], ...] = ()


class Signed(Value, frozen=True):
    """What KC-API-SIGN covers, as it was sent. `prefix` = the part of the URL before the path (a workspace's name)."""

    method: str
    path: str
    query: str
    body: bytes
    timestamp: str
    host: str = ""
    workspace: str = "default"
    prefix: str = ""
    as_sent: bool = False
    """True if the percent-encoded query may be signed, too (H33)."""


class Recipe(Value, frozen=True):
    """How a text is made and signed: the parts, their order, the separator, the key, the hash."""

    parts: tuple[bytes, ...]
    order: tuple[int, ...]
    key: bytes
    separator: bytes = b""
    hash: str = "sha256"
    """A hash of HMAC, or a name of `variants.OTHER_HASHES`."""

    @property
    def text(self) -> bytes:
        """The text that is signed."""
        return self.separator.join([self.parts[place] for place in self.order])

    def changed(self, mistake: Mistake) -> Recipe:
        """The recipe with that mistake."""
        if isinstance(mistake.dimension, str):
            return replace(self, **{mistake.dimension: mistake.value})
        parts = (*self.parts[: mistake.dimension], mistake.value, *self.parts[mistake.dimension + 1 :])
        return replace(self, parts=parts)

    def value(self, dimension: int | str) -> Any:
        """The recipe's value in that dimension."""
        return getattr(self, dimension) if isinstance(dimension, str) else self.parts[dimension]

    def digest(self) -> bytes:
        """The bytes of the signature."""
        key, text = self.key, self.text
        match self.hash:
            case "unsigned":
                return text
            case "keyless":
                return hashlib.sha256(text).digest()
            case "secret-after":
                return hashlib.sha256(text + key).digest()
            case "secret-before":
                return hashlib.sha256(key + text).digest()
            case "swapped":
                return hmac_digest(text, key, "sha256")
            case _:
                return hmac_digest(key, text, self.hash)


class SearchResult(Value, frozen=True):
    """The result of a search: the names of the mistakes and of the spelling, a description, and both texts.

    No name = the signature is right. `signed` None = no recipe fits, and `tried` is the number of mistakes tried.
    """

    names: tuple[str, ...]
    says: str
    right: bytes
    signed: bytes | None
    tried: int = 0


def search(
    received: str, right: Recipe, mistakes: Iterable[Mistake], alternatives: Iterable[Recipe] = ()
) -> SearchResult:
    """The recipe that gives `received`: the right one, else with one mistake, else with two, in any spelling.

    `alternatives` are also right.
    """
    spellings = variants.spelled(received)
    tried = list(_distinct(right, mistakes))
    for recipe, used in _recipes(right, tried, alternatives) if spellings else ():
        spelling = spellings.get(recipe.digest())
        if spelling is not None:
            name, says = spelling
            names = [*(mistake.name for mistake in used), *([name] if says else [])]
            words = [*(mistake.says for mistake in used), *([says] if says else [])]
            return SearchResult(tuple(names), " and ".join(words), right.text, recipe.text)
    return SearchResult((), "", right.text, None, len(tried) + len(variants.SPELLINGS) - 1)


def _recipes(
    right: Recipe, mistakes: list[Mistake], alternatives: Iterable[Recipe]
) -> Iterator[tuple[Recipe, tuple[Mistake, ...]]]:
    for recipe in (right, *alternatives):
        yield recipe, ()
    for mistake in mistakes:
        yield right.changed(mistake), (mistake,)
    if len(right.text) > LONGEST_COMBINED:
        return
    combined = [mistake for mistake in mistakes if not mistake.lone]
    for place, one in enumerate(combined):
        once = right.changed(one)
        for other in combined[place + 1 :]:
            if one.dimension != other.dimension:
                yield once.changed(other), (one, other)


def _distinct(right: Recipe, mistakes: Iterable[Mistake]) -> Iterator[Mistake]:
    """The mistakes that change the recipe, each once: writing a body without spaces changes nothing if it has none."""
    tried_values: set[tuple[int | str, Any]] = set()
    for mistake in mistakes:
        place = (mistake.dimension, mistake.value)
        if place not in tried_values and right.value(mistake.dimension) != mistake.value:
            tried_values.add(place)
            yield mistake


def _keys(credentials: Credentials) -> Iterator[Mistake]:
    yield Mistake("passphrase-as-key", "the passphrase as the key", "key", credentials.passphrase.encode())
    signed = signed_passphrase(credentials.secret, credentials.passphrase).encode()
    yield Mistake("signed-passphrase-as-key", "the signed passphrase as the key", "key", signed)
    yield Mistake("api-key-as-key", "the API key as the key", "key", credentials.api_key.encode())
    for name, says, key in variants.mangled(credentials.secret):
        yield Mistake(name, says, "key", key)
    for name, says, text in credentials.others:
        yield Mistake(name, says, "key", text.encode(), lone=True)


def request_recipe(signed: Signed, credentials: Credentials) -> Recipe:
    """The right recipe: timestamp + METHOD + path[?query] + body, with the secret; the query decoded."""
    target = targets(signed.path, signed.query)[0]
    parts = (signed.timestamp.encode(), signed.method.encode(), target.encode(), signed.body)
    return Recipe(parts, (0, 1, 2, 3), credentials.secret.encode())


def request_changes(signed: Signed, credentials: Credentials) -> Iterator[Mistake]:
    """The mistakes that are possible in KC-API-SIGN."""
    for name, says, text, lone in variants.timestamps(signed.timestamp):
        yield Mistake(name, says, 0, text.encode(), lone)
    for name, says, text in variants.methods(signed.method):
        yield Mistake(name, says, 1, text.encode())
    for name, says, text in variants.targets(signed.path, signed.query, signed.host, signed.workspace, signed.prefix):
        yield Mistake(name, says, 2, text.encode())
    for name, says, body in variants.bodies(signed.body, signed.query):
        yield Mistake(name, says, 3, body)
    yield from variants.orders(("timestamp", "method", "path", "body"))
    yield from _keys(credentials)
    yield from variants.hashes()


def of_request(received: str, signed: Signed, credentials: Credentials) -> SearchResult:
    """The result of the search for a received KC-API-SIGN."""
    right = request_recipe(signed, credentials)
    others = [
        replace(right, parts=(*right.parts[:2], target.encode(), right.parts[3]))
        for target in targets(signed.path, signed.query, signed.prefix, as_sent=signed.as_sent)[1:]
    ]
    return search(received, right, request_changes(signed, credentials), others)


def passphrase_changes(credentials: Credentials) -> Iterator[Mistake]:
    """The mistakes that are possible in KC-API-PASSPHRASE."""
    texts = (
        ("api-key-signed", "the API key in place of the passphrase", credentials.api_key),
        ("secret-signed", "the secret in place of the passphrase", credentials.secret),
        (
            "signed-twice",
            "the signed passphrase, signed once more",
            signed_passphrase(credentials.secret, credentials.passphrase),
        ),
        ("passphrase-with-newline", "a newline after the passphrase", f"{credentials.passphrase}\n"),
        ("passphrase-in-capitals", "the passphrase in capitals", credentials.passphrase.upper()),
        ("nothing-signed", "an empty passphrase", ""),
    )
    for name, says, text in texts:
        yield Mistake(name, says, 0, text.encode())
    for user, _, passphrase in credentials.kin:
        says = f"the passphrase of another API key, of user {user}"
        yield Mistake("text-of-another-key", says, 0, passphrase.encode(), lone=True)
    yield from _keys(credentials)
    yield from variants.hashes()


def of_passphrase(received: str, credentials: Credentials, sign: str = "") -> SearchResult:
    """The result of the search for a received KC-API-PASSPHRASE. `sign` is the request's KC-API-SIGN."""
    unsigned_texts = (
        ("plain", "the passphrase as it is, unsigned", credentials.passphrase),
        ("secret-sent", "the secret itself", credentials.secret),
        ("api-key-sent", "the API key", credentials.api_key),
        ("sign-sent", "the signature of the request", sign),
        *(
            ("passphrase-of-another-key", f"secret and passphrase of another API key, of user {user}", text)
            for user, secret, passphrase in credentials.kin
            for text in (signed_passphrase(secret, passphrase), passphrase)
        ),
    )
    for name, says, text in unsigned_texts:
        if text and received == text:
            return SearchResult((name,), says, b"", b"")
    right = Recipe((credentials.passphrase.encode(),), (0,), credentials.secret.encode())
    return search(received, right, passphrase_changes(credentials))


def of_partner(received: str, timestamp: str, partner: str, broker_key: str, credentials: Credentials) -> SearchResult:
    """The result for a received KC-API-PARTNER-SIGN. Right is timestamp + partner + API key, with the broker key."""
    right = Recipe((timestamp.encode(), partner.encode(), credentials.api_key.encode()), (0, 1, 2), broker_key.encode())
    return search(received, right, partner_changes(timestamp, broker_key, credentials))


def partner_changes(timestamp: str, broker_key: str, credentials: Credentials) -> Iterator[Mistake]:
    """The mistakes that are possible in KC-API-PARTNER-SIGN."""
    for name, says, text, lone in variants.timestamps(timestamp):
        yield Mistake(name, says, 0, text.encode(), lone)
    yield Mistake("no-partner", "no partner name", 1, b"")
    yield Mistake("no-api-key", "no API key", 2, b"")
    yield from variants.orders(("timestamp", "partner", "API key"))
    yield Mistake("secret-as-key", "the API key's secret as the key", "key", credentials.secret.encode())
    yield Mistake("passphrase-as-key", "the passphrase as the key", "key", credentials.passphrase.encode())
    for name, says, key in variants.mangled(broker_key):
        yield Mistake(name.replace("secret", "broker-key"), says.replace("secret", "broker key"), "key", key)
    for name, says, other in credentials.others:
        yield Mistake(name, says, "key", other.encode(), lone=True)
    yield from variants.hashes()


def difference(right: str, signed: str) -> dict[str, Any] | None:
    """Where two texts begin to differ: the index, and the characters around it in each text. None if they are equal."""
    if right == signed:
        return None
    pairs = enumerate(zip(right, signed, strict=False))
    at = next((place for place, (one, other) in pairs if one != other), min(len(right), len(signed)))
    first = max(at - AROUND, 0)
    return {"at": at, "right": right[first : at + AROUND], "signed": signed[first : at + AROUND]}
