"""How a wrong KC-API-SIGN, KC-API-PASSPHRASE or KC-API-PARTNER-SIGN of an entry was made, as JSON data."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from simulator.core.gateway.signature import signed_as_sent
from simulator.core.refusals import Reason
from simulator.evidence.signatures import search as recipes
from simulator.evidence.signatures.search import Credentials, SearchResult, Signed

if TYPE_CHECKING:
    from simulator.core.world import ApiKey, World
    from simulator.evidence.journal import Entry
    from simulator.messages import Request

KIN: Final = 200
"""How many other keys are tried, because a broker with many users may mix them up."""
LONGEST: Final = 2_000
"""Characters of a signed text that are shown."""
HEADERS: Final = {
    Reason.PASSPHRASE_INVALID: "KC-API-PASSPHRASE",
    Reason.SIGNATURE_INVALID: "KC-API-SIGN",
    Reason.PARTNER_SIGNATURE_INVALID: "KC-API-PARTNER-SIGN",
}
SIGNATURES: Final = frozenset(HEADERS)
"""The reasons that a wrong recipe can explain."""
KEYED_BY: Final = "Is the secret the one that came with this apiKey, whole and without white space?"
COMPARE: Final[tuple[str, ...]] = (
    KEYED_BY,
    "Are the bytes that were signed the very bytes of the body on the wire?",
    "Is the signed timestamp the one in KC-API-TIMESTAMP, in ms, and the method in capitals?",
    "Is the query part of what was signed, in the order in which it was sent, but without its percent-encoding?",
)
"""What to check if no recipe fits."""
MADE_OF: Final = "Is the passphrase the one that came with this apiKey?"
COMPARE_PASSPHRASE: Final = {
    "right": (f"{MADE_OF} KC-API-SIGN is right, and so is the secret.",),
    "wrong": (MADE_OF, KEYED_BY),
    "none": (f"{KEYED_BY} Nothing says that KC-API-SIGN was made with it.", MADE_OF),
}
"""What to check for KC-API-PASSPHRASE, by how KC-API-SIGN fits: a wrong secret spoils both."""


def explain_signature(entry: Entry, reason: Reason, hide: Callable[[str], str]) -> dict[str, Any] | None:
    """How the wrong header was made, as `explained` says it; None if the key is unknown."""
    world, request = entry.before, entry.request
    key = world.api_keys.get(request.header(b"kc-api-key") or "")
    if key is None:
        return None
    key_credentials = credentials(world, key)
    timestamp, sign = request.header(b"kc-api-timestamp") or "", request.header(b"kc-api-sign") or ""
    compare = COMPARE
    if reason is Reason.PASSPHRASE_INVALID:
        result = recipes.of_passphrase(request.header(b"kc-api-passphrase") or "", key_credentials, sign)
        compare = COMPARE_PASSPHRASE[fits(recipes.of_request(sign, signed(request, world), key_credentials))]
    elif reason is Reason.SIGNATURE_INVALID:
        result = recipes.of_request(sign, signed(request, world), key_credentials)
    else:
        name = request.header(b"kc-api-partner") or ""
        client = next((candidate for candidate in world.clients.values() if candidate.partner == name), None)
        if client is None:
            return None
        received = request.header(b"kc-api-partner-sign") or ""
        result = recipes.of_partner(received, timestamp, name, client.broker_key, key_credentials)
    return explained(HEADERS[reason], result, hide, texts=reason is not Reason.PASSPHRASE_INVALID, compare=compare)


def signed(request: Request, world: World) -> Signed:
    """The parts of the request that its signature covers."""
    return Signed(
        request.method,
        request.path,
        request.query,
        request.body,
        request.header(b"kc-api-timestamp") or "",
        request.header(b"host") or "127.0.0.1",
        world.workspace,
        request.prefix,
        signed_as_sent(world),
    )


def credentials(world: World, key: ApiKey) -> Credentials:
    """The key's own credentials and those that may have been confused with them."""
    client = world.clients.get(key.client_id)
    others = []
    if client:
        others += [("client-secret", "the client_secret as the key", client.secret)]
        others += [("broker-key", "the broker key as the key", client.broker_key)]
    kin = [other_key for other_key in islice(world.api_keys.values(), KIN) if other_key.api_key != key.api_key]
    others += [
        ("secret-of-another-key", f"the secret of another API key, of user {other_key.user}", other_key.secret)
        for other_key in kin
    ]
    passphrases = tuple((other_key.user, other_key.secret, other_key.passphrase) for other_key in kin)
    return Credentials(key.secret, key.passphrase, key.api_key, tuple(others), passphrases)


def explained(
    header: str,
    result: SearchResult,
    hide: Callable[[str], str],
    *,
    texts: bool = True,
    compare: tuple[str, ...] = COMPARE,
) -> dict[str, Any]:
    """A search result as JSON data. If the texts are not secret, both are shown and where they begin to differ.

    `fits` is `right`, `wrong` (then `recipe` names the mistakes) or `none` (then `compare` says what to check).
    """
    data: dict[str, Any] = {
        "header": header,
        "fits": fits(result),
        "recipe": list(result.names),
        "says": sentence(header, result),
    }
    if result.signed is None:
        data["compare"] = list(compare)
    if texts:
        right = shown(result.right, hide)
        data["right"] = right
        if result.signed is not None:
            signed = shown(result.signed, hide)
            data |= {"signed": signed, "difference": recipes.difference(right, signed)}
    return data


def fits(result: SearchResult) -> str:
    """`right`, `wrong` if a known mistake explains the header, or `none` if nothing does."""
    return "none" if result.signed is None else "wrong" if result.names else "right"


def sentence(header: str, result: SearchResult) -> str:
    """The search result as a sentence."""
    if result.signed is None:
        return f"None of the usual wrong recipes gives this {header} ({result.tried} changes were tried)."
    return f"{header} was made with {result.says}." if result.names else f"{header} is right."


def shown(text: bytes, hide: Callable[[str], str]) -> str:
    """A signed text as people may see it: redacted and shortened."""
    return hide(text.decode(errors="backslashreplace"))[:LONGEST]
