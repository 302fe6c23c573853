"""What every page may do, and the files that pages load."""

from __future__ import annotations

import gzip
from hashlib import sha256

import pytest
from support.browser import POLICY, Site
from support.desk import query

from simulator.core.spec import SECURITY_PATH
from simulator.web.guards import Policy
from simulator.web.pages.assets import FOLDER, asset_url, assets
from simulator.web.pages.headers import page_headers

VENDORED = {
    "htmx.min.js": "a0abb04f2f45a1f89d1d4844023245537e5e6014c87b144553e0607b4cc32130",
    "hx-csp.min.js": "a7e1e6711ae6c3e50ad300fba7936cbe8d07599cdae313414a179ddd6b26e143",
    "hx-sse.min.js": "18ef2761356ec1fe0bb6d92612315b37517a7c1e9856b661c5ae81fef239d103",
}
"""The files of htmx.org 4.0.1 as npm has them (dist/ and dist/ext/), by their SHA-256."""


def zipped(suffix: str) -> int:
    """Bytes of all files with that suffix, each compressed."""
    return sum(len(gzip.compress(path.read_bytes(), 9)) for path in FOLDER.glob(f"*{suffix}"))


def test_vendored_files_are_what_npm_has() -> None:
    """Nobody has changed a byte of htmx, and its licence is there."""
    assert {name: sha256((FOLDER / name).read_bytes()).hexdigest() for name in VENDORED} == VENDORED
    assert {path.name for path in FOLDER.iterdir()} == {*VENDORED, "app.js", "style.css", "htmx-LICENSE.txt"}
    assert "Zero-Clause BSD" in (FOLDER / "htmx-LICENSE.txt").read_text()


def test_the_files_are_small() -> None:
    """All scripts are at most 20 kB, the stylesheet at most 15 kB, compressed."""
    assert zipped(".js") <= 20_000
    assert zipped(".css") <= 15_000


def test_no_rule_of_the_stylesheet_is_swallowed() -> None:
    """Each section begins outside of all braces: one that is missing would put the rest into a media query."""
    style = (FOLDER / "style.css").read_text()
    sections = style.split("/* --- ")
    assert len(sections) > 8
    assert [part.splitlines()[0] for part in sections if part.count("{") != part.count("}")] == []


@pytest.mark.parametrize("name", assets())
def test_a_file_is_kept_forever_under_its_digest(name: str) -> None:
    """The address of a page's file has its digest; without it, or with an old one, a browser asks again."""
    site = Site()
    reply = site.get(asset_url(name))
    assert reply.status == 200
    assert reply.body == (FOLDER / name).read_bytes()
    assert "immutable" in reply.headers["cache-control"]
    assert reply.headers["x-content-type-options"] == "nosniff"
    for query_part in ("", "?v=0000000000000000"):
        assert site.get(f"/_sim/static/{name}{query_part}").headers["cache-control"] == "no-cache"


@pytest.mark.parametrize("name", ["nothing.js", "..%2fheaders.py", "%2e%2e/headers.py", "", "..", "<script>"])
def test_nothing_but_the_files_is_served(name: str) -> None:
    """Only names of the folder itself are known: no way leads out of it."""
    reply = Site().get(f"/_sim/static/{name}")
    assert reply.status == 404
    assert "404" in reply.page.text


def test_a_token_guards_no_file_of_a_page() -> None:
    """A broker's user sees the login page of a server with a control token as it is meant to be."""
    site = Site()
    site.app.policy = Policy(token="secret")
    assert site.get("/_sim/v1").status == 401
    assert site.get("/_sim/static/style.css").status == 200
    assert site.get("/_sim/static/style.css", **{"sec-fetch-site": "cross-site"}).status == 403
    assert site.get("/_sim/static/style.css", host="www.kucoin.com").status == 200
    assert site.get("/_sim/v1", host="www.kucoin.com").status == 403


def test_a_nonce_is_used_once() -> None:
    """Each answer has another nonce, which the scripts of the page carry."""
    site = Site()
    policies = [site.get("/").headers["content-security-policy"] for _ in range(20)]
    nonces = {match["nonce"] for policy in policies if (match := POLICY.fullmatch(policy))}
    assert len(nonces) == 20


def test_only_pages_that_lead_to_the_broker_have_no_form_action() -> None:
    """Chrome applies form-action to the redirect that answers a form; all other pages send forms to us alone."""
    site = Site()
    answers = {
        "front": site.get("/"),
        "login": site.get(f"/oauth?{query()}"),
        "consent": site.post(f"/oauth?{query()}", [("step", "login"), ("identity", "alice")]),
        "refused": site.get("/oauth"),
        "who": site.get(SECURITY_PATH),
        "factor": site.post(SECURITY_PATH, [("step", "identify"), ("identity", "bob")]),
        "missing": site.get("/w/nowhere/"),
    }
    policies = {name: answer.headers["content-security-policy"] for name, answer in answers.items()}
    assert {name for name, policy in policies.items() if "form-action" not in policy} == {"consent", "factor"}


def test_an_answer_that_is_no_page_runs_no_script() -> None:
    """Without a nonce nothing may run."""
    assert b"script-src" not in dict(page_headers())[b"content-security-policy"]
