"""Checks of the simulator itself: does it listen, is it the right one, can it be asked."""

from __future__ import annotations

from typing import Final

from simulator.launch.doctor.case import Case
from simulator.launch.doctor.checks import Check, Layer
from simulator.launch.listening import Kind


def _nothing(case: Case) -> str:
    found = case.simulator
    return f"nothing listens at {found.url}: {found.evidence}" if found.kind is Kind.NOTHING else ""


def _other(case: Case) -> str:
    found = case.simulator
    return f"something else listens at {found.url}: {found.evidence}" if found.kind is Kind.OTHER else ""


def _token_missing(case: Case) -> str:
    return "it asks for its control token" if case.simulator.token == "missing" else ""  # noqa: S105 - a state


def _token_wrong(case: Case) -> str:
    return "it refuses the control token" if case.simulator.token == "wrong" else ""  # noqa: S105 - a state


def _old(case: Case) -> str:
    found = case.simulator
    if found.kind is not Kind.READY or found.token != "ok" or found.observes:  # noqa: S105 - a state
        return ""
    return f"the simulator is version {found.version}, which lists no handshakes; this doctor is {found.own_version}"


def _no_tls(case: Case) -> str:
    found = case.simulator
    return f"{found.url} answers no TLS" if found.kind is Kind.READY and not found.tls else ""


OF_SIMULATOR: Final = (
    Check(
        "nothing-listens",
        Layer.SIMULATOR,
        "A program listens at the simulator's address",
        _nothing,
        "start it by `kucoin-simulator`, or say where it is by --url or KUCOIN_SIMULATOR_URL (wrong port?)",
    ),
    Check(
        "another-program",
        Layer.SIMULATOR,
        "The program that listens is a simulator",
        _other,
        "start the simulator on a free port by `kucoin-simulator --port 0`, and say which by --url",
    ),
    Check(
        "token-missing",
        Layer.SIMULATOR,
        "It can be asked: the control token is given if there is one",
        _token_missing,
        "give --control-token or KUCOIN_SIMULATOR_CONTROL_TOKEN",
    ),
    Check(
        "token-wrong",
        Layer.SIMULATOR,
        "The control token is the right one",
        _token_wrong,
        "give the token that the simulator was started with",
    ),
    Check(
        "old-simulator",
        Layer.SIMULATOR,
        "It has the version of this command line",
        _old,
        "start the simulator anew with the version that is installed here",
    ),
    Check(
        "no-tls",
        Layer.SIMULATOR,
        "It answers https at its port",
        _no_tls,
        "start it without --tls off; hosts of KuCoin are called by https",
    ),
)
