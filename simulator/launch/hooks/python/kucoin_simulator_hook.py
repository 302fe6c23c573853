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
    from typing import Any, Callable, Mapping, Sequence

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
        self.host, self.port, self.report, self._authority = host, port, report, authority
        self._more = frozenset(name.lower() for name in more_hosts)

    @property
    def pem(self) -> str:
        """The authority's certificate; it is read when it is needed first."""
        if self._authority and "-----BEGIN" not in self._authority:
            with open(self._authority, encoding="ascii") as file:
                self._authority = file.read()
        return self._authority

    def leads(self, host: object) -> bool:
        """True if a host name is KuCoin's."""
        if not isinstance(host, (str, bytes, bytearray)):
            return False
        name = (host if isinstance(host, str) else bytes(host).decode("ascii", "replace")).lower().rstrip(".")
        return name == DOMAIN or name.endswith("." + DOMAIN) or name in self._more

    def resolved(self, host: Any, family: int = 0) -> Any:
        """The sentinel in place of a name of KuCoin's."""
        sentinel = SENTINELS[1] if family == sys.modules["socket"].AF_INET6 else SENTINEL
        return sentinel if self.leads(host) else host

    def address(self, address: Any, family: int | None = None) -> Any:
        """The simulator's address in place of the sentinel or a name of KuCoin's."""
        named = isinstance(address, tuple) and len(address) >= 2
        if not (named and (address[0] in SENTINELS or self.leads(address[0]))):
            return address
        if family == sys.modules["socket"].AF_INET6 and ":" not in self.host:
            return (MAPPED + self.host, self.port, 0, 0)
        return (self.host, self.port)

    def note(self, kind: str, text: str) -> None:
        """Tell the process that started this one."""
        if self.report:
            line = "{}\t{}\t{}\n".format(os.getpid(), kind, text.replace("\n", " "))
            try:
                with open(self.report, "ab") as file:
                    file.write(line.encode("utf-8", "replace"))
            except OSError:  # whoever started this process has ended
                return

    def check_peer(self, peer: Any, name: object) -> None:
        """Refuse to speak TLS with the real exchange, which was reached by an address or through another proxy."""
        if isinstance(peer, tuple) and not str(peer[0]).replace(MAPPED, "").startswith(("127.", "::1")):
            text = f"{name} was asked for at {peer[0]}:{peer[1]}, not by its name: an address or another proxy is used"
            self.note("leak", text)
            raise ConnectionRefusedError("kucoin-simulator: " + text)

    def trust(self, context: Any, name: object) -> None:
        """Let a TLS context accept the simulator's certificate if the connection is for a name of KuCoin's."""
        if self.leads(name) and getattr(context, MARK, None) != self.pem and self.pem:
            context.load_verify_locations(cadata=self.pem)
            setattr(context, MARK, self.pem)


class Patches(list):  # type: ignore[type-arg]  # Python 3.7 cannot subscribe it
    """The attributes that are replaced: (their owner, their name, what they were)."""

    def set(self, owner: Any, name: str, value: Any) -> None:
        """Replace an attribute of a module or class. An inherited one is hidden."""
        self.append((owner, name, vars(owner).get(name, self)))
        setattr(owner, name, value)

    def undo(self) -> None:
        """Restore all attributes."""
        while self:
            owner, name, value = self.pop()
            if value is self:
                delattr(owner, name)
            else:
                setattr(owner, name, value)


def patch_socket(module: Any, lead: Lead, patches: Patches) -> None:
    """Resolve names of KuCoin's to the sentinel, and connect the sentinel to the simulator."""
    low = sys.modules["_socket"]
    patches.set(low, "getaddrinfo", by_host(low.getaddrinfo, lead))  # the function of `socket` calls this one
    for owner in (low, module):
        for name in ("gethostbyname", "gethostbyname_ex", "gethostbyaddr"):
            patches.set(owner, name, by_host(getattr(owner, name), lead))
    patch_connect(module.socket, lead, patches)


def by_host(function: Callable[..., Any], lead: Lead, place: int = 0) -> Callable[..., Any]:
    """The function, whose arguments are (..., host, port, family), with the sentinel for KuCoin's names."""

    def resolve(*args: Any, **kwargs: Any) -> Any:
        family = kwargs.get("family", args[place + 2] if len(args) > place + 2 else 0)
        if "host" in kwargs:
            kwargs["host"] = lead.resolved(kwargs["host"], family)
        host = [lead.resolved(host, family) for host in args[place : place + 1]]
        return function(*args[:place], *host, *args[place + 1 :], **kwargs)

    return resolve


def patch_connect(owner: Any, lead: Lead, patches: Patches) -> None:
    """Connect sockets of a class to the simulator if the address is the sentinel or a name of KuCoin's."""
    for name in ("connect", "connect_ex"):
        patches.set(owner, name, by_address(getattr(owner, name), lead))


def by_address(method: Callable[..., Any], lead: Lead) -> Callable[..., Any]:
    """The method of a socket with the simulator's address in place of the sentinel or a name of KuCoin's."""

    def connect(self: Any, address: Any) -> Any:
        return method(self, lead.address(address, self.family))

    return connect


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
    create_connection = owner.create_connection

    async def lead_create_connection(self: Any, factory: Any, host: Any = None, port: Any = None, **kwargs: Any) -> Any:
        target = lead.address((host, port))
        if target[0] != host:
            if kwargs.get("ssl") and kwargs.get("server_hostname") is None:
                kwargs["server_hostname"] = host
            kwargs.update(family=0, local_addr=None)
        elif host is not None and kwargs.get("ssl") and lead.leads(kwargs.get("server_hostname")):
            lead.check_peer(target, kwargs["server_hostname"])
        return await create_connection(self, factory, *target, **kwargs)

    patches.set(owner, "getaddrinfo", by_host(owner.getaddrinfo, lead, 1))
    patches.set(owner, "create_connection", lead_create_connection)


def patch_pycares(module: Any, lead: Lead, patches: Patches) -> None:
    """Lead the resolver c-ares, which aiodns and through it aiohttp use."""
    for name in ("getaddrinfo", "gethostbyname"):
        if hasattr(module.Channel, name):
            patches.set(module.Channel, name, by_host(getattr(module.Channel, name), lead, 1))


PATCHES: dict[str, Any] = {
    "socket": patch_socket,
    "ssl": patch_ssl,
    "asyncio.sslproto": patch_asyncio,
    "uvloop": patch_uvloop,
    "pycares": patch_pycares,
    "gevent.ssl": patch_ssl,
    "eventlet.green.ssl": patch_ssl,
    "gevent._socket3": lambda module, lead, patches: patch_connect(module.socket, lead, patches),
}
"""What is patched in a module once it is imported."""


class Loader:
    """A module's loader, which patches the module after it is loaded."""

    def __init__(self, loader: Any, patch: Callable[[Any], None]) -> None:
        self._loader, self._patch = loader, patch

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loader, name)

    def exec_module(self, module: Any) -> None:
        """Load it, and leave no trace of this loader."""
        module.__loader__ = module.__spec__.loader = self._loader
        self._loader.exec_module(module)
        self._patch(module)


class Finder:
    """Finds modules as the other finders do, and has those patched that are in the table."""

    def __init__(self, lead: Lead, patches: Patches) -> None:
        self._lead, self._patches = lead, patches
        self._searched: set[str] = set()  # another finder may ask all finders as well, as those of coverage tools do

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        """The module's spec if it is in the table, else None."""
        if name not in PATCHES or name in self._searched:
            return None
        finders = [finder for finder in sys.meta_path if not isinstance(finder, Finder)]
        self._searched.add(name)
        try:
            specs = (finder.find_spec(name, path, target) for finder in finders if hasattr(finder, "find_spec"))
            spec: Any = next((spec for spec in specs if spec is not None and spec.loader is not None), None)
        finally:
            self._searched.discard(name)
        if spec is not None:
            spec.loader = Loader(spec.loader, self.patch)
        return spec

    def patch(self, module: Any) -> None:
        """Patch a module that is loaded."""
        PATCHES[module.__name__](module, self._lead, self._patches)


def install(host: str, port: int, ca_pem_or_path: str, more_hosts: Sequence[str] = ()) -> Callable[[], None]:
    """Lead KuCoin's hosts to a port until the returned function is called. The last one installed is removed first."""
    return _install(Lead(host, port, str(ca_pem_or_path), more_hosts, ""))


def _install(lead: Lead) -> Callable[[], None]:
    patches = Patches()
    finder: Any = Finder(lead, patches)
    for name in PATCHES:
        if sys.modules.get(name) is not None:
            finder.patch(sys.modules[name])
    sys.meta_path.insert(0, finder)

    def uninstall() -> None:
        sys.meta_path.remove(finder)
        patches.undo()

    return uninstall


def install_from_environment(environment: Mapping[str, str]) -> None:
    """Lead KuCoin's hosts as the variables say, for as long as this process runs, and in its forks."""
    host, _, port = environment["KUCOIN_SIMULATOR_LEAD"].rpartition(":")
    names = ("CA", "LEAD_HOSTS", "LEAD_REPORT")
    authority, more_hosts, report = (environment.get("KUCOIN_SIMULATOR_" + name, "") for name in names)
    lead = Lead(host.strip("[]"), int(port), authority, more_hosts.split(), report)
    _install(lead)
    lead.note("led", "Python {}.{}".format(*sys.version_info))
    origin = str(os.getpid())
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=lambda: lead.note("forked", origin))
