"""Clients, users, API keys and messages. Everything that a scenario can say has the scenario's name."""

from __future__ import annotations

from typing import Any, Final

from simulator.core.control import issued
from simulator.core.fast_api.redirects import resolve
from simulator.core.money import plain
from simulator.core.spec import Factor
from simulator.core.world import ApiKey, Client, MessageBox, User, World
from simulator.scenario.keys.people import ACCOUNTS, API_KEY_ENTRY, CLIENT, USER
from simulator.web.control.written import written, written_fields
from simulator.web.json_schema import DECIMAL, MS, NAME, TEXT, Schema, closed, listed, maybe, word_of

# --- API keys
API_KEY_FIELDS: Final = written_fields(API_KEY_ENTRY)


def api_key_data(key: ApiKey) -> dict[str, Any]:
    """A key as a scenario gives it, with secrets. No `client`: made by hand by the user. No `ip_whitelist`: any IP."""
    data = {**written(API_KEY_ENTRY, key), **({"client": key.client_id} if key.client_id else {})}
    return data if key.ip_whitelist else {name: value for name, value in data.items() if name != "ip_whitelist"}


# --- clients
OWN_KEY: Final = closed({"user": NAME, "key": NAME, "secret": TEXT, "passphrase": TEXT})
SHOWN_CLIENT_FIELDS: Final[dict[str, Schema]] = {
    "client_id": NAME,
    "api_keys": listed(OWN_KEY, description="Keys made by the broker, for Broker Pro"),
}
"""What is shown of a client besides what a scenario can say."""
BRIEF_CLIENT_FIELDS: Final[dict[str, Schema]] = {
    **SHOWN_CLIENT_FIELDS,
    "name": TEXT,
    "secret": {**maybe(TEXT), "description": "client_secret"},
    "redirect_uris": listed(TEXT),
}
BRIEF_CLIENT: Final = closed(BRIEF_CLIENT_FIELDS)


def brief_client_data(world: World, client: Client) -> dict[str, Any]:
    """What a broker's program needs of a client, with its secret, which is a made-up one."""
    keys = written(CLIENT, client)
    return {
        "client_id": client.client_id,
        **{name: keys[name] for name in ("name", "secret")},
        "redirect_uris": list(resolve(world, client)),
        "api_keys": [
            {"user": key.user, "key": key.api_key, "secret": key.secret, "passphrase": key.passphrase}
            for key in own_keys(world, client)
        ],
    }


def own_keys(world: World, client: Client) -> list[ApiKey]:
    """The keys that a broker has made in its own account, oldest first."""
    return [*issued.keys(world, client=client.client_id, own=True)][::-1]


CLIENT_FIELDS: Final[dict[str, Schema]] = {**written_fields(CLIENT), **BRIEF_CLIENT_FIELDS}


def client_data(world: World, client: Client) -> dict[str, Any]:
    """A client with all that a scenario can say of it."""
    return {**written(CLIENT, client), **brief_client_data(world, client)}


# --- users
ACCOUNT: Final = closed({"currency": NAME, "type": NAME, "balance": DECIMAL, "available": DECIMAL, "holds": DECIMAL})
SHOWN_USER_FIELDS: Final[dict[str, Schema]] = {"name": NAME, "accounts": listed(ACCOUNT)}
"""What is shown of a user besides what a scenario can say."""
USER_FIELDS: Final[dict[str, Schema]] = {**SHOWN_USER_FIELDS, **written_fields(USER)}


def user_data(world: World, user: User) -> dict[str, Any]:
    """A user with all that a scenario can say of them, secrets included, and all their accounts."""
    accounts = world.wallet(user.name).every
    names = world.key_ring(user.name).names
    keys = sorted((world.api_keys[key] for key in names.values()), key=lambda key: (key.created_at, key.api_key))
    return {
        "name": user.name,
        **written(USER, user),
        **{
            place: {account.currency: plain(account.balance) for account in accounts if account.type == kind}
            for place, kind in ACCOUNTS.items()
        },
        "api_keys": [api_key_data(key) for key in keys] if keys else user.foreign_api_keys,
        "accounts": [
            {
                "currency": account.currency,
                "type": account.type,
                "balance": plain(account.balance),
                "available": plain(account.available),
                "holds": plain(account.holds),
            }
            for account in accounts
        ],
    }


# --- messages
MESSAGES: Final = closed(
    {
        "messages": listed(
            closed(
                {
                    "factor": word_of(Factor),
                    "code": NAME,
                    "transaction_id": NAME,
                    "sent_at": {**MS, "description": "Business time, ms since 1970-01-01 UTC"},
                }
            )
        )
    }
)


def messages_data(box: MessageBox) -> dict[str, Any]:
    """One-time codes that were sent to a user, newest first."""
    return {
        "messages": [
            {
                "factor": message.factor.value,
                "code": message.code,
                "transaction_id": message.transaction_id,
                "sent_at": message.sent_at,
            }
            for message in box.messages
        ]
    }
