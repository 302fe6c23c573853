"""Which proxy the variables of an environment name, by the rules that curl, requests and Node have in common."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from simulator.hosts import is_loopback

NAMES: Final = ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")
"""The variables for calls of https. The first one that is set wins."""
EXCEPTIONS: Final = ("no_proxy", "NO_PROXY")


class Proxy(NamedTuple):
    """The proxy of https calls: the variable that wins, its URL, and the exception that takes KuCoin's names out."""

    variable: str = ""
    url: str = ""
    bypass: str = ""
    """`NO_PROXY=*`, or "" if nothing takes the name out."""


def proxy_for(environment: Mapping[str, str], host: str) -> Proxy:
    """The proxy of https calls to a host."""
    variable = next((name for name in NAMES if environment.get(name)), "")
    exceptions = next((name for name in EXCEPTIONS if environment.get(name)), "")
    bypass = next(
        (
            f"{exceptions}={environment[exceptions]}"
            for entry in environment.get(exceptions, "").replace(",", " ").split()
            if covers(entry, host)
        ),
        "",
    )
    return Proxy(variable, environment.get(variable, ""), bypass)


def covers(entry: str, host: str) -> bool:
    """True if an entry of NO_PROXY takes a host out."""
    name = entry.lower().partition(":")[0].removeprefix("*").lstrip(".") if entry != "*" else "*"
    return name == "*" or (bool(name) and (host == name or host.endswith(f".{name}")))


def address(url: str) -> tuple[str, int]:
    """Host and port of a proxy's URL, which may lack the scheme; port 0 = it has none."""
    try:
        parts = urlsplit(url if "://" in url else f"http://{url}")
        host, port = parts.hostname or "", parts.port or 0
    except ValueError:
        return "", 0
    return host, port


def same_host(one: str, other: str) -> bool:
    """True if two hosts are the same one; all names of this machine are."""
    return one == other or (is_loopback(one) and is_loopback(other))


def here(url: str, simulator: str) -> bool:
    """True if a URL has the host and the port of the simulator."""
    (host, port), (ours, our_port) = address(url), address(simulator)
    return same_host(host, ours) and port == (our_port or 80)
