"""Checks of the process: does its interpreter read what leads it, and does anything in it go another way."""

from __future__ import annotations

import os
from typing import Any, Final

from simulator.launch.doctor.case import HOST, Bundle, Case
from simulator.launch.doctor.checks import Layer, SetupCheck
from simulator.launch.doctor.of_variables import SET_ANEW

ENV_PROXY: Final = ((22, 21), (24, 5))
"""The first versions of Node of two lines that know NODE_USE_ENV_PROXY."""
JAVA_STORE: Final = "-Djavax.net.ssl.trustStore="
JAVA_OTHERS: Final = ("JDK_JAVA_OPTIONS", "_JAVA_OPTIONS")
"""Variables that win over JAVA_TOOL_OPTIONS."""
JAVA_STEERED: Final = (JAVA_STORE, "-Dhttps.proxyHost=", "-Dhttps.proxyPort=")


def _probe(case: Case, kind: str) -> dict[str, Any] | None:
    """What the probe of that kind printed; None = another kind, or none was run."""
    return dict(case.probe) if case.probe and case.runtime.kind == kind else None


def _missing(case: Case) -> str:
    if not case.command or case.runtime.program:
        return ""
    return f"{case.command[0]} is not found on the PATH"


def _blind(case: Case) -> str:
    return case.blind if case.lead else ""


def _isolated(case: Case) -> str:
    probe = _probe(case, "python")
    flags = [name for name, is_set in ((probe or {}).get("flags") or {}).items() if is_set]
    if not case.lead or not flags or case.hooked:
        return ""
    return f"the interpreter runs with {', '.join(flags)}, and reads neither PYTHONPATH nor sitecustomize"


def _python_path(case: Case) -> str:
    if not case.lead or _probe(case, "python") is None or case.hooked or _isolated(case):
        return ""
    path = case.environment.get("PYTHONPATH", "")
    return "" if case.hooks in path.split(os.pathsep) else f"PYTHONPATH={path} does not have the folder of the hook"


def _sitecustomize(case: Case) -> str:
    probe = _probe(case, "python")
    if not case.lead or probe is None or case.hooked or _isolated(case) or _python_path(case):
        return ""
    other = probe.get("sitecustomize") or "none"
    return f"sitecustomize is {other}, and it does not load the next one on the path"


def _uvloop(case: Case) -> str:
    resolved = (_probe(case, "python") or {}).get("uvloop")
    if case.hooked and resolved is not None:
        outside = [address for address in resolved if not case.inside(address)]
        if outside or not resolved:
            where = f"leads to {', '.join(outside)}" if outside else "does not resolve"
            return f"uvloop resolves in C, past the hook: {HOST} {where} there"
    if not case.hooked and case.run and "uvloop" in case.run.loaded and (case.outside or not case.addresses):
        return "the command runs on uvloop, which resolves in C and reads no proxy variable"
    return ""


def _certifi(case: Case) -> str:
    probe = _probe(case, "python") or {}
    path = probe.get("certifi")
    if not path or case.hooked or case.bundles.get(path, Bundle(readable=False)).ours:
        return ""
    return f"{path} does not have the simulator's authority, and some libraries trust that file alone"


def _frozen(case: Case) -> str:
    return f"{case.runtime.program} is a Python program packed into one file" if case.runtime.frozen else ""


def _node(case: Case) -> tuple[int, ...] | None:
    """The version of Node; None = it is something else, or a hook leads it."""
    probe = _probe(case, "node")
    return None if probe is None or case.hooked else tuple(probe.get("version") or (0, 0))


def _knows_env_proxy(version: tuple[int, ...]) -> bool:
    return version >= ENV_PROXY[1] or ENV_PROXY[0] <= version < (23, 0)


def _old_node(case: Case) -> str:
    version = _node(case)
    if version is None or case.lead or not case.proxied or _knows_env_proxy(version):
        return ""
    return f"Node {version[0]}.{version[1]} does not know NODE_USE_ENV_PROXY and ignores HTTPS_PROXY"


def _env_proxy(case: Case) -> str:
    version = _node(case)
    if version is None or case.lead or not case.proxied or not _knows_env_proxy(version):
        return ""
    return (
        ""
        if case.environment.get("NODE_USE_ENV_PROXY") == "1"
        else "Node ignores HTTPS_PROXY without NODE_USE_ENV_PROXY=1"
    )


def _node_options(case: Case) -> str:
    if not case.lead or _node(case) is None:
        return ""
    return f"NODE_OPTIONS={case.environment.get('NODE_OPTIONS', '')} does not load the hook"


def _node_certificates(case: Case) -> str:
    if _node(case) is None or case.environment.get("NODE_EXTRA_CA_CERTS"):
        return ""
    return "NODE_EXTRA_CA_CERTS is not set, and Node reads no other file"


def _java_options(case: Case) -> str:
    if case.runtime.kind != "java" or JAVA_STORE in case.environment.get("JAVA_TOOL_OPTIONS", ""):
        return ""
    return "JAVA_TOOL_OPTIONS names no truststore"


def _java_overridden(case: Case) -> str:
    if case.runtime.kind != "java":
        return ""
    ours = case.environment.get("JAVA_TOOL_OPTIONS", "").split()
    places = [(name, case.environment.get(name, "").split()) for name in JAVA_OTHERS]
    for name, options in [*places, ("the command line", list(case.command))]:
        for option in options:
            if option.startswith(JAVA_STEERED) and option not in ours:
                return f"{name} has {option}, which wins over JAVA_TOOL_OPTIONS"
    return ""


OF_PROCESS: Final = (
    SetupCheck("command-missing", Layer.PROCESS, "The command is there", _missing, "check its name and the PATH"),
    SetupCheck(
        "no-hook-fits",
        Layer.PROCESS,
        "The program is one that a hook or the proxy variables lead",
        _blind,
        "run the command by `kucoin-simulator exec --mode namespace -- COMMAND`, which leads any program",
    ),
    SetupCheck(
        "isolated-interpreter",
        Layer.PROCESS,
        "Python is not started with -I, -E or -S, which keep the hook out",
        _isolated,
        "leave the flag out for tests, or run the command by `kucoin-simulator exec --mode namespace -- COMMAND`",
    ),
    SetupCheck(
        "python-path",
        Layer.PROCESS,
        "PYTHONPATH still has the hook's folder",
        _python_path,
        f"something replaced PYTHONPATH: extend it in place of setting it, or {SET_ANEW}",
    ),
    SetupCheck(
        "foreign-sitecustomize",
        Layer.PROCESS,
        "Another sitecustomize loads the hook too",
        _sitecustomize,
        "put the hook's folder first on PYTHONPATH, or import the next sitecustomize in that one",
    ),
    SetupCheck(
        "uvloop",
        Layer.PROCESS,
        "uvloop is led, too",
        _uvloop,
        "take asyncio's own loop in tests, or run the command by `kucoin-simulator exec --mode namespace -- COMMAND`",
    ),
    SetupCheck(
        "frozen-certifi",
        Layer.PROCESS,
        "Libraries that trust certifi's own file alone (ccxt, KuCoin's SDK, aiohttp) trust the simulator",
        _certifi,
        "variables do not reach them: run the command by `kucoin-simulator exec -- COMMAND`, whose hook does",
        harmless=True,
    ),
    SetupCheck(
        "frozen-program",
        Layer.PROCESS,
        "The command is no Python program packed into one file",
        _frozen,
        "test it unpacked, or by `kucoin-simulator exec --mode namespace -- COMMAND`; its certificates are inside it",
    ),
    SetupCheck(
        "old-node",
        Layer.PROCESS,
        "Node is new enough to read the proxy variables, or a hook leads it",
        _old_node,
        "run the command by `kucoin-simulator exec -- COMMAND`, or take Node 22.21, 24.5 or newer",
    ),
    SetupCheck(
        "node-env-proxy",
        Layer.PROCESS,
        "Node is told to read the proxy variables",
        _env_proxy,
        "set NODE_USE_ENV_PROXY=1",
    ),
    SetupCheck(
        "node-options",
        Layer.PROCESS,
        "NODE_OPTIONS still loads the hook",
        _node_options,
        f"something replaced NODE_OPTIONS: extend it in place of setting it, or {SET_ANEW}",
    ),
    SetupCheck(
        "node-certificates",
        Layer.PROCESS,
        "Node is given the simulator's authority",
        _node_certificates,
        "set NODE_EXTRA_CA_CERTS to the file of `kucoin-simulator ca path`",
    ),
    SetupCheck(
        "java-options",
        Layer.PROCESS,
        "JAVA_TOOL_OPTIONS names the truststore",
        _java_options,
        f"something replaced JAVA_TOOL_OPTIONS, or `kucoin-simulator ca java` was not used: {SET_ANEW}",
    ),
    SetupCheck(
        "java-overridden",
        Layer.PROCESS,
        "Nothing wins over JAVA_TOOL_OPTIONS",
        _java_overridden,
        "leave that option out for tests: the truststore of `kucoin-simulator ca java` has the JDK's roots as well",
    ),
)
