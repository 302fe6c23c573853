"""The server's time and status, and the caller's IP."""

from __future__ import annotations

from typing import Annotated, Final

from simulator.core.data import Data, Milliseconds, Name, words
from simulator.core.endpoint import REST, Endpoint
from simulator.core.gateway.rate_limits import Pool
from simulator.core.value import Reply, Value
from simulator.core.world import Now, World


class GetServerTime(Value, frozen=True):
    """`GET /api/v1/timestamp`."""


class ServerTime(Reply, frozen=True):
    """The wall clock, ms: what KC-API-TIMESTAMP is held against."""

    milliseconds: int

    def data(self) -> Milliseconds:
        """The bare number."""
        return self.milliseconds


def get_server_time(world: World, command: GetServerTime, now: Now) -> tuple[World, ServerTime]:
    """Public: no key is needed."""
    return world, ServerTime(milliseconds=now.wall)


class GetServiceStatus(Value, frozen=True):
    """`GET /api/v1/status`."""


class ServiceStatusData(Data, frozen=True):
    """The words of KuCoin's reference, and a text for people."""

    status: Annotated[str, words("open", "close", "cancelonly")]
    msg: str


class ServiceStatus(Reply, frozen=True):
    """`open`, `close` or `cancelonly` in KuCoin's reference, and a text for people [rest/status]."""

    status: str
    msg: str

    def data(self) -> ServiceStatusData:
        """The two fields."""
        return ServiceStatusData(self.status, self.msg)


class GetClientIp(Value, frozen=True):
    """`GET /api/v1/my-ip`. `ip` is where the call comes from."""

    ip: str


class ClientIpSeen(Reply, frozen=True):
    """The caller's address as the exchange sees it [rest/my-ip]."""

    ip: str

    def data(self) -> Name:
        """The bare text."""
        return self.ip


def get_service_status(world: World, command: GetServiceStatus, now: Now) -> tuple[World, ServiceStatus]:
    """Public. Always open: an outage has to be staged."""
    return world, ServiceStatus(status="open", msg="")


def get_client_ip(world: World, command: GetClientIp, now: Now) -> tuple[World, ClientIpSeen]:
    """Public. What lists of IPs are held against: `observed_ip` where the scenario says one (H26)."""
    return world, ClientIpSeen(ip=world.observed_ip or command.ip)


ENDPOINTS: Final = (
    Endpoint(
        get_server_time,
        GetServerTime,
        REST,
        call="GET /api/v1/timestamp",
        pool=Pool.PUBLIC,
        weight=3,
    ),
    Endpoint(
        get_service_status,
        GetServiceStatus,
        REST,
        call="GET /api/v1/status",
        pool=Pool.PUBLIC,
        weight=3,
    ),
    Endpoint(
        get_client_ip,
        GetClientIp,
        REST,
        call="GET /api/v1/my-ip",
        pool=Pool.PUBLIC,
        weight=0,
    ),
)
