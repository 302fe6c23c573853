"""API keys that a scenario gives to a user, made by a consent or by hand."""

from __future__ import annotations

from msgspec.structs import replace

from simulator.core import mint
from simulator.core.gateway.ip_lists import may_withdraw
from simulator.core.spec import AuthGroup
from simulator.core.world import ApiKey, Client, MadeBy, User, World
from simulator.core.world.users import NEW_YEAR
from simulator.scenario.format.reader import Path, Reader, unknown, words
from simulator.scenario.format.shapes import Values, by_hand, fields
from simulator.scenario.keys.people import API_KEY_ENTRY

by_hand(API_KEY_ENTRY, "client")


def api_keys(reader: Reader, world: World, user: User, entries: tuple[Values, ...], place: Path) -> tuple[ApiKey, ...]:
    """A user's keys. Problems are added to the reader."""
    keys: dict[str, ApiKey] = {}
    known_names = world.key_ring(user.name).names
    names: set[str] = set()
    for number, values in enumerate(entries):
        path: Path = (*place, number)
        made_by = values.get("made_by", MadeBy.CONSENT)
        _check_permissions(reader, values, made_by, path)
        text = values.get("key", "")
        client = client_of(reader, world, values, path, "key") if made_by.of_a_broker else None
        if text and (holder := world.api_keys.get(text) or keys.get(text)):
            reader.refuse((*path, "key"), f"is repeated; {holder.user} already has a key {text}")
        ips = values.get("ip_whitelist", client.trading_ips if client else ())
        if values.get("withdrawal") and made_by.can_withdraw and not may_withdraw(world, ips):
            message = (
                "KuCoin gives the permission to no key without a list of IPs: say ip_whitelist: [127.0.0.1], or"
                " choices: {withdrawal_key_ips: optional}"
            )
            reader.refuse((*path, "withdrawal"), message, key=True)
        if not text or (client is None and made_by.of_a_broker):
            continue
        name = values.get("name") or _name(client, made_by, text)
        if name in names or name in known_names:
            reader.refuse((*path, "name"), f"{user.name} has a key of the name {name} already")
        names.add(name)
        base = ApiKey(
            api_key=text,
            secret="",
            passphrase="",
            api_name=name,
            user=user.name,
            uid=user.uid,
            client_id=client.client_id if client else "",
            groups=(AuthGroup.API_COMMON,),
            addressbook_only=False,
            ip_whitelist=ips,
            created_at=NEW_YEAR,
        )
        keys[text] = replace(base, **{**fields(API_KEY_ENTRY, values), "api_name": name})
    return tuple(keys.values())


def _check_permissions(reader: Reader, values: Values, made_by: MadeBy, path: Path) -> None:
    """Refuse permissions and clients that a key made in this way cannot have."""
    if values.get("withdrawal") and not made_by.can_withdraw:
        message = (
            "no consent grants the ordinary withdrawal permission; say made_by: user, or groups: [API_WITHDRAW_OAUTH]"
        )
        reader.refuse((*path, "withdrawal"), message, key=True)
    if refused := [group.value for group in values.get("groups", ()) if group and not made_by.can_have(group)]:
        message = f"only a consent grants {refused[0]}; a key made by the {made_by.value} has withdrawal: true"
        reader.refuse((*path, "groups"), message)
    if "client" in values and not made_by.of_a_broker:
        reader.refuse((*path, "client"), "a key that the user made is no broker's; leave it out", key=True)


def _name(client: Client | None, made_by: MadeBy, text: str) -> str:
    digits = mint.digest(text).hex()[:8]
    if client is None:
        return f"own-{digits}"
    fixed = client.api_name if made_by is MadeBy.CONSENT else None
    return fixed or f"{client.client_id}-{digits}"


def client_of(reader: Reader, world: World, values: Values, path: Path, whose: str) -> Client | None:
    """The client that an entry names, or the only client. `whose` = what the entry is, for the message."""
    client_id = values.get("client")
    if client_id is None and len(world.clients) != 1:
        message = f"is missing: say whose {whose} it is; given.clients has {words(world.clients)}"
        reader.refuse((*path, "client"), message)
    elif client_id is not None and client_id not in world.clients:
        reader.refuse((*path, "client"), unknown("client", client_id, world.clients))
    return world.clients.get(next(iter(world.clients), "") if client_id is None else client_id)
