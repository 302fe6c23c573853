"""HTTPS inside of a namespace: programs of all languages trust the simulator, with the trust that they have anyway."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.namespaces import ROOT, answering, needs_namespaces, output, python, shell, tool

from simulator.certificates.authority import in_memory
from simulator.certificates.contexts import server_context
from simulator.certificates.java import PASSWORD, truststore
from simulator.launch.namespace import Namespace

pytestmark = needs_namespaces
ANSWER = "here is api.kucoin.com/t"
AUTHORITY = "KUCOIN_TEST_AUTHORITY"
OPENSSL = (
    f"openssl s_client -verify_return_error -connect api.kucoin.com:443 </dev/null >/dev/null 2>&1 && echo {ANSWER}"
)
AIOHTTP = """
import aiohttp, asyncio
async def main():
    async with aiohttp.ClientSession() as session, session.get('https://api.kucoin.com/t') as response:
        print(await response.text())
asyncio.run(main())
"""
JAVA = """
import java.net.URI;
import java.net.http.*;
class Hard {
    public static void main(String[] arguments) throws Exception {
        var request = HttpRequest.newBuilder(URI.create("https://api.kucoin.com/t")).build();
        System.out.println(HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString()).body());
    }
}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("trust")


@pytest.fixture
def namespace(folder: Path) -> Iterator[Namespace]:
    authority = in_memory()
    (folder / "ca.pem").write_text(authority.pem)
    truststore(authority, folder).rename(folder / "roots.p12")
    with Namespace(authority=authority.pem) as made, answering(made.listeners, server_context(authority)):
        yield made


def plain_environment(folder: Path) -> dict[str, str]:
    """Our environment without any variable of trust, but for the one of Node, which has its own roots."""
    trust = ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "JAVA_TOOL_OPTIONS")
    kept = {name: value for name, value in os.environ.items() if name not in trust}
    return {**kept, "NODE_EXTRA_CA_CERTS": str(folder / "ca.pem")}


@pytest.mark.parametrize(
    ("program", "command"),
    [
        ("curl", "curl -sS https://api.kucoin.com/t"),
        ("wget", "wget -q -O - https://api.kucoin.com/t"),
        ("node", "node -e 'fetch(\"https://api.kucoin.com/t\").then(r => r.text()).then(console.log)'"),
        ("openssl", OPENSSL),
    ],
)
def test_programs_trust_the_simulator(namespace: Namespace, folder: Path, program: str, command: str) -> None:
    """curl, wget, Node and OpenSSL accept the certificate of the simulator."""
    tool(program)
    assert shell(namespace, command, plain_environment(folder)).strip() == ANSWER


@pytest.mark.parametrize(
    "code",
    [
        "import urllib.request; print(urllib.request.urlopen('https://api.kucoin.com/t').read().decode())",
        "import requests; print(requests.get('https://api.kucoin.com/t').text)",
        AIOHTTP,
    ],
    ids=["urllib", "requests", "aiohttp"],
)
def test_python_trusts_the_simulator(namespace: Namespace, folder: Path, code: str) -> None:
    """Python's own roots and those of certifi have ours added, without a variable."""
    assert python(namespace, code, plain_environment(folder)).strip() == ANSWER


def test_java_trusts_the_simulator(namespace: Namespace, folder: Path) -> None:
    """The HttpClient of the JDK accepts the certificate with a truststore that has the JDK's roots and ours."""
    tool("java")
    store = f"-Djavax.net.ssl.trustStore={folder / 'roots.p12'} -Djavax.net.ssl.trustStorePassword={PASSWORD}"
    (folder / "Hard.java").write_text(JAVA)
    code, text = output(
        namespace, ["java", "-XX:TieredStopAtLevel=1", *store.split(), "Hard.java"], plain_environment(folder), folder
    )
    assert (code, text.strip()) == (0, ANSWER)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that any user can reach and write to."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o777)
        yield Path(name)


UNPRIVILEGED = """
import os, subprocess
from simulator.launch.namespace import Namespace
with Namespace(authority=os.environ["KUCOIN_TEST_AUTHORITY"], own_processes=%r) as made:
    script = "id -u; grep CapEff /proc/self/status; touch written; getent hosts www.kucoin.com; "
    script += "cat /etc/ssl/certs/ca-certificates.crt | grep -c 'KuCoin Fast API simulator'; curl -s http://1.2.3.4"
    print(made.popen(["sh", "-c", script]).wait(), made.attempts, flush=True)
"""


@pytest.mark.parametrize("own_processes", [True, False])
@pytest.mark.skipif(os.geteuid() != 0, reason="the other tests are run by an unprivileged user already")
def test_an_unprivileged_user_can_do_it(open_folder: Path, own_processes: bool) -> None:
    """A user without rights gets the same: own number, no capability, files of the user's own, hosts and trust."""
    nobody = 65534
    interpreter = next((path for path in ("/usr/bin/python3", sys.executable) if _usable(path)), None)
    if not interpreter:
        pytest.skip("an unprivileged user can run no Python 3.11 here")
    for name in ("setpriv", "curl", "getent"):
        tool(name)
    process = subprocess.run(
        [*_DROP, "env", f"PYTHONPATH={ROOT}", interpreter, "-B", "-c", UNPRIVILEGED % own_processes],
        env={"PATH": os.defpath, AUTHORITY: in_memory().pem},
        cwd=open_folder,
        capture_output=True,
        text=True,
        check=False,
    )
    lines = process.stdout.splitlines()
    assert lines[0] == str(nobody), process.stderr
    assert lines[1].split() == ["CapEff:", "0" * 16]
    assert lines[2].split() == ["127.0.0.1", "www.kucoin.com"]
    assert lines[3] == "1"
    assert lines[4] == "7 [Attempt(kind='tcp', target='1.2.3.4:80', count=1)]"
    assert (open_folder / "written").stat().st_uid == nobody


_DROP = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")


def _usable(interpreter: str) -> bool:
    """True if an unprivileged user can run this interpreter, and it is new enough."""
    script = "import sys; sys.exit(sys.version_info < (3, 11))"
    return subprocess.run([*_DROP, interpreter, "-c", script], capture_output=True, check=False).returncode == 0
