"""`exec --mode namespace`: the command runs in a network of its own, in which only the simulator can be reached."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from simulator.launch.guardian import ENDING, FORWARDED, NOT_EXECUTABLE, NOT_FOUND
from simulator.launch.variables import PROXIES, environment_of

if TYPE_CHECKING:
    from simulator.launch.options import Options
    from simulator.launch.serving import Serving
    from simulator.launch.variables import Setting


def run_confined(
    serving: Serving, setting: Setting, options: Options, tell: Callable[[str], None], warn: Callable[[str], None]
) -> int:
    """The exit code of the command. Raises `NamespaceError`."""
    from simulator.launch.namespace import Namespace

    setting = setting._replace(address="127.0.0.1:80")
    proxies = (*PROXIES, "ALL_PROXY", "all_proxy")
    environment = environment_of(setting, "namespace", os.environ)
    environment = {name: value for name, value in environment.items() if name not in proxies}
    pem = Path(setting.authority).read_text("ascii")
    with Namespace(hosts=options.hosts, allow=options.allow, authority=pem, environment=environment) as namespace:
        serving.start(namespace.listeners)
        tell("namespace: the command has a network of its own; KuCoin's hosts are the simulator, nothing else is there")
        if options.allow:
            tell(f"namespace: forwarded as well: {', '.join(options.allow)}")
        try:
            command = namespace.popen(options.arguments, environment)
        except OSError as error:
            warn(f"{options.arguments[0]} cannot be started: {error.strerror}")
            return NOT_FOUND if error.errno == 2 else NOT_EXECUTABLE
        counts: dict[int, int] = {}

        def forward(number: int, frame: object) -> None:
            counts[number] = counts.get(number, 0) + 1
            with suppress(ProcessLookupError):
                command.send_signal(signal.SIGKILL if number in ENDING and counts[number] > 1 else number)

        for number in FORWARDED:
            signal.signal(number, forward)
        try:
            code = command.wait()
        finally:
            for number in FORWARDED:
                signal.signal(number, signal.SIG_IGN)
        for attempt in namespace.attempts:
            warn(f"tried to leave the namespace: {attempt.kind} {attempt.target} (x{attempt.count})")
        for text, count in namespace.forwarding_failures.items():
            warn(f"could not be forwarded: {text} (x{count})")
    if code == -signal.SIGKILL:
        twice = [number for number in ENDING if counts.get(number, 0) > 1]
        code = -twice[0] if twice else code
    return code if code >= 0 else 128 - code
