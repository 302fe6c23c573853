"""The probe for Python: standard library only. It connects to addresses of this machine and those it is given alone.

It runs in the interpreter of the user's command, by `python probe.py HOST ALLOWED...`, and prints one JSON object.
"""

from __future__ import annotations

import json
import socket
import ssl
import sys
import time
from typing import Any

ISSUER = "kucoin-fast-api-simulator"
PATIENCE = 5.0
PATH = "/api/v1/timestamp"


def main() -> None:
    """Print what a call of the host meets in this process."""
    host, allowed = sys.argv[1], set(sys.argv[2:])
    seen: dict[str, Any] = {
        "version": list(sys.version_info[:3]),
        "now": int(time.time() * 1000),
        "flags": {
            "-I": bool(sys.flags.isolated),
            "-E": bool(sys.flags.ignore_environment and not sys.flags.isolated),
            "-S": bool(sys.flags.no_site),
        },
        "hook": "kucoin_simulator_hook" in sys.modules,
        "sitecustomize": getattr(sys.modules.get("sitecustomize"), "__file__", None),
        "requests": installed("requests"),
        "certifi": certifi_file(),
    }
    if seen["hook"]:
        seen["uvloop"] = by_uvloop(host)
    proxy = proxy_of(host)
    seen["proxy"] = proxy
    addresses: list[str] = []
    if seen["hook"] or not proxy:  # a proxy resolves the name itself
        try:
            addresses = resolved(host)
        except OSError as error:
            seen["resolve_error"] = str(error)
    seen["addresses"] = addresses
    try:
        if proxy and not seen["hook"]:
            if is_inside(proxy[0], allowed):
                seen["peer"] = f"{proxy[0]}:{proxy[1]}"
                call(seen, host, tunnelled(socket.create_connection(proxy, PATIENCE), host))
        elif addresses and all(is_inside(address, allowed) for address in addresses):
            seen["peer"] = f"{addresses[0]}:443"
            call(seen, host, socket.create_connection((addresses[0], 443), PATIENCE))
    except ssl.SSLError as error:
        seen["tls_error"] = str(error)
    except OSError as error:
        seen["connect_error"] = str(error)
    sys.stdout.write(json.dumps(seen) + "\n")


def installed(name: str) -> bool:
    """True if a library is installed."""
    from importlib.util import find_spec

    return find_spec(name) is not None


def certifi_file() -> str | None:
    """The file of certificates that certifi brings; None = it is not installed."""
    try:
        import certifi  # type: ignore[import-not-found,unused-ignore]  # the user's
    except ImportError:
        return None
    return str(certifi.where())


def by_uvloop(host: str) -> list[str] | None:
    """What uvloop's own resolver makes of the host; None = it is not installed."""
    try:
        import uvloop
    except ImportError:
        return None

    async def addresses() -> list[str]:
        import asyncio

        try:
            rows = await asyncio.get_running_loop().getaddrinfo(host, 443, type=socket.SOCK_STREAM)
        except OSError:
            return []
        return list(dict.fromkeys(str(row[4][0]) for row in rows))

    loop = uvloop.new_event_loop()
    try:
        return list(loop.run_until_complete(addresses()))
    finally:
        loop.close()


def resolved(host: str) -> list[str]:
    """The addresses of the host in the order in which they are tried. Raises `OSError`."""
    rows = socket.getaddrinfo(host, 443, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(row[4][0]) for row in rows))


def proxy_of(host: str) -> tuple[str, int] | None:
    """Host and port of the proxy that the variables name for calls of https; None = there is none."""
    from urllib.parse import urlsplit
    from urllib.request import getproxies, proxy_bypass

    url = getproxies().get("https") or getproxies().get("all")
    if not url or proxy_bypass(host):
        return None
    parts = urlsplit(url if "://" in url else f"http://{url}")
    return parts.hostname or "", parts.port or 80


def is_inside(host: str, allowed: set[str]) -> bool:
    """True if a connection to the host may be made."""
    from ipaddress import ip_address

    try:
        return host in allowed or host == "localhost" or ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False


def tunnelled(connection: socket.socket, host: str) -> socket.socket:
    """The connection behind a CONNECT. Raises `OSError`."""
    connection.sendall(f"CONNECT {host}:443 HTTP/1.1\r\nHost: {host}:443\r\n\r\n".encode())
    head = b""
    while b"\r\n\r\n" not in head and len(head) < 65_536:
        part = connection.recv(1)
        if not part:
            break
        head += part
    if head.split(b" ")[1:2] != [b"200"]:
        raise OSError(f"the proxy answered CONNECT with {head[:80]!r}")
    return connection


def call(seen: dict[str, Any], host: str, connection: socket.socket) -> None:
    """Do the handshake and one call, and note what came. Raises `OSError`."""
    context = ssl.create_default_context()
    context.set_alpn_protocols(["http/1.1"])
    with connection, context.wrap_socket(connection, server_hostname=host) as secure:
        certificate = secure.getpeercert() or {}
        parts: Any = certificate.get("issuer", ())
        names = dict(pair for part in parts for pair in part)
        seen["issuer"] = str(names.get("organizationName") or names.get("commonName") or "")
        seen["alpn"] = secure.selected_alpn_protocol()
        secure.sendall(f"GET {PATH} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
        data = b""
        while part := secure.recv(65_536):
            data += part
    head, _, body = data.partition(b"\r\n\r\n")
    status = head.split(b" ")[1:2]
    seen["answer"] = {"status": int(status[0]) if status else 0, "body": body[:200].decode(errors="replace")}


if __name__ == "__main__":
    main()
