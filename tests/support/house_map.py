"""The tables of docs/architecture.md, made from the arrows, the wings, docstrings, and the ledger."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

ROOT: Final = Path(__file__).parents[2]
PACKAGE: Final = ROOT / "simulator"
PAGE: Final = ROOT / "docs" / "architecture.md"
MARK: Final = re.compile(r"(<!-- table: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


class Place(NamedTuple):
    """Where rules live: `ids` is a pattern of their ids, `homes` are the wings, as starts of dotted names."""

    ids: str
    about: str
    homes: tuple[str, ...]


CONSTITUTION: Final = ("core.spec", "core.choices", "core.refusals", "core.endpoint", "core.endpoints")
"""Tables that every wing obeys: a rule that is a number, a switch, a refusal or a declaration may stand there."""
FAST_API, GATEWAY, FUNDS, ACCOUNT = "core.fast_api", "core.gateway", "core.funds", "core.account"
TRADING: Final = "core.trading"
ENDPOINTS: Final = "web.endpoints"
PLACES: Final = (
    Place(r"s[1-2]/", "clients, redirect URLs, IP lists", (FAST_API, GATEWAY)),
    Place(r"s[34567](\.\d)?/", "consent, permissions, API keys, tokens, login", (FAST_API,)),
    Place(r"s8\.1/", "security set-up", (FAST_API,)),
    Place(r"s8\.2/", "the withdrawal: its signature, its factors, its money", (FAST_API, GATEWAY, FUNDS)),
    Place(r"s9/", "fees", (FUNDS,)),
    Place(r"signing/", "how a request is signed", (GATEWAY,)),
    Place(r"rest/(permissions|pools|page-size|rate-(pools|window))$", "permissions, rate pools, paging", (GATEWAY,)),
    Place(r"rest/rate-headers$", "headers of rate pools", (ENDPOINTS,)),
    Place(r"rest/(currenc(ies|y)(-v\d)?|status|my-ip|markets)$", "what is public", ("core.market",)),
    Place(r"rest/(symbols|market-names|tickers|fiat-prices|order-book|histories|candles)$", "prices", ("core.market",)),
    Place(r"H11[01]/", "symbols, the book, candles", ("core.market", "scenario.built_in_symbols")),
    Place(r"rest/(hf-)?(orders?|active|fills|recent|(add|test)-order(-old)?)$", "orders and fills", ("core.spot",)),
    Place(r"(rest/stop-|H102/stop-direction)", "stop orders", ("core.spot",)),
    Place(r"rest/order-(parameters|limits)$", "the parameters of an order, and how many there may be", (TRADING,)),
    Place(
        r"H12[0-4]/", "look-ups of orders, lines and commissions of fills", ("core.spot", ACCOUNT, "core.broker_pro")
    ),
    Place(r"H140/", "orders by hand and by plan", ("core.control",)),
    Place(r"rest/broker-", "Broker Pro", ("core.broker_pro",)),
    Place(r"rest/decimals$", "how many decimal places an amount has", ("core.money",)),
    Place(r"rest/phone$", "who is paid, and logs in, by phone number", ("core.world",)),
    Place(r"rest/", "accounts, deposits, transfers, histories", (ACCOUNT,)),
    Place(r"H00/", "codes that nobody published", ()),
    Place(r"H(02|27)/", "methods and hosts", (ENDPOINTS,)),
    Place(r"H(07|24)/", "what the login page shows", ("web.pages",)),
    Place(r"H(22|26|3\d)/", "keys, signatures and IPs", (FAST_API, GATEWAY, FUNDS)),
    Place(r"H[012]\d/", "tokens, consent and API keys", (FAST_API,)),
    Place(r"H(4\d|5\d|75)/", "factors, fees, limits and settlement of a withdrawal", (FAST_API, FUNDS)),
    Place(r"H6[01]/", "rate pools", (GATEWAY, ENDPOINTS, "exchange")),
    Place(r"H6[23]/", "currencies and what an address must look like", (FUNDS, "scenario.built_in_currencies")),
    Place(r"H64/", "keys made by hand", ("core.world",)),
    Place(r"H6[56]/", "Broker Pro", ("core.broker_pro", ENDPOINTS)),
    Place(r"H(6[789]|7[0123])/", "deposits, transfers, cancelling, quotas", (ACCOUNT, FUNDS)),
    Place(r"H9[012]/", "rows of histories and ledgers", (ACCOUNT, FUNDS)),
    Place(r"H9[36]/", "closed lists, and who needs a list of IPs", (GATEWAY,)),
    Place(r"H(9[789]|10[0-3]|10[567])/", "the life of orders: fees, holds, fills, plans, placing", (TRADING,)),
    Place(r"H10[489]/", "the calls that place and cancel orders", ("core.spot",)),
    Place(r"H94/", "what a key tells of itself", (ACCOUNT,)),
    Place(r"H95/", "currencies without a chain", ("core.market",)),
    Place(r"H8[02]/", "what older calls leave open", (ACCOUNT,)),
    Place(r"H83/", "balances that nobody paid", (FUNDS,)),
    Place(r"H81/", "older versions of what is public", ("core.market",)),
    Place(r"H12[5-9]/", "websocket feeds", ("core.stream", "web.stream")),
    Place(r"H74/", "what the port speaks, and its bounds", ("web.wire",)),
)
"""The first that fits a rule's id says where it lives."""


def place_of(rule: str) -> Place | None:
    """Where a rule lives; None = nobody has said."""
    return next((place for place in PLACES if re.match(place.ids, rule)), None)


def wing_of(file: str) -> str:
    """The wing of a file, as the start of a dotted name: `core.funds`, `web.endpoints`, `exchange`."""
    parts = file.removeprefix("simulator/").removesuffix(".py").split("/")
    return ".".join(parts[:2])


def first_sentence(dotted: str) -> str:
    """What the docstring of a room or wing says first: its first paragraph."""
    path = PACKAGE.joinpath(*dotted.split("."))
    file = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    text = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or ""
    return " ".join(text.split("\n\n")[0].split()).replace("|", "\\|")


def rooms(arrows: dict[str, set[str]]) -> Iterator[str]:
    """The table of rooms: what each is, and which others it imports."""
    yield from ("| room | what it is | imports |", "|---|---|---|")
    for room, others in arrows.items():
        yield f"| `{room}` | {first_sentence(room)} | {', '.join(f'`{other}`' for other in sorted(others)) or '-'} |"


def wings(room: str, levels: tuple[set[str], ...]) -> Iterator[str]:
    """The table of a room's wings from the ground up."""
    yield from ("| level | wing | what it is |", "|---|---|---|")
    for level, names in enumerate(levels):
        for name in sorted(names):
            folder = f"{name}/" if (PACKAGE / room / name).is_dir() else f"{name}.py"
            yield f"| {level} | `{folder}` | {first_sentence(f'{room}.{name}')} |"


def places() -> Iterator[str]:
    """The table that leads from the start of a rule's id to the wings where it can live."""
    yield from ("| ids in the ledger | about | wings |", "|---|---|---|")
    for place in PLACES:
        ids = place.ids.removesuffix("$").replace("|", "\\|")
        homes = ", ".join(f"`{home.replace('.', '/')}`" for home in place.homes)
        yield f"| `{ids}` | {place.about} | {homes or 'the tables themselves'} |"


def tables() -> dict[str, str]:
    """Every table of the page by the name in its mark."""
    from house.test_house import ARROWS
    from house.test_wings import WINGS

    made = {"rooms": rooms(ARROWS), "places": places()}
    made |= {f"wings_of_{room}": wings(room, levels) for room, levels in WINGS.items()}
    return {name: "".join(f"{line}\n" for line in lines) for name, lines in made.items()}


def drawn(page: str) -> str:
    """The page with its tables made anew."""
    made = tables()
    return MARK.sub(lambda mark: f"{mark[1]}{made[mark[2]]}{mark[3]}", page)
