"""compose.yaml, without an engine: its form, and its services run one after the other as they stand."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any, Final
from urllib.request import Request, urlopen

import click
import yaml
from support.dockerfile import flags, of_image, variables
from support.processes import MODULE, ROOT, running
from support.tls_servers import tool

from simulator.certificates.state_folder import VARIABLE
from simulator.cli import NAME, PREFIX
from simulator.commands import command_of
from simulator.core.endpoint import HOSTS

COMPOSE: Final[dict[str, Any]] = yaml.safe_load((ROOT / "compose.yaml").read_text())
SERVICES: Final[dict[str, dict[str, Any]]] = COMPOSE["services"]
LISTEN: Final = f"{PREFIX}_LISTEN"


def test_compose_leads_kucoins_hosts_here() -> None:
    """KuCoin's hosts are aliases of the simulator, at the ports of their URLs, in a network without a way out."""
    simulator = SERVICES["simulator"]
    assert set(simulator["networks"]["exchange"]["aliases"]) >= {*HOSTS}
    assert simulator["environment"][LISTEN].split() == ["0.0.0.0:80", "0.0.0.0:443"]
    assert simulator["sysctls"]["net.ipv4.ip_unprivileged_port_start"] == 0
    assert COMPOSE["networks"]["exchange"] == {"internal": True}
    assert SERVICES["broker"]["networks"] == ["exchange"]


def test_compose_waits_for_what_it_needs() -> None:
    """The broker starts when the simulator is healthy, and the simulator when the certificates are there."""
    assert SERVICES["broker"]["depends_on"] == {"simulator": {"condition": "service_healthy"}}
    assert SERVICES["simulator"]["depends_on"] == {"certificates": {"condition": "service_completed_successfully"}}
    verb, *rest = SERVICES["certificates"]["command"]
    group = command_of(verb)
    assert isinstance(group, click.Group)
    assert set(rest) <= group.commands.keys()
    assert "healthcheck" not in SERVICES["simulator"], "the image has one"


def test_compose_names_what_there_is() -> None:
    """Variables are twins of flags, files are those that `ca bundle` makes, volumes and networks are declared."""
    for service in ("certificates", "simulator"):
        known = flags() | {VARIABLE}
        assert set(SERVICES[service]["environment"]) <= known
        assert SERVICES[service]["read_only"]
        assert SERVICES[service]["environment"][VARIABLE] == "/state"
    made = {"/state/ca.pem", "/state/bundle.pem"}
    assert set(SERVICES["broker"]["environment"].values()) == made
    assert {part.split(":")[0] for service in SERVICES.values() for part in service["volumes"]} == set(
        COMPOSE["volumes"]
    )
    assert {name for service in SERVICES.values() for name in service.get("networks", ())} == {"default", "exchange"}
    assert all(port.startswith("127.0.0.1:") for port in SERVICES["simulator"]["ports"])
    assert [service["image"] for service in SERVICES.values()][:2] == [NAME, NAME]


def test_the_services_of_compose_work_together(tmp_path: Path) -> None:
    """Each service is run as it stands, with another folder and free ports: at the end the broker has its answer."""
    certificates, simulator, broker = (SERVICES[name] for name in ("certificates", "simulator", "broker"))
    env = {**os.environ, VARIABLE: str(tmp_path)}
    words = [*MODULE, *certificates["command"]]
    done = subprocess.run(words, env=env, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == f"{tmp_path}/bundle.pem\n"
    files = {name: tmp_path / Path(file).name for name, file in broker["environment"].items()}
    assert {file.stat().st_mode & 0o777 for file in files.values()} == {0o644}

    settings = {name: value for name, value in variables(of_image("ENV")).items() if name.startswith(PREFIX)}
    settings |= simulator["environment"] | {
        VARIABLE: str(tmp_path),
        LISTEN: "0.0.0.0:0 0.0.0.0:0",
        f"{PREFIX}_PORT": "0",
    }
    with running(command=MODULE, cwd=tmp_path, **settings) as started:
        curl = [tool("curl"), "--noproxy", "*", "--connect-to", f"::127.0.0.1:{started.port}", *broker["command"]]
        env = {**os.environ, **{name: str(file) for name, file in files.items()}}
        done = subprocess.run(curl, env=env, capture_output=True, text=True, check=False)
        assert done.stdout.startswith('{"code":"200000"'), done.stderr
        health = Request(f"{started.url}/_sim/v1", headers={"host": "simulator"})
        assert urlopen(health).status == 200
