"""Clients in Node, Java and C are led by `exec`, each by the mechanism of its language."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from support.led import led

NODE = """
const https = require('https'), tls = require('tls'), net = require('net'), dns = require('dns');
const url = 'https://api.kucoin.com/api/v1/timestamp';
const get = (options) => new Promise((resolve, reject) =>
  https.get(url, options, (answer) => { answer.resume(); resolve(answer.statusCode); }).on('error', reject));
const tests = {
  https: () => get({}),
  'own agent, one root, IPv6': () => get({ agent: new https.Agent({ ca: tls.rootCertificates[0], family: 6 }) }),
  'own lookup': () => get({ lookup: (host, options, done) => done(new Error('asked')) }),
  fetch: async () => (typeof fetch === 'function' ? (await fetch(url)).status : 200),
  'by address': async () => {
    const { address } = await dns.promises.lookup('www.kucoin.com');
    return new Promise((resolve, reject) => {
      const socket = tls.connect({ host: address, port: 443, servername: 'www.kucoin.com' }, () => {
        resolve(socket.authorized ? 200 : socket.authorizationError); socket.end();
      }).on('error', reject);
    });
  },
  'tls.connect(port, host)': () => new Promise((resolve, reject) => {
    const socket = tls.connect(443, 'www.kucoin.com', () => { resolve(socket.authorized ? 200 : 0); socket.end(); });
    socket.on('error', reject);
  }),
  'net.connect': () => new Promise((resolve, reject) => {
    const socket = net.connect(443, 'api.kucoin.com', () => {
      resolve(socket.remoteAddress === '127.0.0.1' ? 200 : 0); socket.end();
    });
    socket.on('error', reject);
  }),
  'another name': () => new Promise((resolve) =>
    https.get('https://localhost:1/').on('error', ({ code }) => resolve(code === 'ECONNREFUSED' ? 200 : code))),
};
(async () => {
  for (const [name, test] of Object.entries(tests)) {
    console.log(name, await Promise.resolve().then(test).catch((error) => error.message));
  }
  console.log('imported', (await import('node:tls')).connect === tls.connect ? 200 : 0);
})();
"""
JAVA = """
import java.net.*; import java.net.http.*;
public class Broker {
  public static void main(String[] arguments) throws Exception {
    String url = "https://api.kucoin.com/api/v1/timestamp";
    HttpRequest request = HttpRequest.newBuilder(URI.create(url)).build();
    System.out.println(HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString()).statusCode());
    System.out.println(((HttpURLConnection) new URL(url).openConnection()).getResponseCode());
  }
}
"""


def needed(program: str) -> str:
    """The path of a program. Without it the test is skipped, but not in CI, which installs it."""
    path = shutil.which(program)
    if path is None:
        assert not os.environ.get("CI"), f"{program} is missing"
        pytest.skip(f"there is no {program}")
    return path


def test_node(tmp_path: Path) -> None:
    """Every way of Node to a host leads here and is trusted, in CommonJS and in modules; another name is left alone."""
    script = tmp_path / "broker.cjs"
    script.write_text(NODE)
    done = led("--quiet", "--", needed("node"), str(script))
    results = [line.rpartition(" ")[::2] for line in done.stdout.splitlines()]
    assert [result for result in results if result[1] != "200"] == [], done.stderr
    assert (len(results), done.returncode) == (9, 0)


def test_java(tmp_path: Path) -> None:
    """Both clients of the JDK come through the proxy and trust our authority; Java's own notice is announced."""
    needed("java")
    needed("javac")
    (tmp_path / "Broker.java").write_text(JAVA)
    done = led("--", "java", str(tmp_path / "Broker.java"))
    assert (done.returncode, done.stdout) == (0, "200\n200\n"), done.stderr
    assert "Picked up JAVA_TOOL_OPTIONS" in done.stderr


@pytest.mark.parametrize("command", [["curl", "-sS"], ["wget", "-qO-"]], ids=["curl", "wget"])
def test_programs_without_a_hook(command: list[str]) -> None:
    """The programs curl and wget come through the proxy, and trust the bundle."""
    needed(command[0])
    done = led("--quiet", "--", *command, "https://www.kucoin.com/api/v1/timestamp")
    assert (done.returncode, '"code":"200000"' in done.stdout) == (0, True), done.stderr
