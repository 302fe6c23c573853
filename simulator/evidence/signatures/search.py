"""Which wrong recipe gives a signature. An HMAC cannot be inverted, so the usual ones are tried with what we know."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from hmac import digest as hmac_digest
from typing import Any, Final

from msgspec.structs import replace

from simulator.core.gateway.signature import signed_passphrase, targets
from simulator.core.value import Value
from simulator.evidence.signatures import mistakes as variants
from simulator.evidence.signatures.mistakes import Change

LONGEST_COMBINED: Final = 4_096
"""Bytes of a text of which two changes at once are tried; of a longer one each is tried alone."""
AROUND: Final = 24
"""Characters before and after the first difference that are shown."""

Cover = Callable[[str], str]
"""Hides what is secret in a text."""


class Known(Value, frozen=True):
    """The credentials that a signature should have been made with, and others that may have been taken for them.

    `others` are (name, what it is, text); `kin` are (user, secret, passphrase) of other keys.
    """

    secret: str
    passphrase: str
    api_key: str
    others: tuple[tuple[str, str, str], ...] = ()
    kin: tuple[tuple[str, str, str], ...] = ()


class Signed(Value, frozen=True):
    """What KC-API-SIGN covers, as it came. `prefix` = what of the URL stood before the path to name a workspace."""

    method: str
    path: str
    query: str
    body: bytes
    timestamp: str
    host: str = ""
    workspace: str = "default"
    prefix: str = ""


class Recipe(Value, frozen=True):
    """How a text is made and signed: the parts, their order, what stands between them, the key, the hash."""

    parts: tuple[bytes, ...]
    order: tuple[int, ...]
    key: bytes
    separator: bytes = b""
    hash: str = "sha256"
    """A hash of HMAC, or a name of `variants.OTHER_HASHES`."""

    @property
    def text(self) -> bytes:
        """What is signed."""
        return self.separator.join([self.parts[place] for place in self.order])

    def changed(self, change: Change) -> Recipe:
        """The recipe with that change."""
        if isinstance(change.dimension, str):
            return replace(self, **{change.dimension: change.value})
        parts = (*self.parts[: change.dimension], change.value, *self.parts[change.dimension + 1 :])
        return replace(self, parts=parts)

    def value(self, dimension: int | str) -> Any:
        """What the recipe has there."""
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


class Found(Value, frozen=True):
    """What the search says: the names of the changes and of the spelling, in words, and both texts.

    No name = the signature is right; `tried` = how many changes there were when none fits, else 0.
    """

    names: tuple[str, ...]
    says: str
    right: bytes
    signed: bytes | None
    tried: int = 0


def search(received: str, right: Recipe, changes: Iterable[Change], alternatives: Iterable[Recipe] = ()) -> Found:
    """The recipe that gives `received`: the right one, else with one change, else with two, in any spelling.

    `alternatives` are as right as the first.
    """
    wanted = variants.spelled(received)
    tried = list(_distinct(right, changes))
    for recipe, used in _recipes(right, tried, alternatives) if wanted else ():
        spelling = wanted.get(recipe.digest())
        if spelling is not None:
            name, says = spelling
            names = [*(each.name for each in used), *([name] if says else [])]
            words = [*(each.says for each in used), *([says] if says else [])]
            return Found(tuple(names), " and ".join(words), right.text, recipe.text)
    return Found((), "", right.text, None, len(tried) + len(variants.SPELLINGS) - 1)


def _recipes(
    right: Recipe, changes: list[Change], alternatives: Iterable[Recipe]
) -> Iterator[tuple[Recipe, tuple[Change, ...]]]:
    for recipe in (right, *alternatives):
        yield recipe, ()
    for change in changes:
        yield right.changed(change), (change,)
    if len(right.text) > LONGEST_COMBINED:
        return
    combined = [change for change in changes if not change.lone]
    for place, one in enumerate(combined):
        once = right.changed(one)
        for other in combined[place + 1 :]:
            if one.dimension != other.dimension:
                yield once.changed(other), (one, other)


def _distinct(right: Recipe, changes: Iterable[Change]) -> Iterator[Change]:
    """The changes that change something, each once: of a body without spaces, writing it without spaces is none."""
    seen: set[tuple[int | str, Any]] = set()
    for change in changes:
        place = (change.dimension, change.value)
        if place not in seen and right.value(change.dimension) != change.value:
            seen.add(place)
            yield change


def _keys(known: Known) -> Iterator[Change]:
    yield Change("passphrase-as-key", "the passphrase as the key", "key", known.passphrase.encode())
    signed = signed_passphrase(known.secret, known.passphrase).encode()
    yield Change("signed-passphrase-as-key", "the signed passphrase as the key", "key", signed)
    yield Change("api-key-as-key", "the API key as the key", "key", known.api_key.encode())
    for name, says, key in variants.mangled(known.secret):
        yield Change(name, says, "key", key)
    for name, says, text in known.others:
        yield Change(name, says, "key", text.encode(), lone=True)


def request_recipe(signed: Signed, known: Known) -> Recipe:
    """The right one: timestamp + METHOD + path[?query] + body, with the secret; the query as it was sent."""
    target = targets(signed.path, signed.query)[0]
    parts = (signed.timestamp.encode(), signed.method.encode(), target.encode(), signed.body)
    return Recipe(parts, (0, 1, 2, 3), known.secret.encode())


def request_changes(signed: Signed, known: Known) -> Iterator[Change]:
    """What can be different in KC-API-SIGN."""
    for name, says, text, lone in variants.timestamps(signed.timestamp):
        yield Change(name, says, 0, text.encode(), lone)
    for name, says, text in variants.methods(signed.method):
        yield Change(name, says, 1, text.encode())
    for name, says, text in variants.targets(signed.path, signed.query, signed.host, signed.workspace):
        yield Change(name, says, 2, text.encode())
    for name, says, body in variants.bodies(signed.body, signed.query):
        yield Change(name, says, 3, body)
    yield from variants.orders(("timestamp", "method", "path", "body"))
    yield from _keys(known)
    yield from variants.hashes()


def of_request(received: str, signed: Signed, known: Known) -> Found:
    """What KC-API-SIGN was made of."""
    right = request_recipe(signed, known)
    others = [
        replace(right, parts=(*right.parts[:2], target.encode(), right.parts[3]))
        for target in targets(signed.path, signed.query, signed.prefix)[1:]
    ]
    return search(received, right, request_changes(signed, known), others)


def passphrase_changes(known: Known) -> Iterator[Change]:
    """What can be different in KC-API-PASSPHRASE."""
    texts = (
        ("api-key-signed", "the API key in place of the passphrase", known.api_key),
        ("secret-signed", "the secret in place of the passphrase", known.secret),
        ("signed-twice", "the signed passphrase, signed once more", signed_passphrase(known.secret, known.passphrase)),
        ("passphrase-with-newline", "a newline after the passphrase", f"{known.passphrase}\n"),
        ("passphrase-in-capitals", "the passphrase in capitals", known.passphrase.upper()),
        ("nothing-signed", "an empty passphrase", ""),
    )
    for name, says, text in texts:
        yield Change(name, says, 0, text.encode())
    for user, _, passphrase in known.kin:
        says = f"the passphrase of another API key, of user {user}"
        yield Change("text-of-another-key", says, 0, passphrase.encode(), lone=True)
    yield from _keys(known)
    yield from variants.hashes()


def of_passphrase(received: str, known: Known, sign: str = "") -> Found:
    """What KC-API-PASSPHRASE was made of. `sign` is the request's KC-API-SIGN."""
    sent = (
        ("plain", "the passphrase as it is, unsigned", known.passphrase),
        ("secret-sent", "the secret itself", known.secret),
        ("api-key-sent", "the API key", known.api_key),
        ("sign-sent", "the signature of the request", sign),
        *(
            ("passphrase-of-another-key", f"secret and passphrase of another API key, of user {user}", text)
            for user, secret, passphrase in known.kin
            for text in (signed_passphrase(secret, passphrase), passphrase)
        ),
    )
    for name, says, text in sent:
        if text and received == text:
            return Found((name,), says, b"", b"")
    right = Recipe((known.passphrase.encode(),), (0,), known.secret.encode())
    return search(received, right, passphrase_changes(known))


def of_partner(received: str, timestamp: str, partner: str, broker_key: str, known: Known) -> Found:
    """What KC-API-PARTNER-SIGN was made of: timestamp + partner + API key, with the broker key."""
    right = Recipe((timestamp.encode(), partner.encode(), known.api_key.encode()), (0, 1, 2), broker_key.encode())
    return search(received, right, partner_changes(timestamp, broker_key, known))


def partner_changes(timestamp: str, broker_key: str, known: Known) -> Iterator[Change]:
    """What can be different in KC-API-PARTNER-SIGN."""
    for name, says, text, lone in variants.timestamps(timestamp):
        yield Change(name, says, 0, text.encode(), lone)
    yield Change("no-partner", "no partner name", 1, b"")
    yield Change("no-api-key", "no API key", 2, b"")
    yield from variants.orders(("timestamp", "partner", "API key"))
    yield Change("secret-as-key", "the API key's secret as the key", "key", known.secret.encode())
    yield Change("passphrase-as-key", "the passphrase as the key", "key", known.passphrase.encode())
    for name, says, key in variants.mangled(broker_key):
        yield Change(name.replace("secret", "broker-key"), says.replace("secret", "broker key"), "key", key)
    for name, says, other in known.others:
        yield Change(name, says, "key", other.encode(), lone=True)
    yield from variants.hashes()


def difference(right: str, signed: str) -> dict[str, Any] | None:
    """Where two texts begin to differ: the place, from 0, and what stands around it in each."""
    if right == signed:
        return None
    pairs = enumerate(zip(right, signed, strict=False))
    at = next((place for place, (one, other) in pairs if one != other), min(len(right), len(signed)))
    first = max(at - AROUND, 0)
    return {"at": at, "right": right[first : at + AROUND], "signed": signed[first : at + AROUND]}
