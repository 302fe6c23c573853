"""`exec`: a simulator starts, a command runs with KuCoin's hosts led to it, and the command's exit code is ours."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import tempfile
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from simulator.launch.options import Options
from simulator.launch.processes import GuardedCommand, GuardianKilledError

if TYPE_CHECKING:
    from simulator.launch.allowed import Address
    from simulator.launch.serving import Serving
    from simulator.launch.variables import Setting
    from simulator.web.recording import Recorder

FAILED: Final = 1
USAGE: Final = 2
SCENARIO: Final = 3
NOT_LISTENING: Final = 4
NOT_LED: Final = 5
INTERRUPTED: Final = 128 + signal.SIGINT


class Execution:
    """One run of a command."""

    def __init__(
        self, options: Options, tell: Callable[[str], None], warn: Callable[[str], None], ready: Callable[[], None]
    ) -> None:
        """`tell` prints what is good to know, `warn` what must be known; `ready` is called when the world stands.

        Call this before any thread is started.
        """
        self._options, self._tell, self._warn, self._ready = options, tell, warn, ready
        self._command = GuardedCommand(warn)
        self._folder: Path | None = None
        self._recorder: Recorder | None = None

    def run(self, step: Callable[[int, int], None] = lambda done, of: None) -> int:
        """The exit code: the command's, else one of ours. Raises what `Serving` raises, and `ValueError`.

        `step` is called while the readiness report is made, with how much is done and with how much there is.
        """
        self._step = step
        try:
            return self._run()
        finally:
            self._command.close()
            if self._folder:
                shutil.rmtree(self._folder, ignore_errors=True)

    def _run(self) -> int:
        from simulator.launch.allowed import parse
        from simulator.launch.serving import Serving
        from simulator.scenario.overrides import Overrides
        from simulator.web.guards import Policy

        options = self._options
        allowed = [parse(text, options.hosts) for text in options.allow]
        if options.report:
            try:
                options.report.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise ValueError(f"--report {options.report}: the folder cannot be made: {error.strerror}") from None
            from simulator.launch import readiness

            readiness.check(options)
        changes = (options.client_id, options.client_secret, options.redirect_uris, options.users, options.orders)
        overrides = Overrides(*changes, options.within)
        policy = Policy(kucoin=options.hosts, tunnel=True)
        serving = Serving(options.scenario, options.seed, overrides, policy, self._server_ended)
        if options.report:
            self._recorder = readiness.begin(serving.app, options.report)
        self._folder = Path(tempfile.mkdtemp(prefix="kucoin-simulator-"))
        self._command.guard(str(self._folder))
        from simulator.launch.choosing import choose
        from simulator.launch.trust import write_files
        from simulator.launch.variables import environment_of, own

        report = self._folder / "hooks.txt"
        report.touch()
        setting = write_files(serving.address, self._folder, options.hosts, own(os.environ), str(report))
        self._ready()
        choice = choose(options.mode, options.arguments, environment_of(setting, "hooks", os.environ))
        if choice.why:
            self._tell(choice.why)
        if choice.refusal:
            self._warn(choice.refusal)
            return NOT_LED
        if choice.mode == "namespace":
            from simulator.launch.confined import run_confined

            code = run_confined(serving, setting, options, self._tell, self._warn)
        else:
            code = self._lead(serving, setting, choice.mode, report, allowed)
        return self._conclude(serving, choice.mode, code)

    def _lead(self, serving: Serving, setting: Setting, mode: str, report: Path, allowed: Iterable[Address]) -> int:
        """Run the command with variables; its exit code."""
        from simulator.launch.variables import environment_of, led, lines, own

        serving.start()
        for text in lines(led(setting, mode, os.environ), own(os.environ), mode):
            self._tell(text)
        watch = None
        if mode != "plain":
            watch = {"report": str(report), "allowed": addresses(allowed), "hooks": mode == "hooks"}
        try:
            code = self._command.run(self._options.arguments, environment_of(setting, mode, os.environ), watch)
        except GuardianKilledError:
            self._warn("the guardian of the command was killed; the command and all its processes were ended")
            return 128 + signal.SIGKILL
        if self._command.left:
            self._tell(f"ended what the command left running: {', '.join(self._command.left)}")
        if serving.problem:
            self._warn(f"the simulator has ended: {serving.problem}; the command was ended")
            return NOT_LISTENING
        for text in self._command.unled:
            self._warn(f"not led: {text}")
        return NOT_LED if self._command.unled else code

    def _server_ended(self, problem: str) -> None:
        self._command.abort()

    def _conclude(self, serving: Serving, mode: str, code: int) -> int:
        """Tell what the simulator saw, verify, and write the report."""
        options, app = self._options, serving.app
        for text in failed_handshakes(app):
            self._warn(text)
        if options.seen:
            options.seen(app)
        calls: list[dict[str, Any]] = []
        if code or options.report:
            from simulator.launch import reporting

            calls = reporting.refused(app)
            for text in reporting.lines(calls) if code else ():
                self._tell(text)
        verdict = None
        if options.verify:
            from simulator.evidence.verification import verify

            verdict = verify(serving.scenario.expect, app.desk.journal, app.desk.exchange.world)
            for text in verdict.text.splitlines():
                self._warn(text)
            code = code or (0 if verdict.ok else FAILED)
        if options.report:
            run: dict[str, Any] = {"command": [*options.arguments], "mode": mode, "exit_code": code}
            run |= {"scenario": serving.scenario.name, "seed": serving.scenario.world.seed}
            run["not_led"] = self._command.unled
            from simulator.launch import reporting

            try:
                reporting.write(options.report, app, verdict, calls, run)
            except OSError as error:
                self._warn(f"the report cannot be written: {error}")
                code = code or FAILED
        if self._recorder:
            from simulator.launch import readiness

            code = readiness.conclude(self._recorder, options, code, self._tell, self._warn, self._step)
        return code


def failed_handshakes(app: Any) -> list[str]:
    """A line for each kind of TLS handshake that failed."""
    from simulator.web.wire.handshakes import TRUST

    counts: dict[str, int] = {}
    for handshake in app.entrance.handshakes.newest():
        name, explanation = handshake.hello.server_name or "an address", handshake.explanation
        text = f"TLS with {name} failed: {explanation.cause}. To do: {explanation.fix.removeprefix(f'{TRUST}; ')}"
        counts[text] = counts.get(text, 0) + 1
    return [f"{text} (x{count})" if count > 1 else text for text, count in counts.items()]


def addresses(allowed: Iterable[Address]) -> list[str]:
    """The IP addresses of hosts with their ports, as `address:port`."""
    places = []
    for host, port in allowed:
        with suppress(OSError):
            places += [f"{info[4][0]}:{port}" for info in socket.getaddrinfo(host, port)]
    return places
