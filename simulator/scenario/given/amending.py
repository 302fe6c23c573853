"""Changes to a running world: the text of a user, client, currency or choice -> a command of the administration.

Shapes, rules and messages are those of a scenario's `given` and `choices`; a path begins at the text's own root.
Only `ScenarioError` is raised, with all problems.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from msgspec.structs import replace

from simulator.core.control import administration as commands
from simulator.core.control import removal
from simulator.core.control.trading import SetPrices
from simulator.core.money import ZERO, plain
from simulator.core.trading.prices import PriceProblem, moved
from simulator.core.world import Client, Currency, User, World
from simulator.scenario.format.reader import Reader, repeated
from simulator.scenario.format.scalars import AMOUNTS, TEXT
from simulator.scenario.format.shapes import BY_HAND, Key, Record, Values, by_hand, fields
from simulator.scenario.given import currencies
from simulator.scenario.given import world as given
from simulator.scenario.given.trades import check_invited, no_user
from simulator.scenario.keys.choices import CHOICES, chosen
from simulator.scenario.keys.currencies import CURRENCY
from simulator.scenario.keys.people import ACCOUNTS, CLIENT, USER
from simulator.scenario.keys.trading import QUOTES
from simulator.scenario.text.nodes import Node, ScenarioError
from simulator.scenario.text.parsing import parse

PRICE: Final = Record(
    {"price_usdt": Key(AMOUNTS, "What one unit is worth in USDT (s9 needs it)", required=True)}, makes=Currency
)
PRICED: Final = Record(
    {**CURRENCY.keys, "price_usdt": Key(AMOUNTS, "What one unit is worth in USDT; as it was if absent")}, makes=Currency
)
PRICES: Final = Record(
    {**{name: Key(key.shape, key.description) for name, key in PRICE.keys.items()}, **QUOTES.keys},
    some=(("price_usdt", *QUOTES.keys),),
)
"""The price of a currency, or those of a symbol."""
NEW_USER: Final = Record(
    {"like": Key(TEXT, "A user to resemble, in all that need not be their own", into=BY_HAND), **USER.keys}, makes=User
)
by_hand(NEW_USER, "like", *ACCOUNTS, "api_keys")
Shown = Mapping[str, object]
"""What the control surface shows of the thing that is changed, by name. Sending it back changes nothing."""
NOTHING: Final[Shown] = {}
FILE: Final = "body"
"""The name of a body in messages, in the place of a file's name."""


def _read(text: str, shape: Record, shown: Shown = NOTHING) -> tuple[Reader, Values]:
    root = parse(text, FILE)
    reader = Reader(root)
    reader.problems += repeated(root)
    for name in shown:
        if name not in shape.keys and (value := root.value(name)) and not _is_shown(value, shown[name]):
            reader.refuse((name,), "is only shown, and it is not what is shown; leave it out")
    return reader, reader.read(shape, _without_shown(root, shape, shown), "")


def _without_shown(root: Node, shape: Record, shown: Shown) -> Node:
    """The mapping without the members that are as they are shown already, and without those that are only shown."""
    kept = tuple(
        (key, value)
        for key, value in root.entries or ()
        if (name := key.text or "") not in shown or (name in shape.keys and not _is_shown(value, shown[name]))
    )
    return root if root.entries is None or len(kept) == len(root.entries) else replace(root, entries=kept)


def _is_shown(node: Node, value: object) -> bool:
    """True if a text says the very value that is shown."""
    if isinstance(value, Mapping):
        entries = {key.text: item for key, item in node.entries or ()}
        same = node.entries is not None and entries.keys() == value.keys()
        return same and all(_is_shown(item, value[key]) for key, item in entries.items())
    if isinstance(value, list):
        items = node.items
        return items is not None and len(items) == len(value) and all(map(_is_shown, items, value))
    if value is None:
        return node.is_null
    return node.text == (str(value).lower() if isinstance(value, bool) else str(value))


def _unless_wrong(reader: Reader) -> None:
    if reader.problems:
        raise ScenarioError(reader.problems)


def put_user(world: World, name: str, text: str, shown: Shown = NOTHING) -> commands.PutUser:
    """The command that puts a user as the text says; what it does not say is as in the user named by `like`."""
    reader, values = _read(text, NEW_USER, shown)
    if (like := values.pop("like", None)) is not None:
        model = world.user_of(like)
        if model is None:
            reader.refuse(("like",), no_user(like, world.users))
        else:
            values = _over(_resembling(world, model, name), values)
    others, _, _ = removal.without_user(world, name)
    new = given.person(reader, others, given.fresh(world, name), values, ())
    _unless_wrong(reader)
    return commands.PutUser(new.user, new.accounts, new.keys)


def _resembling(world: World, model: User, name: str) -> Values:
    """The values that a user gets from a model: all but uid, authenticator, keys, money on hold and deposit addresses.

    If the model has an e-mail address or a phone number, the user gets other ones.
    """
    own = given.fresh(world, name)
    book: dict[str, tuple[str, ...]] = {}
    for chain, address in model.address_book:
        book[chain] = (*book.get(chain, ()), address)
    accounts = world.wallet(model.name).accounts
    return {
        **({"email": f"{name.lower()}@example.test"} if model.email else {}),
        **({"phone": f"+1555{own.uid % 10_000_000:07d}"} if model.phone else {}),
        "level": model.level,
        "frozen": model.frozen,
        "futures": model.futures,
        "registered_at": model.registered_at,
        "factor_sets": model.factor_sets,
        **{
            key: {account.currency: account.balance for account in accounts if account.type == kind}
            for key, kind in ACCOUNTS.items()
        },
        "address_book": book,
        "api_keys": model.foreign_api_keys,
    }


def _over(base: Values, values: Values) -> Values:
    """The base with the values over it, as `extends` does it: mappings by key, anything else as a whole."""
    both: Values = {key: {**base[key], **values[key]} for key in (*ACCOUNTS, "address_book") if key in values}
    return {**base, **values, **both}


def change_user(world: World, user: User, text: str, shown: Shown = NOTHING) -> commands.ChangeUser:
    """The command that changes a user. `balances` and `trade` change only the currencies that they name."""
    reader, values = _read(text, USER, shown)
    others = removal.without_identities(world, user.name)
    if "deposit_addresses" in values:
        others = removal.without_addresses(others, user.name)
    new = given.person(reader, others, user, values, ())
    for account in new.accounts:
        held = world.wallet(user.name).account(account.currency, account.type).holds
        if account.balance < held:
            holders = "active orders" if account.type == "trade" else "withdrawals under way"
            message = f"must not be less than {plain(held)}, which {holders} hold"
            [key] = [key for key, kind in ACCOUNTS.items() if kind == account.type]
            reader.refuse((key, account.currency), message)
    _unless_wrong(reader)
    return commands.ChangeUser(new.user, new.accounts, new.keys, new.readdressed)


def put_client(world: World, client_id: str, text: str, shown: Shown = NOTHING) -> commands.PutClient:
    """The command that puts a client as the text says."""
    return commands.PutClient(_client(world, text, shown, lambda values: given.client(client_id, values)))


def change_client(world: World, client: Client, text: str, shown: Shown = NOTHING) -> commands.ChangeClient:
    """The command that changes a client as the text says."""
    return commands.ChangeClient(_client(world, text, shown, lambda values: given.amended_client(client, values)))


def _client(world: World, text: str, shown: Shown, make: Callable[[Values], Client]) -> Client:
    reader, values = _read(text, CLIENT, shown)
    check_invited(reader, world.users, values, ())
    _unless_wrong(reader)
    return make(values)


def put_currency(world: World, code: str, text: str, shown: Shown = NOTHING) -> commands.PutCurrency:
    """The command that puts a currency as the text says. Without `price_usdt`, an old price stays."""
    reader, values = _read(text, PRICED, shown)
    old = world.currencies.get(code)
    price = values.get("price_usdt", old.price_usdt if old else currencies.PRICES.get(code))
    if price is None:
        reader.refuse(("price_usdt",), "is missing; the service fee (s9) needs it")
    else:
        currencies.check_price(reader, code, price, ("price_usdt",))
    new = currencies.currency(reader, code, values, price or ZERO, ())
    _unless_wrong(reader)
    return commands.PutCurrency(new)


def put_price(currency: Currency, text: str) -> commands.PutCurrency:
    """The command that changes a currency's price."""
    reader, values = _read(text, PRICE)
    if "price_usdt" in values:
        currencies.check_price(reader, currency.currency, values["price_usdt"], ("price_usdt",))
    _unless_wrong(reader)
    return commands.PutCurrency(replace(currency, **fields(PRICE, values)))


def set_prices(world: World, symbol: str, text: str) -> SetPrices:
    """The command that sets prices of a symbol. With `last` alone, bid and ask are around it; otherwise they stay."""
    reader, values = _read(text, QUOTES)
    command = SetPrices(symbol, **fields(QUOTES, values))
    if not reader.problems:
        try:
            moved(world, symbol, 0, command.last, command.bid, command.ask)
        except PriceProblem as problem:
            reader.refuse((problem.field,), problem.problem)
    _unless_wrong(reader)
    return command


def change_choices(world: World, text: str) -> commands.ChangeChoices:
    """The command that changes the choices that the text names."""
    reader, values = _read(text, CHOICES)
    _unless_wrong(reader)
    return commands.ChangeChoices(chosen(values, world.choices))
