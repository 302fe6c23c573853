"""Checks of the call itself: the name, the connection, the trust, who answered, and the clock."""

from __future__ import annotations

from typing import Any, Final

from simulator.launch.doctor.case import HOST, PORT, Case
from simulator.launch.doctor.checks import Layer, SetupCheck
from simulator.launch.doctor.of_variables import SET_ANEW

MOST_SKEW: Final = 5_000
"""Milliseconds by which a signed call's time may be off."""
DATED: Final = ("not yet valid", "has expired", "CERT_NOT_YET_VALID", "CERT_HAS_EXPIRED", "NotBefore", "NotAfter")
"""Parts of errors about the time of a certificate."""
UNTRUSTED: Final = "verif", "self-signed", "self signed", "issuer", "PKIX", "SELF_SIGNED", "UNABLE_TO_"
"""Parts of errors about trust."""


def _of(case: Case, name: str) -> Any:
    return (case.probe or {}).get(name)


def _resolved_outside(case: Case) -> str:
    if not case.outside or case.container or case.proxied or case.reached:
        return ""
    return f"{HOST} is {', '.join(case.outside)} in that process, which is not this machine; nothing was sent there"


def _unresolved(case: Case) -> str:
    error = _of(case, "resolve_error")
    return f"{HOST} has no address: {error}" if error and not (case.container or case.proxied or case.reached) else ""


def _alias(case: Case) -> str:
    if not case.container or case.proxied or case.reached or not (case.outside or _of(case, "resolve_error")):
        return ""
    addresses = ", ".join(case.outside)
    return f"inside this container {HOST} {f'leads to {addresses}' if addresses else 'does not resolve'}"


def _ipv6(case: Case) -> str:
    if not case.addresses or ":" not in case.addresses[0] or case.simulator.ipv6 or case.hooked:
        return ""
    return f"{HOST} is {case.addresses[0]} first, and the simulator does not listen on ::1"


def _refused(case: Case) -> str:
    error = _of(case, "connect_error")
    return f"{_of(case, 'peer') or f'{HOST}:{PORT}'} takes no connection: {error}" if error else ""


def _tls_error(case: Case) -> str:
    return str(_of(case, "tls_error") or "")


def _dated(case: Case) -> str:
    error = _tls_error(case)
    return error if any(part in error for part in DATED) else ""


def _untrusted(case: Case) -> str:
    error = _tls_error(case)
    return error if not _dated(case) and any(part in error for part in UNTRUSTED) else ""


def _broken(case: Case) -> str:
    return _tls_error(case) if not (_dated(case) or _untrusted(case)) else ""


def _foreign(case: Case) -> str:
    issuer = _of(case, "issuer")
    if not issuer or "kucoin-fast-api-simulator" in issuer:
        return ""
    return f"the certificate is of {issuer}, and not of the simulator"


def _alpn(case: Case) -> str:
    protocol = _of(case, "alpn")
    return f"{protocol} was agreed on" if protocol not in (None, "", "http/1.1") else ""


def _another(case: Case) -> str:
    answer = _of(case, "answer")
    if not answer or (answer.get("status") == 200 and "200000" in str(answer.get("body"))):
        return ""
    return (
        f"GET https://{HOST}/api/v1/timestamp was answered with {answer.get('status')}: {str(answer.get('body'))[:80]}"
    )


def _unseen(case: Case) -> str:
    seen = _of(case, "seen")
    return (
        f"{HOST} was answered, and the simulator at {case.simulator.url} saw no call"
        if case.reached and seen == 0
        else ""
    )


def _skew(case: Case) -> str:
    now, first, last = _of(case, "now"), case.simulator.wall, case.simulator.wall_after
    if not now or not first or first - MOST_SKEW <= now <= last + MOST_SKEW:
        return ""
    off, side = (now - last, "ahead of") if now > last else (first - now, "behind")
    return f"the clock of the process is {off / 1000:.1f} s {side} the simulator's"


OF_CONNECTION: Final = (
    SetupCheck("resolves-outside", Layer.NAME, f"{HOST} resolves to this machine", _resolved_outside, SET_ANEW),
    SetupCheck(
        "unresolved",
        Layer.NAME,
        f"{HOST} resolves at all",
        _unresolved,
        f"this machine has no resolver for it, which is fine if hooks or a proxy lead: {SET_ANEW}",
    ),
    SetupCheck(
        "docker-alias",
        Layer.NAME,
        "Inside a container, the network has the aliases of KuCoin's hosts",
        _alias,
        "give the simulator's service the network aliases www.kucoin.com and api.kucoin.com, on a network of both",
    ),
    SetupCheck(
        "ipv6-first",
        Layer.NAME,
        "The address that is tried first is one that the simulator listens at",
        _ipv6,
        "start the simulator with --listen [::1]:PORT as well, or let the name lead to 127.0.0.1 alone",
    ),
    SetupCheck(
        "connection-refused",
        Layer.CONNECTION,
        "The address takes connections at port 443, or the proxy at its own",
        _refused,
        f"nothing listens there: {SET_ANEW}, or start the simulator with --listen 127.0.0.1:443",
    ),
    SetupCheck(
        "certificate-time",
        Layer.TRUST,
        "The clock of the process is within the time of the certificate",
        _dated,
        "let the clock run while it connects (libfaketime, a frozen time), or renew by `kucoin-simulator ca new`",
    ),
    SetupCheck(
        "untrusted",
        Layer.TRUST,
        "The process trusts the simulator's certificate",
        _untrusted,
        f"give it the simulator's authority: {SET_ANEW}",
    ),
    SetupCheck(
        "tls-broken",
        Layer.TRUST,
        "The handshake succeeds",
        _broken,
        "look at GET /_sim/v1/handshakes; http behind an https:// URL, another port or an old TLS are usual causes",
    ),
    SetupCheck(
        "foreign-certificate",
        Layer.TRUST,
        "The certificate is the simulator's",
        _foreign,
        "a company's proxy that opens TLS, or another program, answers: unset its proxy variable for the tests",
    ),
    SetupCheck(
        "alpn",
        Layer.TRUST,
        "HTTP/1.1 was agreed on",
        _alpn,
        "something between speaks another protocol: the simulator offers http/1.1 alone",
    ),
    SetupCheck(
        "another-host-answered",
        Layer.ANSWER,
        "The answer is the simulator's",
        _another,
        f"another server answers for the name: {SET_ANEW}",
    ),
    SetupCheck(
        "another-simulator-answered",
        Layer.ANSWER,
        "This simulator saw the call",
        _unseen,
        "another simulator answered: end it, or say by --url which one is meant",
    ),
    SetupCheck(
        "clock-skew",
        Layer.CLOCK,
        "The clock of the process and the simulator's wall clock agree within 5 s",
        _skew,
        "signed calls would be refused with TIMESTAMP_INVALID: set neither clock (libfaketime, a container's), and move"
        " the business clock by `kucoin-simulator clock advance`",
    ),
)
