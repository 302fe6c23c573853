"""From an empty environment to the first green test of one's own code: seconds, and lines written.

    python benchmarks/first_test.py [python] [node] [java]

Each language starts in a new folder, without caches of pip and with an environment of PATH and HOME alone. The folder
has the user's own code with KuCoin's hosts as constants, and the tools of the language. What is counted: making a
virtual environment, installing this checkout and pytest from the registry, writing the test, and running it.
"""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

CHECKOUT = Path(__file__).parents[1]
LIMIT_SECONDS, LIMIT_LINES = 60, 3


class Language(NamedTuple):
    """A user's code, the test that is written for it, and the command that runs it."""

    own_file: str
    own_code: str
    test_file: str
    test: str
    command: tuple[str, ...]
    packages: tuple[str, ...] = ()
    tool: str = ""


LANGUAGES = {
    "python": Language(
        "broker.py",
        """\
import json
from urllib.request import urlopen


def server_time():
    with urlopen("https://api.kucoin.com/api/v1/timestamp", timeout=10) as answer:
        return json.load(answer)["data"]
""",
        "test_broker.py",
        """\
import broker
def test_time(kucoin_hosts):
    assert broker.server_time() > 1_700_000_000_000
""",
        (".venv/bin/pytest", "-q"),
        packages=("pytest",),
    ),
    "node": Language(
        "broker.mjs",
        """\
export async function serverTime() {
  return (await (await fetch('https://api.kucoin.com/api/v1/timestamp')).json()).data;
}
""",
        "broker.test.mjs",
        """\
import { test } from 'node:test';
import { serverTime } from './broker.mjs';
test('time', async () => { if (!(await serverTime() > 1.7e12)) throw new Error(); });
""",
        (".venv/bin/kucoin-simulator", "exec", "--", "node", "--test"),
        tool="node",
    ),
    "java": Language(
        "Broker.java",
        """\
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;

public class Broker {
    public static long serverTime() throws Exception {
        var request = HttpRequest.newBuilder(URI.create("https://api.kucoin.com/api/v1/timestamp")).build();
        var answer = HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).body();
        return Long.parseLong(answer.replaceAll(".*\\"data\\":(\\\\d+).*", "$1"));
    }
}
""",
        "BrokerTest.java",
        """\
class BrokerTest { public static void main(String[] arguments) throws Exception {
    if (Broker.serverTime() < 1_700_000_000_000L) throw new AssertionError();
} }
""",
        (".venv/bin/kucoin-simulator", "exec", "--", "sh", "-c", "javac *.java && java BrokerTest"),
        tool="javac",
    ),
}


def lines_of(language: Language) -> int:
    """How many lines the user writes."""
    return len(language.test.splitlines())


def processor() -> float:
    """Seconds of a processor that ended children have used."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def measure(name: str, folder: Path) -> tuple[float, float]:
    """Seconds from nothing to the green test, and of a processor. Raises `RuntimeError` if it is not green."""
    language = LANGUAGES[name]
    (folder / language.own_file).write_text(language.own_code)
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder / "home"), "PIP_NO_CACHE_DIR": "1"}
    Path(environment["HOME"]).mkdir()

    def run(*command: str) -> None:
        ended = subprocess.run(command, cwd=folder, env=environment, check=False, capture_output=True, text=True)
        if ended.returncode:
            raise RuntimeError(f"{' '.join(command)}: {ended.returncode}\n{ended.stdout}{ended.stderr}")

    begun, used = time.perf_counter(), processor()
    run(sys.executable, "-m", "venv", ".venv")
    run(".venv/bin/pip", "install", "--quiet", "--disable-pip-version-check", str(CHECKOUT), *language.packages)
    (folder / language.test_file).write_text(language.test)
    run(*language.command)
    return time.perf_counter() - begun, processor() - used


def main() -> int:
    """Measure the languages that were named, or all. The exit status is 1 if a limit does not hold."""
    late = False
    print("| language | lines written | s | s of a processor |\n|---|---|---|---|")
    for name in sys.argv[1:] or LANGUAGES:
        language = LANGUAGES[name]
        if language.tool and not shutil.which(language.tool):
            print(f"| {name} | - | no {language.tool} | - |")
            continue
        with TemporaryDirectory() as folder:
            seconds, used = measure(name, Path(folder))
        late |= seconds > LIMIT_SECONDS or lines_of(language) > LIMIT_LINES
        print(f"| {name} | {lines_of(language)} | {seconds:.0f} | {used:.0f} |", flush=True)
    return int(late)


if __name__ == "__main__":
    sys.exit(main())
