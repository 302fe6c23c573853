"""The example of docs/control.md runs as it stands."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

from simulator.web.server import LocalServer

DOCUMENT = (Path(__file__).parents[3] / "docs" / "control.md").read_text(encoding="utf-8")


def test_the_example_of_the_document_runs() -> None:
    """The section's curl lines make a workspace, move its clock alone, call it and end it."""
    section = DOCUMENT.split("\n## Workspaces\n")[1].split("\n## ")[0]
    [script] = re.findall(r"^```sh\n(.*?)^```$", section, re.MULTILINE | re.DOTALL)
    script = script.replace("curl -s ", "curl -s -w '\\n%{http_code}\\n' ")
    with LocalServer() as server:
        before = server.exchange.clock.now().business
        command = ["bash", "-euo", "pipefail", "-c", script]
        ended = subprocess.run(
            command, capture_output=True, text=True, check=True, env={"SIMULATOR": server.url, "PATH": "/usr/bin:/bin"}
        )
        assert server.exchange.clock.now().business - before < 59 * 60_000
        assert len(server.app.workspaces) == 0
    lines = ended.stdout.splitlines()
    assert [line for line in lines if line in ("200", "201", "204")] == ["201", "200", "200", "204"]
    assert json.loads(lines[0])["client_id"] == "demo-broker-checkout"
