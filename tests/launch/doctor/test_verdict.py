"""Sabotaged set-ups, given as data: each is named, and comes with its fix."""

from __future__ import annotations

from typing import Any, Final

import pytest

from simulator.launch.doctor.case import Bundle, Case, CommandRun, Runtime, SimulatorFacts
from simulator.launch.doctor.verdict import CHECKS, findings
from simulator.launch.listening import ListenerKind as Kind

URL: Final = "http://127.0.0.1:8080"
NOW: Final = 1_780_272_000_000
HOOKS: Final = "hooks/python"
SIMULATOR: Final = SimulatorFacts(URL, version="1", own_version="1", wall=NOW, wall_after=NOW + 100, ca="pem")
BUNDLE: Final = Bundle(readable=True, ours=True, others=140)
OURS_ALONE: Final = Bundle(readable=True, ours=True)
FOREIGN: Final = Bundle(readable=True, others=140)
ANSWER: Final = {"status": 200, "body": '{"code":"200000"}'}
TRUSTED: Final = {"issuer": "kucoin-fast-api-simulator", "alpn": "http/1.1", "answer": ANSWER, "now": NOW, "seen": 1}
PROXIED: Final = {
    "HTTPS_PROXY": URL,
    "https_proxy": URL,
    "NO_PROXY": "localhost,127.0.0.1,::1",
    "SSL_CERT_FILE": "bundle.pem",
    "REQUESTS_CA_BUNDLE": "bundle.pem",
    "NODE_EXTRA_CA_CERTS": "ca.pem",
    "JAVA_TOOL_OPTIONS": "-Djavax.net.ssl.trustStore=t -Dhttps.proxyHost=127.0.0.1 -Dhttps.proxyPort=8080",
}
LED: Final = {
    **PROXIED,
    "KUCOIN_SIMULATOR_LEAD": "127.0.0.1:8080",
    "PYTHONPATH": HOOKS,
    "NODE_OPTIONS": "--require hook.cjs",
}
BUNDLES: Final = {"bundle.pem": BUNDLE, "ca.pem": OURS_ALONE, "certifi.pem": FOREIGN}


def case(kind: str = "python", *, led: bool = True, probe: dict[str, Any] | None = None, **more: Any) -> Case:
    """A set-up in which all is well; `probe` changes what the probe saw."""
    seen: dict[str, Any] = {**TRUSTED, "addresses": ["127.83.67.1"] if led else [], "hook": led and kind != "java"}
    if kind == "node":
        seen["version"] = [20, 20, 2] if led else [24, 6, 0]
    if kind == "python":
        seen |= {"version": [3, 11, 7], "flags": {}, "certifi": "certifi.pem", "requests": True}
    environment = {**(LED if led else {**PROXIED, "NODE_USE_ENV_PROXY": "1"}), **more.pop("environment", {})}
    simulator = more.pop("simulator", SIMULATOR)
    return Case(
        simulator,
        environment,
        more.pop("command", (kind, "x")),
        more.pop("runtime", Runtime(kind, f"/usr/bin/{kind}")),
        more.pop("bundles", BUNDLES),
        {**seen, **(probe or {})},
        more.pop("run", CommandRun(0, calls=3)),
        hooks=HOOKS,
        **more,
    )


def unreached(**probe: Any) -> dict[str, Any]:
    """What a probe prints that got no answer."""
    return {"answer": None, "issuer": None, "alpn": None, "seen": 0, **probe}


UNHOOKED: Final = {"hook": False}
OUTSIDE: Final = unreached(addresses=["203.0.113.9"], hook=False)
NO_LEAD: Final = dict.fromkeys(("HTTPS_PROXY", "https_proxy", "KUCOIN_SIMULATOR_LEAD"), "")
HANDSHAKE: Final = {"sni": "api.kucoin.com", "alert": "unknown_ca", "cause": "the client does not trust the authority"}
COMPANY: Final = "http://ann:secret@proxy.corp.example:3128"


def facts(**changes: Any) -> SimulatorFacts:
    """What is known of a simulator with which something is wrong."""
    return SIMULATOR._replace(**changes)


SABOTAGED: Final[list[tuple[str, Case, str]]] = [
    (
        "nothing-listens",
        case(simulator=facts(kind=Kind.NOTHING, evidence="Connection refused")),
        "Connection refused",
    ),
    ("another-program", case(simulator=facts(kind=Kind.OTHER, evidence="nginx")), "nginx"),
    ("token-missing", case(simulator=facts(token="missing")), "asks for"),
    ("token-wrong", case(simulator=facts(token="wrong")), "refuses"),
    ("old-simulator", case(simulator=facts(version="0.1.0", observes=False)), "0.1.0"),
    ("no-tls", case(simulator=facts(tls=False)), "answers no TLS"),
    ("not-led", case(environment=NO_LEAD, probe=OUTSIDE), "neither"),
    ("led-elsewhere", case(environment={"KUCOIN_SIMULATOR_LEAD": "127.0.0.1:9090"}), "127.0.0.1:9090"),
    ("led-elsewhere", case(environment={"KUCOIN_SIMULATOR_LEAD": "10.0.0.1:8080"}), "10.0.0.1:8080"),
    ("no-proxy", case(led=False, environment={"NO_PROXY": "*"}), "NO_PROXY=*"),
    ("no-proxy", case(led=False, environment={"NO_PROXY": "localhost, .kucoin.com"}), ".kucoin.com"),
    ("no-proxy", case(led=False, environment={"no_proxy": "api.kucoin.com:443"}), "no_proxy=api"),
    ("no-proxy-led", case(environment={"NO_PROXY": "*"}), "NO_PROXY=*"),
    ("another-proxy", case(environment={"https_proxy": COMPANY}), "https_proxy=http://proxy.corp.example:3128 wins"),
    (
        "another-proxy",
        case(led=False, environment={"https_proxy": "", "HTTPS_PROXY": "", "ALL_PROXY": COMPANY}),
        "ALL_",
    ),
    ("proxy-port", case(led=False, environment={"https_proxy": "http://127.0.0.1:9090"}), ":9090 has another port"),
    ("http-proxy-only", case(environment={**NO_LEAD, "HTTP_PROXY": URL}), "HTTP_PROXY is set"),
    ("proxy-cases", case(environment={"HTTPS_PROXY": "http://127.0.0.1:9090"}), "https_proxy and HTTPS_PROXY differ"),
    ("http-base-url", case(environment={"KUCOIN_URL": "http://api.kucoin.com/"}), "KUCOIN_URL=http://api.kucoin.com/"),
    ("ca-file-missing", case(environment={"CURL_CA_BUNDLE": "gone.pem"}), "CURL_CA_BUNDLE=gone.pem cannot be read"),
    (
        "stale-ca",
        case(
            environment={"SSL_CERT_FILE": "old.pem"}, bundles={**BUNDLES, "old.pem": Bundle(True, stale=True, others=9)}
        ),
        "SSL_CERT_FILE=old.pem has an older authority",
    ),
    ("ca-not-in-file", case(environment={"REQUESTS_CA_BUNDLE": "certifi.pem"}), "REQUESTS_CA_BUNDLE=certifi.pem does"),
    ("ca-alone", case(environment={"SSL_CERT_FILE": "ca.pem"}), "SSL_CERT_FILE=ca.pem has the simulator's"),
    ("variable-ignored", case(led=False, environment={"REQUESTS_CA_BUNDLE": ""}), "requests is installed"),
    ("command-missing", case(command=("pyton",), runtime=Runtime("other", "")), "pyton is not found"),
    ("no-hook-fits", case("other", blind="broker is a static binary, which no hook can be in"), "static binary"),
    ("isolated-interpreter", case(probe={"hook": False, "flags": {"-I": True, "-S": False}}), "runs with -I"),
    ("python-path", case(environment={"PYTHONPATH": "src"}, probe=UNHOOKED), "PYTHONPATH=src"),
    (
        "foreign-sitecustomize",
        case(probe={"hook": False, "sitecustomize": "/app/sitecustomize.py"}),
        "/app/sitecustomize",
    ),
    ("uvloop", case(probe={"uvloop": ["203.0.113.9"]}), "api.kucoin.com leads to 203.0.113.9 there"),
    ("uvloop", case(probe=OUTSIDE, run=CommandRun(1, loaded=frozenset({"uvloop"}))), "the command runs on uvloop"),
    ("frozen-certifi", case(led=False, probe={"hook": False}), "certifi.pem does not have"),
    ("frozen-program", case("other", runtime=Runtime("other", "/app/broker", frozen=True)), "/app/broker is a Python"),
    ("old-node", case("node", led=False, probe={"version": [20, 20, 2]}), "Node 20.20"),
    ("old-node", case("node", led=False, probe={"version": [23, 9, 0]}), "Node 23.9"),
    ("node-env-proxy", case("node", led=False, environment={"NODE_USE_ENV_PROXY": ""}), "without NODE_USE_ENV_PROXY=1"),
    (
        "node-options",
        case("node", environment={"NODE_OPTIONS": "--max-old-space-size=9"}, probe=UNHOOKED),
        "max-old-space",
    ),
    ("node-certificates", case("node", led=False, environment={"NODE_EXTRA_CA_CERTS": ""}), "is not set"),
    ("java-options", case("java", environment={"JAVA_TOOL_OPTIONS": "-Xmx1g"}), "names no truststore"),
    (
        "java-overridden",
        case("java", environment={"_JAVA_OPTIONS": "-Djavax.net.ssl.trustStore=/x"}),
        "_JAVA_OPTIONS has",
    ),
    (
        "java-overridden",
        case("java", command=("java", "-Dhttps.proxyHost=proxy.corp.example", "App")),
        "the command line",
    ),
    ("resolves-outside", case(environment=NO_LEAD, probe=OUTSIDE), "203.0.113.9"),
    ("unresolved", case(environment=NO_LEAD, probe=unreached(resolve_error="Name or service not known")), "not known"),
    ("docker-alias", case(environment=NO_LEAD, probe=OUTSIDE, container=True), "inside this container"),
    ("docker-alias", case(environment=NO_LEAD, probe=unreached(resolve_error="x"), container=True), "does not resolve"),
    (
        "ipv6-first",
        case(led=False, probe={"addresses": ["::1", "127.0.0.1"]}, simulator=facts(ipv6=False)),
        "::1 first",
    ),
    (
        "connection-refused",
        case(probe=unreached(peer="127.0.0.1:443", connect_error="Connection refused")),
        "127.0.0.1:443",
    ),
    ("certificate-time", case(probe=unreached(tls_error="certificate is not yet valid")), "not yet valid"),
    ("untrusted", case(probe=unreached(tls_error="certificate verify failed: unable to get issuer")), "verify failed"),
    ("untrusted", case("node", probe=unreached(tls_error="SELF_SIGNED_CERT_IN_CHAIN self-signed")), "SELF_SIGNED"),
    ("untrusted", case("java", probe=unreached(tls_error="PKIX path building failed")), "PKIX"),
    (
        "tls-broken",
        case(probe=unreached(tls_error="[SSL: WRONG_VERSION_NUMBER] wrong version number")),
        "WRONG_VERSION",
    ),
    ("foreign-certificate", case(probe={"issuer": "Corp Proxy CA"}), "Corp Proxy CA"),
    ("alpn", case(probe={"alpn": "h2"}), "h2 was agreed on"),
    ("another-host-answered", case(probe={"answer": {"status": 403, "body": "<html>Blocked"}}), "403: <html>Blocked"),
    ("another-simulator-answered", case(probe={"seen": 0}), "saw no call"),
    ("clock-skew", case(probe={"now": NOW + 3_600_100}), "3600.0 s ahead of"),
    ("clock-skew", case(probe={"now": NOW - 6_000}), "6.0 s behind"),
    (
        "pinned-certificate",
        case(run=CommandRun(1, handshakes=(HANDSHAKE,))),
        "the probe is trusted, and the command is not",
    ),
    ("custom-agent", case("node", run=CommandRun(1, handshakes=(HANDSHAKE,))), "Node's own agent gets through"),
    (
        "handshake-failed",
        case(probe=unreached(tls_error="verify failed"), run=CommandRun(1, handshakes=(HANDSHAKE,))),
        "api.ku",
    ),
    ("process-not-led", case(run=CommandRun(-9, unled=("python runs with -I",))), "python runs with -I"),
    ("no-call", case(run=CommandRun(0)), "the simulator saw no call"),
]


@pytest.mark.parametrize("kind", ["python", "node", "java"])
@pytest.mark.parametrize("led", [True, False])
def test_a_sound_set_up_has_no_finding(kind: str, *, led: bool) -> None:
    """By hooks and by variables, nothing is in the way; certifi's own file is a note without a hook."""
    sound = case(kind, led=led)
    assert [finding.check.id for finding in findings(sound) if not finding.check.harmless] == []
    assert [finding.check.id for finding in findings(sound)] == (
        ["frozen-certifi"] if kind == "python" and not led else []
    )


@pytest.mark.parametrize(("id", "sabotaged", "seen"), SABOTAGED, ids=[row[0] for row in SABOTAGED])
def test_a_sabotaged_set_up_is_named(id: str, sabotaged: Case, seen: str) -> None:
    """The finding says what was seen, and no password of a proxy; its fix says what to do."""
    found = {finding.check.id: finding for finding in findings(sabotaged)}
    assert id in found
    assert seen in found[id].seen
    assert "secret" not in found[id].seen
    assert len(found[id].fix) > 15
    assert found[id].as_data()["id"] == id


def test_every_check_is_held_by_a_sabotaged_set_up() -> None:
    """Each check is recognised in some set-up, has an id of its own, and at least 15 set-ups are not harmless."""
    ids = [check.id for check in CHECKS]
    assert len(set(ids)) == len(ids)
    assert {row[0] for row in SABOTAGED} == set(ids)
    assert sum(not check.harmless for check in CHECKS) >= 15


def test_without_a_probe_nothing_is_guessed() -> None:
    """If no probe could run, only variables and the simulator are judged."""
    bare = Case(SIMULATOR, LED, ("x",), Runtime("other", "/usr/bin/x"), BUNDLES)
    assert findings(bare) == []
