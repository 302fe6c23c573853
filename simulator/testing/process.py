"""A simulator as a process of its own, which ends with the process that started it."""

from __future__ import annotations

import atexit
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread, Timer
from typing import IO, Any, Final, Self

from .client import Client
from .problems import NotStartedError, SimulatorError

ROOT: Final = Path(__file__).resolve().parents[2]
"""The folder that the package `simulator` is in."""
PROGRAM: Final = """
import sys
from importlib.util import find_spec
root, *more = sys.argv[1].split("\\n")
sys.path += more
spec = find_spec("simulator")
if spec is None or spec.origin is None or not spec.origin.startswith(root):
    sys.path.insert(0, root)
del sys.argv[1]
from simulator.cli import main
main(prog_name="kucoin-simulator")
"""
"""Runs the package that this file is in, whatever is called `simulator` elsewhere."""
LEAD: Final = "KUCOIN_SIMULATOR_LEAD"
"""Is set if KuCoin's hosts lead somewhere in the caller's processes, as `kucoin-simulator exec` lets them."""
HOOKS: Final = Path(__file__).resolve().parents[1] / "launch" / "hooks" / "python"
KEPT: Final = ("KUCOIN_SIMULATOR_STATE_DIR", "KUCOIN_SIMULATOR_CA", LEAD, f"{LEAD}_HOSTS", f"{LEAD}_REPORT")
"""Variables that the process may see. Others that begin so would change its flags."""
NAMES: Final = {"port_file", "until_eof", "scenario", "workers", "watch"}
"""Flags that are not the caller's."""
ScenarioSource = str | os.PathLike[str] | Mapping[str, Any]
"""A built-in scenario's name, the path of a file, or the scenario itself: its text or a mapping."""


class Simulator:
    """A simulator in a process of its own, on a free port of 127.0.0.1 unless `port` says another.

        with Simulator(scenario="demo") as kucoin:
            settings.KUCOIN_URL = kucoin.url

    `flags` are those of the command line, such as `verify=True` or `user=["zoe:none:1000"]`. The process is no part of
    the terminal's group, so Ctrl+C does not reach it; it ends with `stop`, at the end of a `with` block, and with
    the process that started it, however that ends. Raises `NotStartedError` with what it printed if it cannot start.
    """

    def __init__(
        self,
        scenario: ScenarioSource = "demo",
        *,
        seed: int | None = None,
        client_id: str | None = None,
        client_secret: str | None = None,
        redirect_uri: str | Sequence[str] = (),
        port: int = 0,
        start_timeout: float = 60.0,
        **flags: object,
    ) -> None:
        if wrong := NAMES & flags.keys():
            raise TypeError(f"{', '.join(sorted(wrong))} cannot be chosen here")
        uris = [redirect_uri] if isinstance(redirect_uri, str) else list(redirect_uri)
        named = {"seed": seed, "client_id": client_id, "client_secret": client_secret, "redirect_uri": uris}
        self._flags: dict[str, object] = {"port": port, **named, **flags}
        self._scenario, self._start_timeout = scenario, start_timeout
        self._client_id = client_id
        self._token = flags.get("control_token")
        self._process: subprocess.Popen[bytes] | None = None
        self._folder: TemporaryDirectory[str] | None = None
        self._errors: IO[bytes] | None = None
        self._address: dict[str, Any] = {}
        self._owner = 0

    def start(self) -> Self:
        """Start it and wait until it accepts connections."""
        if self._process is not None:
            raise RuntimeError("it runs already; `stop` ends it")
        self._folder = TemporaryDirectory(prefix="kucoin-simulator-", ignore_cleanup_errors=True)
        self._owner = os.getpid()
        try:
            self._begin(Path(self._folder.name))
        except BaseException:
            self.stop()
            raise
        atexit.register(self.stop)
        return self

    def _begin(self, folder: Path) -> None:
        port_file, errors = folder / "port.json", folder / "stderr"
        self._errors = errors.open("w+b")
        group: dict[str, Any] = {"start_new_session": True}
        if sys.platform == "win32":
            group = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
        self._process = subprocess.Popen(
            self._command(folder, port_file),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            env=environment(),
            **group,
        )
        assert self._process.stdout
        late = Timer(self._start_timeout, self._process.kill)
        late.daemon = True
        late.start()
        first_line = self._process.stdout.readline()
        late.cancel()
        if not first_line:
            status = self._process.wait()
            reason = f"exit status {status}" if status >= 0 else f"it was ended by signal {-status}"
            if status < 0 and not late.is_alive():
                reason = f"it was not ready within {self._start_timeout:g} s"
            raise NotStartedError(f"the simulator did not start ({reason}):\n{self.stderr() or 'it printed nothing'}")
        self._address = json.loads(port_file.read_bytes())

    def _command(self, folder: Path, port_file: Path) -> list[str]:
        scenario = self._scenario
        if isinstance(scenario, Mapping) or (isinstance(scenario, str) and "\n" in scenario):
            file = folder / "scenario.yaml"
            text = scenario if isinstance(scenario, str) else json.dumps(scenario, default=str)
            file.write_text(text, encoding="utf-8")
            scenario = file
        arguments = ["--until-eof", "--port-file", str(port_file), "--scenario", os.fspath(scenario)]
        return [*command(), *arguments, *_arguments(self._flags)]

    def stop(self) -> int | None:
        """End it and wait for its end. Returns its exit status; None if it does not run, which is no error."""
        process, self._process = self._process, None
        atexit.unregister(self.stop)
        status = None
        if process is not None and self._owner == os.getpid():  # a process that was forked off leaves it alone
            status = _ended(process)
        self.__dict__.pop("client", None)
        if self._errors:
            self._errors.close()
        if self._folder and self._owner == os.getpid():
            self._folder.cleanup()
        return status

    @property
    def running(self) -> bool:
        """True if the process runs."""
        return self._process is not None and self._process.poll() is None

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return int(self._known("port"))

    @property
    def url(self) -> str:
        """Its address, such as `http://127.0.0.1:40001`. It stands for www.kucoin.com and for api.kucoin.com."""
        return str(self._known("url"))

    @property
    def pid(self) -> int:
        """The id of the process."""
        return int(self._known("pid"))

    def _known(self, name: str) -> Any:
        if not self._address:
            raise SimulatorError("the simulator has not been started; call start(), or use it in a `with` block")
        return self._address[name]

    @cached_property
    def client(self) -> Client:
        """The typed client of its control surface."""
        return Client(self.url, token=str(self._token) if self._token else None)

    def _broker(self) -> dict[str, Any]:
        clients = self.client.index()["clients"]
        if not clients:
            raise SimulatorError("the scenario has no client; give it one with client_id=")
        return next((dict(client) for client in clients if client["client_id"] == self._client_id), dict(clients[0]))

    @property
    def client_id(self) -> str:
        """The id of the client: the one that was asked for, else the scenario's first one."""
        return str(self._broker()["client_id"])

    @property
    def client_secret(self) -> str:
        """The secret of that client."""
        return str(self._broker()["secret"])

    @property
    def redirect_uri(self) -> str:
        """The first redirect URI of that client."""
        return str(self._broker()["redirect_uris"][0])

    def stderr(self) -> str:
        """What it has printed on standard error."""
        if self._errors is None or self._errors.closed:
            return ""
        self._errors.seek(0)
        return self._errors.read().decode(errors="replace").strip()

    def __enter__(self) -> Self:
        """The simulator, started."""
        return self.start()

    def __exit__(self, *error: object) -> None:
        self.stop()


def command() -> list[str]:
    """The command line of this package in a process of its own, apart from the caller's path and variables of Python.

    Under `exec`, which ends with an error if a Python does not read its hook, not in the interpreter's isolated mode,
    but with `environment`, which comes to the same.
    """
    apart = ["-P", "-s"] if LEAD in os.environ else ["-I"]
    return [sys.executable, *apart, "-c", PROGRAM, "\n".join([str(ROOT), *_installed()])]


def _arguments(flags: Mapping[str, object]) -> Iterator[str]:
    """Flags of the command line: True is the flag alone, a list repeats it, None and False leave it out."""
    for name, value in flags.items():
        flag = f"--{name.replace('_', '-')}"
        if value is True:
            yield flag
        elif value is not None and value is not False:
            values = value if isinstance(value, list | tuple) else [value]
            yield from (f"{flag}={one}" for one in values)


def _installed() -> Iterator[str]:
    """The folders of the caller's path that packages are installed in, because `-I` leaves some of them out."""
    for folder in sys.path:
        with suppress(OSError):
            if folder and any(path.suffix == ".dist-info" for path in Path(folder).iterdir()):
                yield str(Path(folder).resolve())


def environment() -> dict[str, str]:
    """The caller's environment without variables of Python and flags of the simulator."""
    left_out = ("KUCOIN_SIMULATOR_", "WEB_CONCURRENCY", "PYTHON")
    kept = {name: value for name, value in os.environ.items() if name in KEPT or not name.startswith(left_out)}
    return {**kept, "PYTHONPATH": str(HOOKS)} if LEAD in kept else kept


def _ended(process: subprocess.Popen[bytes]) -> int:
    """End a process by the end of its standard input; by force after 10 s of a clock that no test can stop."""
    assert process.stdin
    assert process.stdout
    with suppress(OSError):
        process.stdin.close()
    waiting = Thread(target=process.stdout.read, daemon=True)
    waiting.start()
    waiting.join(10)
    if waiting.is_alive():
        process.kill()
        waiting.join()
    process.stdout.close()
    return process.wait()
