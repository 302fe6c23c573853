"""A wrong KC-API-SIGN, KC-API-PASSPHRASE or KC-API-PARTNER-SIGN of an entry: what it was made of."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from simulator.core.refusals import Reason
from simulator.evidence.signatures import search as recipes
from simulator.evidence.signatures.search import Found, Known, Signed

if TYPE_CHECKING:
    from simulator.core.world import ApiKey, World
    from simulator.evidence.journal import Entry
    from simulator.messages import Request

KIN: Final = 200
"""How many other keys are tried: a broker with many users may mix them up."""
LONGEST: Final = 2_000
"""Characters of a signed text that are shown."""
HEADERS: Final = {
    Reason.PASSPHRASE_INVALID: "KC-API-PASSPHRASE",
    Reason.SIGNATURE_INVALID: "KC-API-SIGN",
    Reason.PARTNER_SIGNATURE_INVALID: "KC-API-PARTNER-SIGN",
}
SIGNATURES: Final = frozenset(HEADERS)
"""The reasons that a recipe can explain."""
KEYED_BY: Final = "Is the secret the one that came with this apiKey, whole and without white space?"
COMPARE: Final[tuple[str, ...]] = (
    KEYED_BY,
    "Are the bytes that were signed the very bytes of the body on the wire?",
    "Is the signed timestamp the one in KC-API-TIMESTAMP, in ms, and the method in capitals?",
    "Is the query part of what was signed, in the order in which it was sent?",
)
"""What to look at when no recipe fits."""
MADE_OF: Final = "Is the passphrase the one that came with this apiKey?"
COMPARE_PASSPHRASE: Final = {
    "right": (f"{MADE_OF} KC-API-SIGN is right, and so is the secret.",),
    "wrong": (MADE_OF, KEYED_BY),
    "none": (f"{KEYED_BY} Nothing says that KC-API-SIGN was made with it.", MADE_OF),
}
"""The same for KC-API-PASSPHRASE, by how KC-API-SIGN fits: another secret spoils both, another passphrase only one."""


def traced(entry: Entry, reason: Reason, hide: Callable[[str], str]) -> dict[str, Any] | None:
    """What the wrong header was made of; None when there is no key to try with."""
    world, request = entry.before, entry.request
    key = world.api_keys.get(request.header(b"kc-api-key") or "")
    if key is None:
        return None
    known = credentials(world, key)
    timestamp, sign = request.header(b"kc-api-timestamp") or "", request.header(b"kc-api-sign") or ""
    compare = COMPARE
    if reason is Reason.PASSPHRASE_INVALID:
        found = recipes.of_passphrase(request.header(b"kc-api-passphrase") or "", known, sign)
        compare = COMPARE_PASSPHRASE[fits(recipes.of_request(sign, signed(request, world.workspace), known))]
    elif reason is Reason.SIGNATURE_INVALID:
        found = recipes.of_request(sign, signed(request, world.workspace), known)
    else:
        name = request.header(b"kc-api-partner") or ""
        client = next((each for each in world.clients.values() if each.partner == name), None)
        if client is None:
            return None
        received = request.header(b"kc-api-partner-sign") or ""
        found = recipes.of_partner(received, timestamp, name, client.broker_key, known)
    return told(HEADERS[reason], found, hide, texts=reason is not Reason.PASSPHRASE_INVALID, compare=compare)


def signed(request: Request, workspace: str) -> Signed:
    """What the request's signature covers."""
    return Signed(
        request.method,
        request.path,
        request.query,
        request.body,
        request.header(b"kc-api-timestamp") or "",
        request.header(b"host") or "127.0.0.1",
        workspace,
        request.prefix,
    )


def credentials(world: World, key: ApiKey) -> Known:
    """The key's own credentials and those that may have been taken for them."""
    client = world.clients.get(key.client_id)
    others = []
    if client:
        others += [("client-secret", "the client_secret as the key", client.secret)]
        others += [("broker-key", "the broker key as the key", client.broker_key)]
    kin = [each for each in islice(world.api_keys.values(), KIN) if each.api_key != key.api_key]
    others += [
        ("secret-of-another-key", f"the secret of another API key, of user {each.user}", each.secret) for each in kin
    ]
    passphrases = tuple((each.user, each.secret, each.passphrase) for each in kin)
    return Known(key.secret, key.passphrase, key.api_key, tuple(others), passphrases)


def told(
    header: str, found: Found, hide: Callable[[str], str], *, texts: bool = True, compare: tuple[str, ...] = COMPARE
) -> dict[str, Any]:
    """What the search found as data. Where the texts are no secrets, both are shown and where they begin to differ.

    `fits` is `right`, `wrong` (then `recipe` names what was done differently) or `none` (then `compare` says what to
    look at).
    """
    data: dict[str, Any] = {
        "header": header,
        "fits": fits(found),
        "recipe": list(found.names),
        "says": sentence(header, found),
    }
    if found.signed is None:
        data["compare"] = list(compare)
    if texts:
        right = shown(found.right, hide)
        data["right"] = right
        if found.signed is not None:
            signed = shown(found.signed, hide)
            data |= {"signed": signed, "difference": recipes.difference(right, signed)}
    return data


def fits(found: Found) -> str:
    """Whether a header is `right`, was made in a `wrong` way that is known, or in `none` that is."""
    return "none" if found.signed is None else "wrong" if found.names else "right"


def sentence(header: str, found: Found) -> str:
    """What the search found in words."""
    if found.signed is None:
        return f"None of the usual wrong recipes gives this {header} ({found.tried} changes were tried)."
    return f"{header} was made with {found.says}." if found.names else f"{header} is right."


def shown(text: bytes, hide: Callable[[str], str]) -> str:
    """What people may see of a text that is signed."""
    return hide(text.decode(errors="backslashreplace"))[:LONGEST]
