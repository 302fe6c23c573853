"""The redirects that a broker's callback must survive: lost, altered and old values, twice the same, and late.

The user has approved, and the exchange has issued a code as always. Only the redirect differs from what KuCoin sends,
so none of this is a rule about KuCoin. The journal notes it on the entry of the approval. A button of the consent page
spoils one redirect, and so does `redirect` of a login that the scenario decides.
"""

from __future__ import annotations

from itertools import islice
from typing import Any, Final, NamedTuple
from urllib.parse import quote

from simulator.core import spec
from simulator.core.fast_api.authorization import Authorize, Authorized
from simulator.core.fast_api.redirects import append, origin_of, read_query
from simulator.core.world import World
from simulator.evidence.journal import Journal
from simulator.messages import Answer
from simulator.scenario.staging.logins import Trick
from simulator.web import guards
from simulator.web.pages.render import fit, go, page

WAITS: Final = 10
"""Seconds of the trick `wait`."""
SEARCHED: Final = 200
"""Entries of the journal in which an earlier login is looked for."""
OTHER: Final = str.maketrans("0123456789abcdef", "123456789abcdef0")


class Button(NamedTuple):
    """A button of the drawer: its name in the form, its label, and what a careful broker does then."""

    name: str
    label: str
    expected: str


BUTTONS: Final = {
    Trick.DROP_STATE: ("Drop state", "The broker refuses the callback: without state it may be anybody's."),
    Trick.ALTER_STATE: ("Alter state", "The broker refuses the callback: it has sent another state."),
    Trick.REPLAY_STATE: ("Replay an old state", "The broker refuses a state that it has used already."),
    Trick.WRONG_CODE: ("Send a wrong code", "The exchange refuses the code; the broker shows an error to the user."),
    Trick.USED_CODE: ("Send a used code", "Somebody was faster: the exchange refuses the code, and the user is told."),
    Trick.TWICE: ("Redirect twice", "The second callback changes nothing, and the user sees no error for it."),
    Trick.WAIT: ("Wait ten seconds", "The broker still knows the login, and exchanges the code in time."),
}
TRICKS: Final = tuple(Button(trick.value, *BUTTONS[trick]) for trick in Trick)
NAMES: Final = tuple(button.name for button in TRICKS)
NOTHING_OLD: Final = "adversary drawer: no earlier login has a state to send again; the redirect is KuCoin's own"
"""What the journal says if a scenario wants an old state, and there is none."""


def note(trick: Trick) -> str:
    """What the journal says about it."""
    label, _ = BUTTONS[trick]
    return f"adversary drawer: {label[0].lower()}{label[1:]}; KuCoin's own redirect would differ"


def earlier_state(journal: Journal, world: World, client_id: str, state: str) -> str | None:
    """The state, as it was sent, of the client's last approved login that had another one; None = there is none."""
    for entry in islice(journal.newest(SEARCHED), SEARCHED):
        if isinstance(entry.outcome.result, Authorized) and entry.outcome.subject.client == client_id:
            old = entry.outcome.result.state
            if old != state:
                return old
    return None


def exchange_query(world: World, query: str, code: str) -> str:
    """The query of s7.2 with which the broker would exchange the code."""
    parsed = read_query(world, query)
    client = world.clients[parsed.values["client_id"]]
    return (
        f"grant_type={spec.GRANT_TYPE}&code={quote(code, safe='')}&redirect_uri={parsed.redirect_uri}"
        f"&client_id={quote(client.client_id, safe='')}&client_secret={quote(client.secret, safe='')}"
    )


def redirect(world: World, command: Authorize, trick: Trick, result: Authorized, old: str | None) -> Answer:
    """The answer to an approval under this trick. `old` is the earlier state."""
    uri = read_query(world, command.query).redirect_uri
    code, state = result.code, result.state
    if trick is Trick.DROP_STATE:
        return go(append(uri, code=code))
    if trick is Trick.ALTER_STATE:
        return go(append(uri, code=code, state=f"{state}-altered"))
    if trick is Trick.REPLAY_STATE:
        return go(append(uri, code=code, state=state if old is None else old))
    if trick is Trick.WRONG_CODE:
        return go(append(uri, code=code.translate(OTHER), state=state))
    if trick in (Trick.TWICE, Trick.WAIT):
        return _detour(world, result.redirect_to, twice=trick is Trick.TWICE)
    return go(result.redirect_to)


def _detour(world: World, target: str, *, twice: bool) -> Answer:
    """A page between consent and callback: it loads the callback once as an image, or the browser leaves it late."""
    seconds = 1 if twice else WAITS
    try:
        images = guards.origin_of(origin_of(target)) if twice else ""
    except ValueError:  # a registered URI need not be one that a browser can open
        images = ""
    address = fit(target)
    shown: dict[str, Any] = {"target": address, "twice": twice, "image": bool(images)}
    answer = page("detour.html", base=world.prefix, images=images, **shown)
    return answer.having((b"refresh", f"{seconds}; url={address}".encode()))
