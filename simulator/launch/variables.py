"""The variables that lead a program to the simulator: one table, for `exec`, for `env` and for tests of users.

A variable that replaces the trust of a process gets a bundle: the platform's roots and our authority. One that adds to
it gets our authority alone. What a user has in a variable is kept where it can be; what is replaced is noted in a
variable of ours, so that it can be restored.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final, NamedTuple

from simulator.hosts import DOMAIN

MODES: Final = ("hooks", "namespace", "proxy", "plain")
HOOKS: Final = Path(__file__).parent / "hooks"
PYTHON_HOOK: Final = HOOKS / "python"
NODE_HOOK: Final = HOOKS / "node" / "hook.cjs"
LOCAL: Final = ("localhost", "127.0.0.1", "::1")
"""What is never asked for through a proxy."""
ALL: Final = frozenset(MODES)
LED: Final = frozenset({"hooks", "proxy"})
TRUSTED: Final = frozenset({"hooks", "proxy", "namespace"})
HOOKED: Final = frozenset({"hooks"})
URL: Final = "KUCOIN_SIMULATOR_URL"
CA: Final = "KUCOIN_SIMULATOR_CA"
LEAD: Final = "KUCOIN_SIMULATOR_LEAD"
LEAD_HOSTS: Final = "KUCOIN_SIMULATOR_LEAD_HOSTS"
LEAD_REPORT: Final = "KUCOIN_SIMULATOR_LEAD_REPORT"
BEFORE: Final = "KUCOIN_SIMULATOR_BEFORE"
"""The user's own values of the variables that can be replaced, as JSON."""


class Setting(NamedTuple):
    """What the values are made of."""

    address: str
    """HOST:PORT of the simulator."""
    authority: str = ""
    """The file of our authority's certificate."""
    bundle: str = ""
    """The file of the platform's roots and ours."""
    additional: str = ""
    """The file for variables that add to the trust: our authority, and what the user had added already."""
    truststore: str = ""
    """Java's file of roots; "" = there is no Java."""
    truststore_password: str = ""
    wgetrc: str = ""
    """The settings of wget, which reads no variable for its roots."""
    report: str = ""
    """The file that hooks tell in what they did."""
    hosts: tuple[str, ...] = ()
    """Names that are KuCoin's besides those below its domain."""

    @property
    def url(self) -> str:
        """The simulator's base URL."""
        return f"http://{self.address}"


ValueMaker = Callable[[Setting, str, str], str]
"""(setting, what the variable is now, mode) -> its value; "" = it is left as it is."""


class Variable(NamedTuple):
    """A row of the table."""

    name: str
    value: ValueMaker
    adds: bool
    """True = what the user has there is kept and extended; False = it is replaced."""
    mechanism: str
    modes: frozenset[str] = LED

    @property
    def is_joined(self) -> bool:
        """True if the value is a text that others extend as well, so that our part must be taken out of it again."""
        return self.adds and self.mechanism in {"Python", "Node", "Java"}


def _python_path(setting: Setting, now: str, mode: str) -> str:
    return _joined(str(PYTHON_HOOK), now, os.pathsep)


def _node_options(setting: Setting, now: str, mode: str) -> str:
    path = str(NODE_HOOK).replace("\\", "\\\\").replace('"', '\\"')
    return _joined(f'--require "{path}"' if " " in path else f"--require {path}", now, " ")


def _java_options(setting: Setting, now: str, mode: str) -> str:
    if not setting.truststore:
        return ""
    options = [
        f"-Djavax.net.ssl.trustStore={_java_quoted(setting.truststore)}",
        f"-Djavax.net.ssl.trustStorePassword={setting.truststore_password}",
        "-Djavax.net.ssl.trustStoreType=PKCS12",
    ]
    if mode in LED:
        host, _, port = setting.address.rpartition(":")
        for scheme in ("http", "https"):
            options += [f"-D{scheme}.proxyHost={host}", f"-D{scheme}.proxyPort={port}"]
        options.append("-Dhttp.nonProxyHosts=localhost|127.*|[::1]")
    return _joined(now, " ".join(options), " ")


def _java_quoted(text: str) -> str:
    return f'"{text}"' if " " in text else text


def _joined(first: str, second: str, separator: str) -> str:
    """Both, once each."""
    if first and second and first in second:
        return second
    return separator.join(filter(None, (first, second)))


def _no_proxy(setting: Setting, now: str, mode: str) -> str:
    entries = [entry.strip() for entry in now.split(",")]
    kept = [entry for entry in entries if entry and not _covers(entry, setting.hosts)]
    return ",".join(dict.fromkeys((*kept, *LOCAL)))


def _covers(entry: str, hosts: tuple[str, ...]) -> bool:
    """True if an entry of NO_PROXY keeps KuCoin's hosts from the proxy."""
    name = entry.lower().lstrip("*.").partition(":")[0]
    if entry == "*":
        return True
    return bool(name) and any(f".{host}".endswith(f".{name}") or name.endswith(f".{host}") for host in (DOMAIN, *hosts))


def _constant(value: str) -> ValueMaker:
    return lambda setting, now, mode: value


def _url(setting: Setting, now: str, mode: str) -> str:
    return setting.url


def _bundle(setting: Setting, now: str, mode: str) -> str:
    return setting.bundle


def _additional(setting: Setting, now: str, mode: str) -> str:
    return setting.additional or setting.authority


PROXIES: Final = ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy")
VARIABLES: Final = (
    Variable(URL, _url, False, "simulator", ALL),
    Variable(CA, lambda setting, now, mode: setting.authority, False, "simulator", ALL),
    Variable(LEAD, lambda setting, now, mode: setting.address, False, "simulator", HOOKED),
    Variable(LEAD_HOSTS, lambda setting, now, mode: " ".join(setting.hosts), False, "simulator", HOOKED),
    Variable(LEAD_REPORT, lambda setting, now, mode: setting.report, False, "simulator", HOOKED),
    Variable(BEFORE, _constant("{}"), False, "simulator", TRUSTED),  # `led` fills it
    Variable("PYTHONPATH", _python_path, True, "Python", HOOKED),
    Variable("EVENTLET_NO_GREENDNS", _constant("yes"), False, "Python", HOOKED),  # it would resolve names by itself
    Variable("NODE_OPTIONS", _node_options, True, "Node", HOOKED),
    Variable("JAVA_TOOL_OPTIONS", _java_options, True, "Java", TRUSTED),
    *(Variable(name, _url, False, "proxy") for name in PROXIES),
    *(Variable(name, _no_proxy, True, "proxy") for name in ("NO_PROXY", "no_proxy")),
    Variable("NODE_USE_ENV_PROXY", _constant("1"), False, "proxy"),
    *(
        Variable(name, _bundle, False, "certificates", TRUSTED)
        for name in (
            "SSL_CERT_FILE",
            "REQUESTS_CA_BUNDLE",
            "CURL_CA_BUNDLE",
            "GIT_SSL_CAINFO",
            "CARGO_HTTP_CAINFO",
            "PERL_LWP_SSL_CA_FILE",
            "AWS_CA_BUNDLE",
        )
    ),
    Variable("WGETRC", lambda setting, now, mode: setting.wgetrc, False, "certificates", TRUSTED),
    Variable("NODE_EXTRA_CA_CERTS", _additional, True, "certificates", TRUSTED),
    Variable("DENO_CERT", _additional, True, "certificates", TRUSTED),
)
"""Every variable that is set. No other place knows their names.

Left out on purpose: settings of package managers (npm_config_proxy, PIP_CERT, GOPROXY), which do not speak with
KuCoin, and DOCKER_HOST, RUBYOPT and PHP_INI_SCAN_DIR, which no mechanism of ours needs.
"""
WHY: Final = {
    "simulator": "for the hooks, and for tests that ask the simulator itself",
    "Python": "a hook leads KuCoin's hosts, and nothing else, in each Python that reads PYTHONPATH",
    "Node": "a hook does the same in each Node",
    "Java": "Java gets the proxy and the JDK's roots with ours; it prints `Picked up JAVA_TOOL_OPTIONS` on stderr",
    "proxy": "programs without a hook, such as curl, come through the simulator's port; other hosts are passed on",
    "certificates": "they trust our authority, which can sign for KuCoin's names and this machine alone",
}
"""Mechanism -> what it is for."""
TRUST_BEFORE: Final = tuple(variable.name for variable in VARIABLES if variable.value is _bundle)
"""Variables whose files of the user's own go into the bundle."""


def led(setting: Setting, mode: str, environment: Mapping[str, str]) -> dict[str, str]:
    """The variables that are set in a mode, on top of an environment. What another `exec` set there is forgotten."""
    environment = own(environment)
    values = {
        variable.name: variable.value(setting, environment.get(variable.name, ""), mode)
        for variable in VARIABLES
        if mode in variable.modes
    }
    values = {name: value for name, value in values.items() if value}
    if BEFORE in values:
        names = [variable.name for variable in VARIABLES if not variable.is_joined]
        values[BEFORE] = json.dumps({name: environment[name] for name in names if name in environment})
    return values


def environment_of(setting: Setting, mode: str, environment: Mapping[str, str]) -> dict[str, str]:
    """The whole environment of a command in a mode. Nothing of another `exec` or `env` is left in it."""
    return {**own(environment), **led(setting, mode, environment)}


def own(environment: Mapping[str, str]) -> dict[str, str]:
    """An environment as it was before `exec` or `env` set variables in it."""
    changes = unset(environment)
    kept = {name: value for name, value in environment.items() if name not in changes}
    return kept | {name: value for name, value in changes.items() if value is not None}


def unset(environment: Mapping[str, str]) -> dict[str, str | None]:
    """The variables that have a part of ours, without it: None = the variable is removed."""
    result: dict[str, str | None] = {}
    before = _before(environment)
    for variable in VARIABLES:
        now = environment.get(variable.name, "")
        if variable.is_joined:
            rest = _without(variable.name, now)
        elif variable.mechanism == "simulator":
            rest = ""
        else:
            rest = now if before is None else before.get(variable.name, "")
        if rest != now:
            result[variable.name] = rest or None
    return result


def _before(environment: Mapping[str, str]) -> dict[str, str] | None:
    """The user's own values of what we have replaced; None = we have replaced nothing."""
    try:
        values = json.loads(environment[BEFORE])
    except (KeyError, ValueError):
        return None
    return {name: str(value) for name, value in values.items()} if isinstance(values, dict) else None


def _without(name: str, value: str) -> str:
    """What the user had in a variable that we have extended."""
    if name == "PYTHONPATH":
        return os.pathsep.join(path for path in value.split(os.pathsep) if path != str(PYTHON_HOOK))
    if name == "NODE_OPTIONS":
        return value.replace(_node_options(Setting(""), "", "hooks"), "").strip()
    if name == "JAVA_TOOL_OPTIONS":
        start = value.find("-Djavax.net.ssl.trustStore=")
        return value[:start].strip() if start >= 0 else value
    return value


def lines(values: Mapping[str, str], before: Mapping[str, str], mode: str) -> list[str]:
    """A line for each mechanism: which variables were set, and why; and a line for what of the user's was replaced."""
    texts = []
    for mechanism, why in WHY.items():
        names = [variable.name for variable in VARIABLES if variable.mechanism == mechanism and variable.name in values]
        if names:
            place = f"{values[URL]}, " if mechanism == "simulator" else ""
            texts.append(f"{mechanism}: {place}{why} ({', '.join(names)})")
    replaced: dict[str, list[str]] = {}
    for variable in VARIABLES:
        now, old = values.get(variable.name), before.get(variable.name)
        if now and old and now != old and not variable.adds and variable.mechanism in {"proxy", "certificates"}:
            kept = variable.mechanism == "certificates"
            more = "what it has is kept as well" if kept else "other hosts are called without it"
            replaced.setdefault(f"{old}; {more}", []).append(variable.name)
        if variable.name.lower() == "no_proxy" and old and now:
            removed = [entry for entry in old.split(",") if entry.strip() and entry.strip() not in now.split(",")]
            if removed:
                texts.append(
                    f"{variable.name} had {', '.join(removed)}, which would keep KuCoin from the proxy: left out"
                )
    return texts + [f"{', '.join(names)} was {text}" for text, names in replaced.items()]
