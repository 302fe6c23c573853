"""Money that comes from outside: a deposit arrives at an address of a user, and is confirmed in time (s9: no fee)."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from simulator.core.account.deposit_addresses import addresses_of, spot_of
from simulator.core.funds.arrivals import ArriveDeposit, DepositArrived, check_amount, check_open
from simulator.core.funds.chains import find_chain, find_currency
from simulator.core.gateway.requests import FieldProblem, Fields
from simulator.core.refusals import Refusal
from simulator.core.world import Chain, Currency, DepositAddress, User, World
from simulator.web.control.people import OF_USER, known_user, user_name
from simulator.web.control.protocol.calls import answer, call_of, fields_of, newest, settled
from simulator.web.control.protocol.declaration import LIMIT, ControlCall, JsonBody
from simulator.web.control.protocol.problems import ProblemError
from simulator.web.control.views.money import DEPOSIT, deposit_data
from simulator.web.endpoints.desk import Desk
from simulator.web.json_schema import NAME, POSITIVE, TEXT, closed, listed

MOST_CONFIRMATIONS: Final = 10_000


async def deposits(desk: Desk, request: Request) -> Response:
    """The newest deposits first, of everybody or of one `user`."""
    user = user_name(desk, request)
    world, now = settled(desk), desk.exchange.clock.now()
    rows = newest(request, (world.statement(user) if user else world.everybody).deposits)
    return answer({"deposits": [deposit_data(world, world.deposits[row.id], now) for row in rows]})


async def arrive(desk: Desk, request: Request) -> Response:
    """A deposit arrives; with fewer `confirmations` than its chain asks for, the rest come in time (H68)."""
    with fields_of(await call_of(request), ARRIVAL) as fields:
        name, code = fields.text("user", required=True), fields.text("currency", required=True)
        amount = fields.amount("amount")
        place = (fields.text("address"), fields.text("memo"))
        chain_id, confirmations = fields.text("chain"), fields.get(_confirmations, None)
        if code:
            currency, chain = _chain(settled(desk), code, chain_id)
            if amount:
                check_amount(currency, chain, amount)
    user = known_user(desk, name)
    try:
        check_open(chain)
    except Refusal:
        detail = f"{chain.chain_id} is closed for deposits of {code}: deposit_enabled: false"
        raise ProblemError(409, detail) from None
    address = _address(desk.exchange.world, user, currency, chain, *place)
    if address is None:
        detail = f"{user.name} has no such deposit address of {currency.currency} on {chain.chain_id}"
        way = "POST /api/v3/deposit-address/create with the user's key, or deposit_addresses in the scenario, gives one"
        raise ProblemError(409, f"{detail}; {way}")
    command = ArriveDeposit(user.name, currency.currency, address, amount, confirmations)
    outcome = desk.exchange.perform(command)
    assert isinstance(outcome.result, DepositArrived)
    return answer(deposit_data(desk.exchange.world, outcome.result.deposit, outcome.now), 201)


def _chain(world: World, code: str, chain_id: str) -> tuple[Currency, Chain]:
    """The currency, and its chain or its default one."""
    try:
        currency = find_currency(world, code)
    except Refusal as refusal:
        raise FieldProblem("currency", f"must be one of {refusal.expected}", code) from None
    try:
        chain = find_chain(currency, chain_id)
    except Refusal as refusal:
        raise FieldProblem("chain", f"must be one of {refusal.expected}", chain_id) from None
    return currency, chain


def _address(
    world: World, user: User, currency: Currency, chain: Chain, address: str, memo: str
) -> DepositAddress | None:
    """The user's first address of that currency by that chain, or the first with that address and memo."""
    if not (address or memo):
        return spot_of(world, user, currency.currency, chain.chain_id)[0]
    own = addresses_of(world, user, currency.currency, chain.chain_id)
    return next((place for place in own if address in ("", place.address) and memo in ("", place.memo)), None)


def _confirmations(fields: Fields) -> int | None:
    number = fields.raw("confirmations")
    if number is None:
        return None
    if not isinstance(number, int) or isinstance(number, bool) or not 0 <= number <= MOST_CONFIRMATIONS:
        raise FieldProblem("confirmations", f"must be a whole number from 0 to {MOST_CONFIRMATIONS}", number)
    return number


ARRIVAL: Final = JsonBody(
    closed(
        {
            "user": NAME,
            "currency": NAME,
            "chain?": TEXT,
            "amount": {**POSITIVE, "examples": ["5"]},
            "address?": TEXT,
            "memo?": TEXT,
            "confirmations?": {"type": "integer", "minimum": 0, "maximum": MOST_CONFIRMATIONS, "examples": [0]},
        }
    )
)
CALLS: Final = (
    ControlCall("GET /deposits", deposits, closed({"deposits": listed(DEPOSIT)}), query=(LIMIT, OF_USER)),
    ControlCall("POST /deposits", arrive, DEPOSIT, 201, problems=(404, 409), body=ARRIVAL),
)
