"""TLS of the server: which certificate a client gets is decided by the name that it asks for."""

from __future__ import annotations

import os
import ssl
import tempfile
from collections import OrderedDict
from pathlib import Path
from typing import Final

from simulator.certificates.authority import Authority
from simulator.certificates.issuing import HOST, LOCALHOST

ALPN: Final = ["http/1.1"]
MOST: Final = 64
"""Contexts that are kept for names which the first certificate does not cover."""
DESCRIPTORS: Final = Path("/proc/self/fd")
"""A folder in which Linux shows the open files of this process."""


def server_context(authority: Authority) -> ssl.SSLContext:
    """The context of a server. The certificate follows the name in the handshake (SNI).

    One certificate covers all usual names: each permitted one, those directly below it, and loopback. Others are made
    when they are asked for. A client that gives no name, or one that is not permitted, gets the usual certificate.
    """
    parents = [name for name in authority.names if name != LOCALHOST]
    usual = [*parents, *(f"*.{name}" for name in parents), LOCALHOST, "127.0.0.1", "::1"]
    context = _context(authority, usual)
    contexts: OrderedDict[str, ssl.SSLContext] = OrderedDict()

    def choose(connection: ssl.SSLObject, name: str | None, _first: ssl.SSLContext) -> None:
        host = (name or "").lower().removesuffix(".")
        if host in usual or host.partition(".")[2] in parents or not _signable(authority, host):
            return
        if host not in contexts:
            contexts[host] = _context(authority, [host])
            if len(contexts) > MOST:
                contexts.popitem(last=False)
        contexts.move_to_end(host)
        connection.context = contexts[host]

    context.sni_callback = choose
    return context


def _signable(authority: Authority, host: str) -> bool:
    """True if a certificate can name this host: it is permitted, and it is spelled like a host."""
    return len(host) <= 253 and HOST.fullmatch(host) is not None and authority.permits(host)


def _context(authority: Authority, names: list[str]) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_alpn_protocols(ALPN)
    load(context, *authority.leaf(names))
    return context


def load(context: ssl.SSLContext, chain: str, key: str) -> None:
    """Load a certificate and its key, which Python can do from files only. The file is in memory where that exists."""
    data = (key + chain).encode()
    if hasattr(os, "memfd_create") and DESCRIPTORS.is_dir():
        with os.fdopen(os.memfd_create("certificate"), "wb") as stream:
            stream.write(data)
            stream.flush()
            context.load_cert_chain(DESCRIPTORS / str(stream.fileno()))
        return
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "certificate.pem")
        file.write_bytes(data)
        context.load_cert_chain(file)
