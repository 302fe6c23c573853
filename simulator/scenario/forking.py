"""A scenario for another workspace: the same users and money, and clients whose credentials name the workspace."""

from __future__ import annotations

from msgspec.structs import replace
from rpds import HashTrieMap

from simulator.core import mint
from simulator.core.control import issued
from simulator.core.world import ApiKey, Client, MadeBy, Stack, World, with_keys
from simulator.scenario.loader import Scenario
from simulator.scenario.staging.faults import Condition, Fault


def forked(scenario: Scenario, workspace: str, seed: int | None = None) -> Scenario:
    """The scenario for that workspace. Users are shared, so the cost does not depend on their number.

    A client `demo-broker` is `demo-broker-{workspace}` there, with its own secret, broker key and Broker Pro API keys.
    `seed` is for what is minted; users, with their authenticators, stay as in the scenario.
    """
    world = replace(scenario.world, workspace=workspace, seed=scenario.world.seed if seed is None else seed)
    clients = [_client(world, world.clients[client_id]) for client_id in world.clients]
    keys = [_key(world, key) for key in reversed([*issued.keys(world)])]
    books = (replace(book, client_id=renamed(book.client_id, workspace)) for book in world.broker_books.values())
    world = replace(
        world,
        clients=HashTrieMap({client.client_id: client for client in clients}),
        api_keys=HashTrieMap(),
        key_rings=HashTrieMap(),
        key_order=Stack(),
        broker_books=HashTrieMap({book.client_id: book for book in books}),
    )
    world = with_keys(world, keys)
    return replace(
        scenario,
        world=world,
        faults=tuple(_fault(fault, workspace) for fault in scenario.faults),
        expect=tuple(
            replace(expectation, client=renamed(expectation.client, workspace)) for expectation in scenario.expect
        ),
    )


def renamed(client_id: str, workspace: str) -> str:
    """The client_id in a workspace; "" stays ""."""
    return f"{client_id}-{workspace}" if client_id else ""


def _client(world: World, client: Client) -> Client:
    """The client for the world's workspace. A broker key is minted if the client has one."""
    return replace(
        client,
        client_id=renamed(client.client_id, world.workspace),
        secret=mint.party_secret(world, "client secret", client.client_id),
        broker_key=mint.party_secret(world, "broker key", client.client_id) if client.broker_key else "",
    )


def _key(world: World, key: ApiKey) -> ApiKey:
    """The key for the world's workspace. A broker's own key is minted anew, because it must name its workspace."""
    renamed_key = replace(key, client_id=renamed(key.client_id, world.workspace))
    if key.made_by is not MadeBy.BROKER:
        return renamed_key
    return replace(
        renamed_key,
        api_key=mint.party_key(world, key.api_key),
        secret=mint.party_secret(world, "own key secret", key.api_key),
        passphrase=mint.party_word(world, "own key passphrase", key.api_key),
    )


def _fault(fault: Fault, workspace: str) -> Fault:
    return replace(
        fault,
        client=renamed(fault.client, workspace),
        match=tuple(_condition(condition, workspace) for condition in fault.match),
    )


def _condition(condition: Condition, workspace: str) -> Condition:
    if condition.field != "client_id" or condition.equals is None:
        return condition
    return replace(condition, equals=renamed(condition.equals, workspace))
