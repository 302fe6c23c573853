"""A scenario for another workspace: the same users and money, and the workspace's own clients."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace
from rpds import HashTrieMap

from simulator.core import mint
from simulator.core.control import issued
from simulator.core.world import ApiKey, Client, MadeBy, Stack, World, with_keys
from simulator.scenario.client_names import DEFAULT_REDIRECT_URIS, Tenant
from simulator.scenario.loader import Scenario
from simulator.scenario.staging.expectations import Expectation
from simulator.scenario.staging.faults import Condition, Fault

ClientNames = Mapping[str, str]
"""The names of clients in the workspace, by their names in the scenario."""


def forked(scenario: Scenario, tenant: Tenant, seed: int | None = None) -> Scenario:
    """The scenario for a tenant's workspace. Users are shared, so the cost does not depend on their number.

    Clients have the tenant's names. Their secrets, broker keys and Broker Pro API keys are minted for the workspace,
    unless the caller wrote the scenario. `seed` is for what is minted; users, with their authenticators, stay as in the
    scenario. Raises `ClientNameError`.
    """
    was = scenario.world
    names, own = tenant.names(was.clients), tenant.client_of(was.clients)
    world = replace(was, workspace=tenant.workspace, seed=was.seed if seed is None else seed)
    clients = [_client(world, client, names, tenant, own) for client in was.clients.values()]
    if tenant.client_id and not clients:
        nobody = Client(tenant.client_id, tenant.client_id, "", DEFAULT_REDIRECT_URIS)
        clients = [_own(world, nobody, tenant)]
    keys = [_key(world, key, names, tenant) for key in reversed([*issued.keys(world)])]
    books = (replace(book, client_id=names[book.client_id]) for book in world.broker_books.values())
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
        faults=tuple(_fault(fault, names) for fault in scenario.faults),
        expect=tuple(_expectation(expectation, names) for expectation in scenario.expect),
    )


def _client(world: World, client: Client, names: ClientNames, tenant: Tenant, own: str) -> Client:
    """The client for the world's workspace. A broker key is minted if the client has one."""
    named = replace(client, client_id=names[client.client_id])
    given = tenant.client_id if client.client_id == own else ""
    if (given and not tenant.as_written) or tenant.minted(client.client_id):
        source = given or tenant.in_scenario(client.client_id)
        named = replace(
            named,
            secret=mint.party_secret(world, "client secret", source),
            broker_key=mint.party_secret(world, "broker key", source) if client.broker_key else "",
        )
    return _own(world, named, tenant) if client.client_id == own else named


def _own(world: World, client: Client, tenant: Tenant) -> Client:
    """The client with the secret and the redirect URIs that the tenant gave."""
    secret = tenant.client_secret or client.secret or mint.party_secret(world, "client secret", client.client_id)
    return replace(client, secret=secret, redirect_uris=tenant.redirect_uris or client.redirect_uris)


def _key(world: World, key: ApiKey, names: ClientNames, tenant: Tenant) -> ApiKey:
    """The key for the world's workspace. A broker's own key is minted anew, because it must name its workspace."""
    renamed_key = replace(key, client_id=names.get(key.client_id, key.client_id))
    if key.made_by is not MadeBy.BROKER or tenant.as_written:
        return renamed_key
    return replace(
        renamed_key,
        api_key=mint.party_key(world, key.api_key),
        secret=mint.party_secret(world, "own key secret", key.api_key),
        passphrase=mint.party_word(world, "own key passphrase", key.api_key),
    )


def _expectation(expectation: Expectation, names: ClientNames) -> Expectation:
    return replace(
        expectation,
        client=names.get(expectation.client, expectation.client),
        any_of=tuple(tuple(_expectation(one, names) for one in alternative) for alternative in expectation.any_of),
    )


def _fault(fault: Fault, names: ClientNames) -> Fault:
    return replace(
        fault,
        client=names.get(fault.client, fault.client),
        match=tuple(_condition(condition, names) for condition in fault.match),
    )


def _condition(condition: Condition, names: ClientNames) -> Condition:
    if condition.field != "client_id" or condition.equals is None:
        return condition
    return replace(condition, equals=names.get(condition.equals, condition.equals))
