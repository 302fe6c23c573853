"""The examination: what is asked of the simulator, of the files, of the probe and of the command itself."""

from __future__ import annotations

import binascii
import re
from base64 import b64decode
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from simulator.launch.doctor.case import LEAD, Bundle, Case, SimulatorFacts
from simulator.launch.doctor.observation import calls_so_far, run, wall_of
from simulator.launch.doctor.of_variables import ADDING, REPLACING
from simulator.launch.doctor.probing import probe, runtime_of
from simulator.launch.doctor.verdict import findings
from simulator.launch.listening import ListenerKind, fetched, listener
from simulator.version import __version__

ISSUER: Final = b"kucoin-fast-api-simulator"
"""What is in every certificate of ours."""
CERTIFICATE: Final = re.compile(r"-----BEGIN CERTIFICATE-----(.*?)-----END CERTIFICATE-----", re.DOTALL)
LARGEST: Final = 8_000_000
"""Bytes of a file of certificates that are read."""


def facts(url: str, token: str | None) -> SimulatorFacts:
    """What can be known of the simulator at a URL."""
    from simulator.testing import Client, Problem, SimulatorError

    listening = listener(url)
    if listening.kind is not ListenerKind.READY:
        return SimulatorFacts(url, listening.kind, listening.evidence)
    secure = listener(url.replace("http://", "https://", 1)).kind is ListenerKind.READY
    parts = urlsplit(url)
    beside = listener(f"http://[::1]:{parts.port or 80}").kind is ListenerKind.READY
    status, authority = fetched(url, "/_sim/ca.pem", token)
    ca = authority.decode("ascii", "replace") if status == 200 else ""
    try:
        with Client(url, token=token, timeout=10) as client:
            wall, index = client.clock()["wall"], client.index()
    except Problem as problem:
        if problem.status != 401:
            return SimulatorFacts(url, ListenerKind.OTHER, str(problem))
        return SimulatorFacts(url, token="wrong" if token else "missing", tls=secure, ipv6=beside, ca=ca)
    except SimulatorError as error:
        return SimulatorFacts(url, ListenerKind.OTHER, str(error))
    observes = fetched(url, "/_sim/v1/handshakes?limit=1", token)[0] == 200
    facts = SimulatorFacts(url, version=index["version"], own_version=__version__, observes=observes)
    return facts._replace(tls=secure, ipv6=beside, wall=wall, wall_after=wall, ca=ca)


def bundle_of(path: str, ca: str) -> Bundle:
    """What a file of certificates holds."""
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - a text is what the variable has
            text = file.read(LARGEST).decode("ascii", "replace")
    except (OSError, ValueError):
        return Bundle(readable=False)
    ours = {_der(block) for block in CERTIFICATE.findall(ca)}
    blocks = [_der(block) for block in CERTIFICATE.findall(text)]
    own = [block for block in blocks if ISSUER in block]
    return Bundle(
        True, any(block in ours for block in own), any(block not in ours for block in own), len(blocks) - len(own)
    )


def _der(block: str) -> bytes:
    with suppress(binascii.Error, ValueError):
        return b64decode("".join(block.split()))
    return b""


def led_environment(environment: Mapping[str, str], url: str) -> dict[str, str]:
    """The environment that `exec` would give a command. One that hooks lead already is left as it is."""
    from simulator.launch.trust import lasting_folder, write_files
    from simulator.launch.variables import environment_of, own

    if environment.get(LEAD):
        return {**environment}
    parts = urlsplit(url)
    setting = write_files(f"{parts.hostname}:{parts.port or 80}", lasting_folder(), (), own(environment))
    return environment_of(setting, "hooks", environment)


def examine(
    environment: Mapping[str, str], command: Sequence[str], url: str, token: str | None, *, running: bool = True
) -> Case:
    """Look at everything: the simulator, the probe in the command's kind of process, and the command itself."""
    from simulator.launch.blind import Invocation, reason
    from simulator.launch.variables import PYTHON_HOOK

    case = Case(
        facts(url, token),
        environment,
        tuple(command),
        runtime_of(command, environment),
        container=Path("/.dockerenv").exists() or Path("/run/.containerenv").exists(),
        hooks=str(PYTHON_HOOK),
    )
    if case.runtime.kind in ("other", "curl") and case.runtime.program:
        case = case._replace(blind=reason(Invocation(case.runtime.program, command, environment)))
    observed = case.simulator.kind is ListenerKind.READY and case.simulator.token == "ok"  # noqa: S105 - a state
    before = calls_so_far(url, token) if observed else 0
    seen = probe(case) if case.simulator.kind is ListenerKind.READY else None
    if seen is not None and observed:
        seen["seen"] = calls_so_far(url, token) - before
        case = case._replace(simulator=case.simulator._replace(wall_after=wall_of(url, token)))
    case = case._replace(probe=seen)
    named = [environment[name] for name in (*REPLACING, *ADDING) if environment.get(name)]
    case = case._replace(bundles=_bundles([*named, (seen or {}).get("certifi")], case.simulator.ca))
    in_the_way = any(not finding.check.harmless for finding in findings(case))
    if command and observed and running and not in_the_way:  # else it could reach the real exchange
        case = case._replace(run=run(command, environment, url, token))
    return case


def _bundles(paths: Iterable[str | None], ca: str) -> dict[str, Bundle]:
    return {path: bundle_of(path, ca) for path in paths if path} if ca else {}
