"""With `--log-format json` each line of stderr is a JSON object, whoever prints it."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from support.process_streams import ended, started
from support.processes import environment, run


def test_every_line_of_a_json_log_is_json(tmp_path: Path) -> None:
    """Calls, uvicorn's warnings, complaints about an edit: each line of stderr is an object, and none gives advice."""
    file = tmp_path / "mine.yaml"
    file.write_text("version: 1\nname: mine\nextends: demo\n")
    with started("--scenario", str(file), "--watch", "--log-format", "json") as (process, send):
        offer = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13"}
        send("GET", "/api/v1/timestamp", headers=offer)
        with socket.create_connection(("127.0.0.1", send.port)) as connection:
            connection.sendall(b"GARBAGE\r\n\r\n")
            assert connection.recv(20).startswith(b"HTTP/1.1 400")
        file.write_text("version: 1\nnonsense: 1\n")
        assert process.stderr
        told = process.stderr.readline()
        while b"nonsense" not in told:
            told += process.stderr.readline()
        _, _, err = ended(process)
    lines = [json.loads(line) for line in (told.decode() + err).splitlines()]
    assert all(isinstance(line, dict) for line in lines)
    assert any("unknown key" in line.get("message", "") for line in lines)
    assert "pip" not in told.decode() + err


@pytest.mark.parametrize(
    ("arguments", "env", "status"),
    [
        (["--log-format", "json", "--scenario", "nothing"], {}, 3),
        (["--log-format=json", "--host", "256.0.0.1", "--control-open"], {}, 2),
        (["--nonsense", "--log-format", "json"], {}, 2),
        (["--user", "x"], {"KUCOIN_SIMULATOR_LOG_FORMAT": "json"}, 2),
    ],
)
def test_a_start_that_fails_is_json_as_well(arguments: list[str], env: dict[str, str], status: int) -> None:
    """Wherever JSON was asked for, also what is wrong with the flags is told in it."""
    done = run("--port", "0", *arguments, env=env)
    assert done.returncode == status
    assert any(json.loads(line)["message"].startswith("Error: ") for line in done.stderr.splitlines())


def test_commands_do_not_log() -> None:
    """What a command says is for people, whatever the variable says about a server's log."""
    done = run("scenarios", "show", "nothing", env={"KUCOIN_SIMULATOR_LOG_FORMAT": "json"})
    assert done.stderr.startswith("Error: no built-in scenario")


ACCIDENTS = """
import asyncio, logging, sys, threading, warnings
from simulator import printing
from simulator.library_logs import print_library_logs

class Broken:
    def __del__(self):
        raise RuntimeError("while it was deleted")

def fail():
    raise RuntimeError("in a thread or a callback")

async def call_back():
    asyncio.get_running_loop().call_soon(fail)
    await asyncio.sleep(0)

with printing.safe_streams():
    printing.print_json(wanted=True)
    print_library_logs(json=True)
    warnings.warn("old", DeprecationWarning)
    uvicorn = logging.getLogger("uvicorn.error")
    uvicorn.warning("Unsupported upgrade request.")
    uvicorn.warning("No supported WebSocket library detected. Please use \\"pip install 'uvicorn[standard]'\\"")
    uvicorn.warning("Invalid HTTP request received.")
    asyncio.run(call_back())
    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    Broken()
    print("half a line", end="", file=sys.stderr)
"""


def test_whatever_libraries_print_is_json() -> None:
    """Warnings, logs, errors of callbacks and threads, and tracebacks are objects; advice on installing is left out."""
    command = [sys.executable, "-W", "always", "-c", ACCIDENTS]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment())
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    told = [(line.get("logger"), line["message"].splitlines()[0]) for line in lines]
    assert told[0] == ("py.warnings", "<string>:20: DeprecationWarning: old")
    assert told[1] == ("uvicorn.error", "Invalid HTTP request received.")
    assert told[2][0] == "asyncio"
    assert (None, "RuntimeError: in a thread or a callback") in told
    assert (None, "RuntimeError: while it was deleted") in told
    assert told[-1] == (None, "half a line")
