"""Leads KuCoin's hosts to a simulator inside one Python process, whichever library asks for them.

A name of KuCoin's resolves to a loopback address that nobody uses. A connection to this address, or to such a name,
goes to the simulator's port. A TLS connection to such a name trusts the simulator's authority as well. Other names are
left alone, and so is a process without our variables.

The file is loaded by its path and may run under another Python than ours: standard library only, syntax of Python 3.7.
A module is patched when the program imports it, so that a program without sockets pays nothing.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from types import ModuleType
    from typing import Any

DOMAIN = "kucoin.com"
SENTINEL = "127.83.67.1"
"""What a name of KuCoin's resolves to. It is rewritten before it leaves the process: macOS has 127.0.0.1 alone."""
MAPPED = "::ffff:"
"""Before an address of IPv4, it makes one that a socket of IPv6 can connect to."""
SENTINELS = (SENTINEL, MAPPED + SENTINEL)
MARK = "_kucoin_simulator_authority"


class Lead:
    """Where connections go, for which names, and what is trusted there."""

    def __init__(self, host: str, port: int, authority: str, more_hosts: Sequence[str], report: str) -> None:
        self.host, self.port, self.report = host, port, report
        self._authority = authority
        self._more = frozenset(name.lower() for name in more_hosts)

    @property
    def pem(self) -> str:
        """The authority's certificate; it is read when it is needed first."""
        if self._authority and "-----BEGIN" not in self._authority:
            with open(self._authority, encoding="ascii") as file:  # noqa: PTH123 - pathlib is slow to import
                self._authority = file.read()
        return self._authority

    def leads(self, host: object) -> bool:
        """True if a host name is KuCoin's."""
        if isinstance(host, (bytes, bytearray)):
            host = bytes(host).decode("ascii", "replace")
        if not isinstance(host, str):
            return False
        name = host.lower().rstrip(".")
        return name == DOMAIN or name.endswith("." + DOMAIN) or name in self._more

    def resolved(self, host: Any, family: int = 0) -> Any:
        """The sentinel in place of a name of KuCoin's."""
        if not self.leads(host):
            return host
        socket = sys.modules["socket"]
        return SENTINELS[1] if family == socket.AF_INET6 else SENTINEL

    def address(self, address: Any, family: int | None = None) -> Any:
        """The simulator's address in place of the sentinel or a name of KuCoin's."""
        if not (isinstance(address, tuple) and len(address) >= 2):
            return address
        if not (address[0] in SENTINELS or self.leads(address[0])):
            return address
        socket = sys.modules["socket"]
        if family == socket.AF_INET6 and ":" not in self.host:
            return (MAPPED + self.host, self.port, 0, 0)
        return (self.host, self.port)

    def note(self, kind: str, text: str) -> None:
        """Tell whoever started this process."""
        if self.report:
            line = "{}\t{}\t{}\n".format(os.getpid(), kind, text.replace("\n", " "))
            try:
                file = os.open(self.report, os.O_WRONLY | os.O_APPEND)
            except OSError:  # it has ended already
                return
            try:
                os.write(file, line.encode("utf-8", "replace"))
            finally:
                os.close(file)

    def check_peer(self, peer: Any, name: object) -> None:
        """Refuse to speak TLS with the real exchange, which was reached by an address or through another proxy."""
        if isinstance(peer, tuple) and not local(str(peer[0])):
            text = f"{name} was asked for at {peer[0]}:{peer[1]}, not by its name: an address or another proxy is used"
            self.note("leak", text)
            raise ConnectionRefusedError("kucoin-simulator: " + text)

    def trust(self, context: Any, name: object) -> None:
        """Let a TLS context accept the simulator's certificate if the connection is for a name of KuCoin's."""
        if self.leads(name) and getattr(context, MARK, None) != self.pem and self.pem:
            context.load_verify_locations(cadata=self.pem)
            setattr(context, MARK, self.pem)


def local(address: str) -> bool:
    """True if an address is the machine's own."""
    bare = address[len(MAPPED) :] if address.startswith(MAPPED) else address
    return bare.startswith("127.") or bare in {"::1", ""}


class Patches:
    """Attributes that are replaced, and what they were."""

    def __init__(self) -> None:
        self._before: list[tuple[Any, str, Any]] = []

    def set(self, owner: Any, name: str, value: Any) -> None:
        """Replace an attribute of a module or class. An inherited one is hidden."""
        self._before.append((owner, name, vars(owner).get(name, self)))
        setattr(owner, name, value)

    def undo(self) -> None:
        """Restore all attributes."""
        while self._before:
            owner, name, value = self._before.pop()
            if value is self:
                delattr(owner, name)
            else:
                setattr(owner, name, value)


def patch_socket(module: Any, lead: Lead, patches: Patches) -> None:
    """Resolve names of KuCoin's to the sentinel, and connect the sentinel to the simulator."""
    low = sys.modules["_socket"]
    getaddrinfo = low.getaddrinfo

    def lead_getaddrinfo(host: Any, port: Any, family: int = 0, *args: Any, **kwargs: Any) -> Any:
        return getaddrinfo(lead.resolved(host, family), port, family, *args, **kwargs)

    patches.set(low, "getaddrinfo", lead_getaddrinfo)
    for owner in (low, module):
        for name in ("gethostbyname", "gethostbyname_ex", "gethostbyaddr"):
            patches.set(owner, name, by_name(getattr(owner, name), lead))
    patch_connect(module.socket, lead, patches)


def by_name(function: Callable[[Any], Any], lead: Lead) -> Callable[[Any], Any]:
    """The function, which resolves a name, with the sentinel for KuCoin's names."""

    def resolve(host: Any) -> Any:
        return function(lead.resolved(host))

    return resolve


def patch_connect(owner: Any, lead: Lead, patches: Patches) -> None:
    """Connect sockets of a class to the simulator if the address is the sentinel or a name of KuCoin's."""
    connect, connect_ex = owner.connect, owner.connect_ex

    def lead_connect(self: Any, address: Any) -> Any:
        return connect(self, lead.address(address, self.family))

    def lead_connect_ex(self: Any, address: Any) -> Any:
        return connect_ex(self, lead.address(address, self.family))

    patches.set(owner, "connect", lead_connect)
    patches.set(owner, "connect_ex", lead_connect_ex)


def patch_ssl(module: Any, lead: Lead, patches: Patches) -> None:
    """Trust the simulator's authority for KuCoin's names, whatever else a context trusts."""
    owner = module.SSLContext
    wrap_socket, wrap_bio = owner.wrap_socket, owner.wrap_bio

    def lead_wrap_socket(self: Any, sock: Any, *args: Any, **kwargs: Any) -> Any:
        name = kwargs.get("server_hostname", args[3] if len(args) > 3 else None)
        if lead.leads(name):
            try:
                peer = sock.getpeername()
            except OSError:  # it is connected later
                peer = None
            lead.check_peer(peer, name)
            lead.trust(self, name)
        return wrap_socket(self, sock, *args, **kwargs)

    def lead_wrap_bio(self: Any, incoming: Any, outgoing: Any, *args: Any, **kwargs: Any) -> Any:
        lead.trust(self, kwargs.get("server_hostname", args[1] if len(args) > 1 else None))
        return wrap_bio(self, incoming, outgoing, *args, **kwargs)

    patches.set(owner, "wrap_socket", lead_wrap_socket)
    patches.set(owner, "wrap_bio", lead_wrap_bio)


def patch_asyncio(module: Any, lead: Lead, patches: Patches) -> None:
    """Refuse TLS of asyncio with the real exchange; a context that wraps memory does not know its peer."""
    owner = module.SSLProtocol
    connection_made = owner.connection_made

    def lead_connection_made(self: Any, transport: Any) -> Any:
        name = getattr(self, "_server_hostname", None)
        if lead.leads(name):
            try:
                lead.check_peer(transport.get_extra_info("peername"), name)
            except ConnectionRefusedError as error:
                connection_made(self, transport)
                self._fatal_error(error)
                return None
        return connection_made(self, transport)

    patches.set(owner, "connection_made", lead_connection_made)


def patch_uvloop(module: Any, lead: Lead, patches: Patches) -> None:
    """Lead the event loop of uvloop, which resolves and connects in C."""
    owner = module.Loop
    getaddrinfo, create_connection = owner.getaddrinfo, owner.create_connection

    async def lead_getaddrinfo(self: Any, host: Any, port: Any, **kwargs: Any) -> Any:
        return await getaddrinfo(self, lead.resolved(host, kwargs.get("family", 0)), port, **kwargs)

    async def lead_create_connection(self: Any, factory: Any, host: Any = None, port: Any = None, **kwargs: Any) -> Any:
        target = lead.address((host, port))
        if target[0] != host:
            if kwargs.get("ssl") and kwargs.get("server_hostname") is None:
                kwargs["server_hostname"] = host
            kwargs.update(family=0, local_addr=None)
        elif host is not None and kwargs.get("ssl") and lead.leads(kwargs.get("server_hostname")):
            lead.check_peer(target, kwargs["server_hostname"])
        return await create_connection(self, factory, *target, **kwargs)

    patches.set(owner, "getaddrinfo", lead_getaddrinfo)
    patches.set(owner, "create_connection", lead_create_connection)


def patch_pycares(module: Any, lead: Lead, patches: Patches) -> None:
    """Lead the resolver c-ares, which aiodns and through it aiohttp use."""
    owner = module.Channel
    for name in ("getaddrinfo", "gethostbyname"):
        function = getattr(owner, name, None)
        if function is not None:
            patches.set(owner, name, by_first(function, lead))


def by_first(function: Callable[..., Any], lead: Lead) -> Callable[..., Any]:
    """The method, whose first argument is a host name, with the sentinel for KuCoin's names."""

    def method(self: Any, host: Any, *args: Any, **kwargs: Any) -> Any:
        return function(self, lead.resolved(host), *args, **kwargs)

    return method


def patch_gevent(module: Any, lead: Lead, patches: Patches) -> None:
    """Lead gevent's own sockets, which take the place of the standard library's."""
    patch_connect(module.socket, lead, patches)


PATCHES = {
    "socket": patch_socket,
    "ssl": patch_ssl,
    "asyncio.sslproto": patch_asyncio,
    "uvloop": patch_uvloop,
    "pycares": patch_pycares,
    "gevent._socket3": patch_gevent,
}
"""What is patched in a module once it is imported."""


class Loader:
    """A module's loader, which patches the module after it is loaded."""

    def __init__(self, loader: Any, patch: Callable[[Any], None]) -> None:
        self._loader, self._patch = loader, patch

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loader, name)

    def create_module(self, spec: Any) -> Any:
        """The loader's module."""
        return self._loader.create_module(spec)

    def exec_module(self, module: Any) -> None:
        """Load it, and leave no trace of this loader."""
        module.__loader__ = module.__spec__.loader = self._loader
        self._loader.exec_module(module)
        self._patch(module)


class Finder:
    """Finds modules as the other finders do, and has those patched that are in the table."""

    def __init__(self, lead: Lead, patches: Patches) -> None:
        self._lead, self._patches = lead, patches

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        """The module's spec if it is in the table, else None."""
        if name not in PATCHES:
            return None
        for finder in [finder for finder in sys.meta_path if not isinstance(finder, Finder)]:
            spec = finder.find_spec(name, path, target)
            if spec is not None and spec.loader is not None:
                spec.loader = Loader(spec.loader, self.patch)  # type: ignore[assignment]  # it acts as one
                return spec
        return None

    def patch(self, module: ModuleType) -> None:
        """Patch a module that is loaded."""
        PATCHES[module.__name__](module, self._lead, self._patches)


def install(
    host: str, port: int, ca_pem_or_path: str, more_hosts: Sequence[str] = (), report: str = ""
) -> Callable[[], None]:
    """Lead KuCoin's hosts to a port until the function that is returned is called.

    Several may be installed at once if the last one is removed first. `report` is a file that lines are appended to.
    """
    patches = Patches()
    finder: Any = Finder(Lead(host, port, str(ca_pem_or_path), more_hosts, report), patches)
    for name in PATCHES:
        module = sys.modules.get(name)
        if module is not None:
            finder.patch(module)
    sys.meta_path.insert(0, finder)

    def uninstall() -> None:
        sys.meta_path.remove(finder)
        patches.undo()

    return uninstall


def install_from_environment(environment: Mapping[str, str]) -> None:
    """Lead KuCoin's hosts as the variables say, for as long as this process runs, and in its forks."""
    host, _, port = environment["KUCOIN_SIMULATOR_LEAD"].rpartition(":")
    authority = environment.get("KUCOIN_SIMULATOR_CA", "")
    more_hosts = environment.get("KUCOIN_SIMULATOR_LEAD_HOSTS", "").split()
    report = environment.get("KUCOIN_SIMULATOR_LEAD_REPORT", "")
    install(host.strip("[]"), int(port), authority, more_hosts, report)
    lead = Lead(host, int(port), authority, more_hosts, report)
    version = "Python {}.{}".format(*sys.version_info)

    def tell() -> None:
        lead.note("led", version)

    tell()
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=tell)
