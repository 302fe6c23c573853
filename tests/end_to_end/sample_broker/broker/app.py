"""The broker's web application."""

from __future__ import annotations

import os
import secrets
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

from fastapi import Cookie, Depends, FastAPI, Request
from fastapi.responses import JSONResponse, RedirectResponse
from pydantic import BaseModel, Field

from broker.kucoin import KuCoin, NoAnswerError, RefusedError
from broker.service import Broker, DeclinedError
from broker.store import Store


class Person(BaseModel):
    """Who logs in at the broker."""

    user: str = Field(min_length=1)


class Order(BaseModel):
    """A payout as a user asks for it. `request_id` is the user's own, and makes the request safe to repeat."""

    request_id: str = Field(min_length=1, max_length=40)
    address: str
    amount: Decimal = Field(gt=0)
    currency: str = "USDT"
    chain: str = "trx"


class Codes(BaseModel):
    """What the user reads in the mailbox and on the phone, by the kind of factor."""

    codes: dict[str, str]


def current_user(request: Request, session: Annotated[str, Cookie()] = "") -> str:
    """The user of this session."""
    name: str | None = request.app.state.broker.store.user_of(session)
    if name is None:
        raise DeclinedError(401, "log in first")
    return name


User = Annotated[str, Depends(current_user)]


def shown(payout: dict[str, Any]) -> dict[str, Any]:
    """What a user sees of a payout."""
    names = ("request_id", "currency", "chain", "address", "amount", "status", "withdrawal_id", "factors")
    return {name: payout[name] for name in names if payout.get(name)}


def create_app(broker: Broker) -> FastAPI:
    """The application of a broker."""
    app = FastAPI(title="Sample broker")
    app.state.broker = broker

    @app.exception_handler(DeclinedError)
    def declined(request: Request, error: DeclinedError) -> JSONResponse:
        return JSONResponse({"error": error.reason}, error.status)

    @app.exception_handler(RefusedError)
    def refused(request: Request, error: RefusedError) -> JSONResponse:
        return JSONResponse({"error": error.message, "code": error.code}, 409)

    @app.exception_handler(NoAnswerError)
    def silent(request: Request, error: NoAnswerError) -> JSONResponse:
        return JSONResponse({"error": "KuCoin does not answer, try again"}, 503)

    @app.post("/session")
    def log_in(person: Person) -> JSONResponse:
        session = secrets.token_urlsafe(16)
        broker.store.new_session(session, person.user)
        answer = JSONResponse({"user": person.user}, 201)
        answer.set_cookie("session", session, httponly=True, samesite="lax")
        return answer

    @app.get("/connect")
    def connect(user: User, session: Annotated[str, Cookie()]) -> RedirectResponse:
        return RedirectResponse(broker.begin_login(session), 303)

    @app.get("/callback")
    def callback(user: User, session: Annotated[str, Cookie()], code: str = "", state: str = "") -> dict[str, str]:
        broker.finish_login(session, user, code, state)
        return {"connected": user}

    @app.post("/key", status_code=201)
    def make_key(user: User) -> dict[str, Any]:
        return {"groups": broker.key(user).groups}

    @app.post("/payouts", status_code=201)
    def pay(user: User, order: Order) -> dict[str, Any]:
        fields = {name: str(value) for name, value in order.model_dump(exclude={"request_id"}).items()}
        return shown(broker.pay(user, order.request_id, fields))

    @app.post("/payouts/{request_id}/codes")
    def prove(user: User, request_id: str, codes: Codes) -> dict[str, Any]:
        return shown(broker.prove(user, request_id, codes.codes))

    @app.get("/payouts/{request_id}")
    def look(user: User, request_id: str) -> dict[str, Any]:
        return shown(broker.look(user, request_id))

    @app.get("/history")
    def history(user: User, currency: str = "USDT") -> list[dict[str, Any]]:
        rows = broker.history(broker.key(user), currency)
        return [{name: row[name] for name in ("id", "amount", "address", "status", "remark")} for row in rows]

    @app.get("/balance")
    def balance(user: User, currency: str = "USDT") -> dict[str, str]:
        return {"available": str(broker.available(broker.key(user), currency))}

    return app


def main() -> FastAPI:
    """The application as it is served: `uvicorn --factory broker.app:main`."""
    kucoin = KuCoin(os.environ["BROKER_CLIENT_ID"], os.environ["BROKER_REDIRECT_URI"])
    return create_app(Broker(kucoin, Store(Path(os.environ.get("BROKER_DB", "broker.sqlite")))))
