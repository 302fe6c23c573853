"""Checks of what the command itself did, after the probe got through in its place."""

from __future__ import annotations

from typing import Final

from simulator.launch.doctor.case import Case
from simulator.launch.doctor.checks import Layer, SetupCheck


def _handshake(case: Case) -> str:
    """The last failed handshake of the command, as a sentence."""
    if not case.run or not case.run.handshakes:
        return ""
    failed = case.run.handshakes[-1]
    name = failed.get("server_name") or failed.get("sni") or "no name"
    return f"its handshake for {name} failed: {failed.get('cause') or failed.get('problem') or failed.get('alert')}"


def _pinned(case: Case) -> str:
    seen = _handshake(case)
    return (
        f"the probe is trusted, and the command is not: {seen}"
        if seen and case.reached and case.runtime.kind != "node"
        else ""
    )


def _agent(case: Case) -> str:
    if case.runtime.kind != "node" or not case.reached or not case.run:
        return ""
    if seen := _handshake(case):
        return f"Node's own agent gets through, and the command's does not: {seen}"
    return ""


def _unheard(case: Case) -> str:
    seen = _handshake(case)
    return seen if seen and not case.reached else ""


def _unled(case: Case) -> str:
    return "; ".join(case.run.unled) if case.run else ""


def _silent(case: Case) -> str:
    if not case.run or case.run.calls or case.run.handshakes or case.run.unled:
        return ""
    return f"the command ended with status {case.run.status}, and the simulator saw no call of it"


OF_COMMAND: Final = (
    SetupCheck(
        "process-not-led",
        Layer.COMMAND,
        "No process of the command could reach the real exchange; else it is ended",
        _unled,
        "let it pass its environment on to what it starts, or use `kucoin-simulator exec --mode namespace -- COMMAND`",
    ),
    SetupCheck(
        "pinned-certificate",
        Layer.COMMAND,
        "The command pins no certificate and brings no roots of its own",
        _pinned,
        "take the pinned certificate, fingerprint or file of roots (verify=, cafile=) out of its settings for tests",
    ),
    SetupCheck(
        "custom-agent",
        Layer.COMMAND,
        "No agent of its own (https.Agent, undici's dispatcher) leads the command elsewhere or trusts otherwise",
        _agent,
        "take `ca`, `lookup`, `checkServerIdentity` and proxies out of the agent's options for tests",
    ),
    SetupCheck(
        "handshake-failed",
        Layer.COMMAND,
        "No handshake of the command failed",
        _unheard,
        "GET /_sim/v1/handshakes says what to set for each one",
    ),
    SetupCheck(
        "no-call",
        Layer.COMMAND,
        "The command called KuCoin",
        _silent,
        "let it make a call, such as GET https://api.kucoin.com/api/v1/timestamp; if it does, it does not reach the"
        " simulator: look at the findings above, or run it by `kucoin-simulator exec --mode namespace -- COMMAND`",
    ),
)
