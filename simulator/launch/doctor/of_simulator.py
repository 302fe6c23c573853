"""Checks of the simulator itself: does it listen, is it the right one, can it be asked."""

from __future__ import annotations

from typing import Final

from simulator.launch.doctor.case import Case
from simulator.launch.doctor.checks import Layer, SetupCheck
from simulator.launch.listening import ListenerKind


def _nothing(case: Case) -> str:
    simulator = case.simulator
    return f"nothing listens at {simulator.url}: {simulator.evidence}" if simulator.kind is ListenerKind.NOTHING else ""


def _other(case: Case) -> str:
    simulator = case.simulator
    return (
        f"something else listens at {simulator.url}: {simulator.evidence}"
        if simulator.kind is ListenerKind.OTHER
        else ""
    )


def _token_missing(case: Case) -> str:
    return "it asks for its control token" if case.simulator.token == "missing" else ""  # noqa: S105 - a state


def _token_wrong(case: Case) -> str:
    return "it refuses the control token" if case.simulator.token == "wrong" else ""  # noqa: S105 - a state


def _old(case: Case) -> str:
    simulator = case.simulator
    if simulator.kind is not ListenerKind.READY or simulator.token != "ok" or simulator.observes:  # noqa: S105 - a state
        return ""
    return f"its version is {simulator.version}, which lists no handshakes; this doctor's is {simulator.own_version}"


def _no_tls(case: Case) -> str:
    simulator = case.simulator
    return f"{simulator.url} answers no TLS" if simulator.kind is ListenerKind.READY and not simulator.tls else ""


OF_SIMULATOR: Final = (
    SetupCheck(
        "nothing-listens",
        Layer.SIMULATOR,
        "A program listens at the simulator's address",
        _nothing,
        "start it by `kucoin-simulator`, or say where it is by --url or KUCOIN_SIMULATOR_URL (wrong port?)",
    ),
    SetupCheck(
        "another-program",
        Layer.SIMULATOR,
        "The program that listens is a simulator",
        _other,
        "start the simulator on a free port by `kucoin-simulator --port 0`, and say which by --url",
    ),
    SetupCheck(
        "token-missing",
        Layer.SIMULATOR,
        "It can be asked: the control token is given if there is one",
        _token_missing,
        "give --control-token or KUCOIN_SIMULATOR_CONTROL_TOKEN",
    ),
    SetupCheck(
        "token-wrong",
        Layer.SIMULATOR,
        "The control token is the right one",
        _token_wrong,
        "give the token that the simulator was started with",
    ),
    SetupCheck(
        "old-simulator",
        Layer.SIMULATOR,
        "It has the version of this command line",
        _old,
        "start the simulator anew with the version that is installed here",
    ),
    SetupCheck(
        "no-tls",
        Layer.SIMULATOR,
        "It answers https at its port",
        _no_tls,
        "start it without --tls off; hosts of KuCoin are called by https",
    ),
)
