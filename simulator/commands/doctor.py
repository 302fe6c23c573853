"""The command `doctor`: proof that a process reaches the simulator, or what stands in its way and how to mend it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from simulator.commands.connecting import UnfulfilledError, token_option, url_option
from simulator.commands.output import json_option, show_data

if TYPE_CHECKING:
    from simulator.launch.doctor.case import Case
    from simulator.launch.doctor.checks import Finding


@click.command(context_settings={"allow_interspersed_args": False})
@url_option
@token_option
@click.option("--as-is", is_flag=True, help="Take this environment as it is, without the variables that exec sets.")
@click.option("--no-run", is_flag=True, help="Run the probe in the kind of process of CMD, and not CMD itself.")
@json_option
@click.argument("command", nargs=-1, type=click.UNPROCESSED, metavar="[-- CMD...]")
def doctor(
    *, url: str, control_token: str | None, as_is: bool, no_run: bool, as_json: bool, command: tuple[str, ...]
) -> None:
    """Prove that CMD reaches the simulator, layer by layer; each finding comes with its fix.

    CMD is run as `exec` would run it, at a simulator that runs already; what it prints goes to stderr. A small probe
    first resolves, connects and calls in the same kind of process. Without CMD, the probe runs in this shell's Python,
    in the environment as it is. Nothing is ever sent to another machine than the simulator's.

    Exit status: 0 = calls reach the simulator, 1 = something is in their way, 2 = usage.
    """
    from simulator.launch.doctor.examination import examine, led_environment
    from simulator.launch.doctor.verdict import findings

    if url.startswith("https://"):
        raise click.BadParameter("give the port's plain address, http://HOST:PORT", param_hint="--url")

    try:
        environment = {**os.environ} if as_is or not command else led_environment(os.environ, url)
        case = examine(environment, command, url.rstrip("/"), control_token, running=not no_run)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--url") from None
    named = findings(case)
    broken = [finding for finding in named if not finding.check.harmless]
    show_data(_data(case, named, ok=not broken), "\n".join(_lines(case, named)), as_json=as_json)
    if broken:
        raise UnfulfilledError(
            f"findings that stand in the way of {'the command' if command else 'calls'}: {len(broken)}"
        )


def _data(case: Case, named: list[Finding], *, ok: bool) -> dict[str, object]:
    """Everything as JSON data; no variable's value but those that a finding names."""
    run = case.run
    return {
        "ok": ok,
        "url": case.simulator.url,
        "simulator": {"version": case.simulator.version, "found": case.simulator.kind.value},
        "runtime": case.runtime.kind,
        "program": case.runtime.program,
        "probe": case.probe,
        "run": {"status": run.status, "calls": run.calls, "handshakes": list(run.handshakes)} if run else None,
        "findings": [finding.as_data() for finding in named],
    }


def _lines(case: Case, named: list[Finding]) -> list[str]:
    """The layers for people: what holds, and each finding with its fix."""
    from simulator.launch.doctor.checks import Layer
    from simulator.launch.listening import ListenerKind

    lines = []
    lines += [f"{case.runtime.kind} ({case.runtime.program or 'not found'}) and the simulator at {case.simulator.url}"]
    for layer in Layer:
        here = [finding for finding in named if finding.check.layer is layer]
        if not here and (layer is Layer.SIMULATOR or case.simulator.kind is ListenerKind.READY):
            lines.append(_without_finding(case, layer.value))
        for finding in here:
            lines.append(f"{'note ' if finding.check.harmless else 'WRONG'} {layer.value}: {finding.seen}")
            lines.append(f"      {finding.check.id}: {finding.fix}")
    return lines


def _without_finding(case: Case, layer: str) -> str:
    """The line of a layer in which nothing is wrong, with what was seen of it."""
    probe = case.probe or {}
    answer = probe.get("answer") or {}
    words = {
        "simulator": case.simulator.version,
        "process": "led by the hook" if case.hooked else "led as a proxy" if case.proxied else "",
        "name": ", ".join(case.addresses),
        "connection": probe.get("peer") or "",
        "trust": f"certificate of {probe['issuer']}" if probe.get("issuer") else "",
        "answer": str(answer.get("status") or ""),
        "command": f"calls: {case.run.calls}, exit status {case.run.status}" if case.run else "",
    }
    text = words.get(layer) or ""
    if not text and layer in ("name", "connection", "trust", "answer") and not case.reached:
        return f"-     {layer}: not tried"
    if layer == "command" and not case.run:
        return f"-     {layer}: not run"
    return f"ok    {layer}: {text}" if text else f"ok    {layer}"
