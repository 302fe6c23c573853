"""Checks of variables: what leads calls, which proxy wins, which certificates are trusted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from simulator.launch.doctor.case import HOST, LEAD, Bundle, Case
from simulator.launch.doctor.checks import Layer, SetupCheck
from simulator.launch.doctor.proxies import EXCEPTIONS, address, here, proxy_for, same_host
from simulator.launch.listening import ListenerKind

REPLACING: Final = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "GIT_SSL_CAINFO", "CARGO_HTTP_CAINFO")
"""Variables whose file replaces what a process trusts."""
ADDING: Final = ("NODE_EXTRA_CA_CERTS", "DENO_CERT", "KUCOIN_SIMULATOR_CA")
"""Variables whose file is added to it."""
SET_ANEW: Final = (
    "run the command by `kucoin-simulator exec -- COMMAND`, or set the variables of `kucoin-simulator env`"
)
EXPORT_ANEW: Final = "export it again by `kucoin-simulator ca bundle`, or run the command by `kucoin-simulator exec --`"


def _ready(case: Case) -> bool:
    return case.simulator.kind is ListenerKind.READY


def _not_led(case: Case) -> str:
    if case.lead or case.proxy.url or not _ready(case):
        return ""
    if case.addresses and not case.outside:
        return ""
    return f"neither {LEAD} nor HTTPS_PROXY is set, and the name {HOST} is not led here"


def _led_elsewhere(case: Case) -> str:
    if not case.lead or here(case.lead, case.simulator.url):
        return ""
    return f"{LEAD}={case.lead}, and the simulator is at {case.simulator.url}"


def _bypassed(case: Case) -> str:
    proxy = case.proxy
    return f"{proxy.bypass} takes {HOST} out of {proxy.variable}" if proxy.url and proxy.bypass else ""


def _bypassed_unled(case: Case) -> str:
    return "" if case.lead else _bypassed(case)


def _bypassed_led(case: Case) -> str:
    return _bypassed(case) if case.lead else ""


def _another_proxy(case: Case) -> str:
    proxy = case.proxy
    if not proxy.url or proxy.bypass or not _ready(case):
        return ""
    host, ours = address(proxy.url)[0], address(case.simulator.url)[0]
    return "" if same_host(host, ours) else f"{proxy.variable}={_shown(proxy.url)} wins, and it is not the simulator"


def _shown(url: str) -> str:
    """A proxy's URL without a password."""
    scheme, separator, rest = url.rpartition("://")
    return f"{scheme}{separator}{rest.rpartition('@')[2]}"


def _proxy_port(case: Case) -> str:
    proxy = case.proxy
    if not proxy.url or proxy.bypass or not _ready(case) or _another_proxy(case) or here(proxy.url, case.simulator.url):
        return ""
    return f"{proxy.variable}={_shown(proxy.url)} has another port than {case.simulator.url}"


def _http_proxy_only(case: Case) -> str:
    name = next((name for name in ("http_proxy", "HTTP_PROXY") if case.environment.get(name)), "")
    if not name or case.proxy.url or case.lead:
        return ""
    return f"{name} is set and HTTPS_PROXY is not, so calls of https pass it by"


def _cases_differ(case: Case) -> str:
    pairs = (("https_proxy", "HTTPS_PROXY"), EXCEPTIONS)
    for lower, upper in pairs:
        one, other = case.environment.get(lower), case.environment.get(upper)
        if one and other and one != other:
            wins = proxy_for({lower: one, upper: other}, HOST).variable or lower
            return f"{lower} and {upper} differ: curl, Python and Node take {wins}, other programs the other one"
    return ""


def _http_base(case: Case) -> str:
    for name, value in sorted(case.environment.items()):
        host = address(value)[0] if value.startswith("http://") else ""
        if host == "kucoin.com" or host.endswith(".kucoin.com"):
            return f"{name}={_shown(value)} says http"
    return ""


def _files(case: Case, names: tuple[str, ...]) -> Iterator[tuple[str, str, Bundle]]:
    """Variable, path and content of every file that one of these variables names; none if our authority is unknown."""
    for name in names if case.simulator.ca else ():
        path = case.environment.get(name)
        if path:
            yield name, path, case.bundles.get(path, Bundle(readable=False))


def _first(names: tuple[str, ...], wrong: Callable[[Bundle], bool], text: str) -> Callable[[Case], str]:
    """A recogniser of files: the first one that is wrong."""

    def recognise(case: Case) -> str:
        file = next(((name, path) for name, path, bundle in _files(case, names) if wrong(bundle)), None)
        return f"{file[0]}={file[1]} {text}" if file else ""

    return recognise


def _ignored_by_requests(case: Case) -> str:
    if case.runtime.kind != "python" or not (case.probe or {}).get("requests") or case.hooked:
        return ""
    environment = case.environment
    if (
        not environment.get("SSL_CERT_FILE")
        or environment.get("REQUESTS_CA_BUNDLE")
        or environment.get("CURL_CA_BUNDLE")
    ):
        return ""
    return "requests is installed, and it ignores SSL_CERT_FILE"


OF_VARIABLES: Final = (
    SetupCheck(
        "not-led", Layer.VARIABLES, "Something leads calls of KuCoin's hosts to the simulator", _not_led, SET_ANEW
    ),
    SetupCheck(
        "led-elsewhere",
        Layer.VARIABLES,
        "Hooks lead to this simulator and not to the port of another one",
        _led_elsewhere,
        f"set the variables anew, because the simulator has another port now, or say --url: {SET_ANEW}",
    ),
    SetupCheck(
        "no-proxy",
        Layer.VARIABLES,
        "NO_PROXY does not take KuCoin's names out of the proxy",
        _bypassed_unled,
        "set NO_PROXY (and no_proxy) to localhost,127.0.0.1,::1 and to nothing of KuCoin's; * takes out everything",
    ),
    SetupCheck(
        "no-proxy-led",
        Layer.VARIABLES,
        "NO_PROXY does not matter, because hooks lead",
        _bypassed_led,
        "clients without a hook (curl, Java) pass the simulator by: set NO_PROXY to localhost,127.0.0.1,::1",
        harmless=True,
    ),
    SetupCheck(
        "another-proxy",
        Layer.VARIABLES,
        "The proxy that wins is the simulator, not the company's",
        _another_proxy,
        "unset that variable for the tests, or set it to the simulator too: calls would leave the machine through it",
    ),
    SetupCheck(
        "proxy-port",
        Layer.VARIABLES,
        "The proxy has the simulator's port",
        _proxy_port,
        f"the simulator listens at another port now: {SET_ANEW}",
    ),
    SetupCheck(
        "http-proxy-only",
        Layer.VARIABLES,
        "The proxy is set for https as well, not for http alone",
        _http_proxy_only,
        "set HTTPS_PROXY and https_proxy to the same value",
    ),
    SetupCheck(
        "proxy-cases",
        Layer.VARIABLES,
        "A variable in capitals and its twin in small letters agree",
        _cases_differ,
        "set both to the same value, or unset one",
        harmless=True,
    ),
    SetupCheck(
        "http-base-url",
        Layer.VARIABLES,
        "Base URLs of KuCoin's hosts begin with https://",
        _http_base,
        "say https://, as the real exchange does; it does not answer plain http",
        harmless=True,
    ),
    SetupCheck(
        "ca-file-missing",
        Layer.VARIABLES,
        "Every file with certificates that a variable names can be read",
        _first((*REPLACING, *ADDING), lambda bundle: not bundle.readable, "cannot be read"),
        EXPORT_ANEW,
    ),
    SetupCheck(
        "stale-ca",
        Layer.VARIABLES,
        "The file has the authority that the simulator uses now, not one that was replaced",
        _first(
            (*REPLACING, *ADDING), lambda bundle: bundle.stale and not bundle.ours, "has an older authority of ours"
        ),
        f"a new authority was made after the file was written: {EXPORT_ANEW}",
    ),
    SetupCheck(
        "ca-not-in-file",
        Layer.VARIABLES,
        "The file has the simulator's authority",
        _first(
            (*REPLACING, *ADDING),
            lambda bundle: bundle.readable and not bundle.ours and not bundle.stale,
            "does not have the simulator's authority",
        ),
        f"somebody else set the variable: {SET_ANEW}",
    ),
    SetupCheck(
        "ca-alone",
        Layer.VARIABLES,
        "A file that replaces what is trusted also has the platform's roots",
        _first(REPLACING, lambda bundle: bundle.ours and not bundle.others, "has the simulator's authority alone"),
        "other hosts are not trusted then: use the file of `kucoin-simulator ca bundle`, which has both",
        harmless=True,
    ),
    SetupCheck(
        "variable-ignored",
        Layer.VARIABLES,
        "The libraries of the process read the variables that are set",
        _ignored_by_requests,
        "set REQUESTS_CA_BUNDLE to the same file",
    ),
)
