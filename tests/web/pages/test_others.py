"""The security set-up (s8.1, H41), the demo callback and the front page, without a browser."""

from __future__ import annotations

import json
import re
import shlex
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from msgspec.structs import replace
from pyotp import TOTP
from support.browser import Reply, Site
from support.demo_world import CALLBACK, DEMO_BROKER, OWN_QUERY
from support.desk import START, query

from simulator.core.spec import PAGE_REVISION, SECURITY_PATH, Factor
from simulator.core.world import World

RETURN = f"{SECURITY_PATH}?client_id=demo-broker&redirect_uri=http%3a%2f%2flocalhost%3a3000%2fdone%3fa%3d1%26b%3d2"
"""The link as s8.1 builds it: redirect_uri is encoded, on a registered origin, and not registered itself."""
TARGET = "http://localhost:3000/done?a=1&b=2"
HOSTILE = "\"'><script>alert(1)</script>`$(reboot)"


def identify(site: Site, target: str = SECURITY_PATH, identity: str = "bob") -> Reply:
    return site.submit(SECURITY_PATH, site.get(target).page.forms[0], identity=identity)


def bind(site: Site, target: str = SECURITY_PATH, code: str | None = None) -> Reply:
    form = identify(site, target).page.forms[0]
    return site.submit(SECURITY_PATH, form, code=code or code_of(site))


def code_of(site: Site, user: str = "bob") -> str:
    """What the user's authenticator shows."""
    return TOTP(site.world.users[user].totp_secret).at(START // 1000)


# --- security set-up
def test_the_secret_is_shown_as_text_and_as_a_qr_code() -> None:
    """A user scans the code or types the secret; a page may be used without a phone too."""
    page = identify(Site()).page
    secret = Site().world.users["bob"].totp_secret
    assert secret in page.text
    (image,) = page.attributes("img", "src")
    assert image.startswith("data:image/svg+xml")
    (app,) = [link for link in page.links if link.startswith("otpauth://totp/")]
    assert f"secret={secret}" in app
    assert "/_sim/v1/users/bob/totp" in page.links
    (code,) = [values for tag, values in page.tags if tag == "input" and values.get("name") == "code"]
    assert (code["inputmode"], code["autocomplete"]) == ("numeric", "one-time-code")


def test_a_bound_factor_leads_back_to_the_broker() -> None:
    """After the six digits the browser goes to the broker's redirect_uri, decoded (s8.1)."""
    site = Site()
    reply = bind(site, RETURN)
    assert reply.status == 303
    assert reply.location == TARGET
    assert site.world.users["bob"].factor_sets == ((Factor.GAV, Factor.EMV),)
    assert [entry["operation"] for entry in site.entries] == ["bind_factor", "prepare_factor"]
    assert reply.headers["x-sim-entry"] == "default/2"


def test_without_a_redirect_uri_the_page_says_that_it_is_done() -> None:
    """The parameters are optional (s8.1); the page tells what the user proves from now on."""
    page = bind(Site()).page
    assert "bob's authenticator is now bound" in page.text
    assert "GAV and EMV" in page.text
    assert "redirect_uri" not in page.text


def test_digits_may_be_written_in_two_groups() -> None:
    """Authenticators show `123 456`."""
    site = Site()
    code = code_of(site)
    assert bind(site, RETURN, f" {code[:3]} {code[3:]}").status == 303


@pytest.mark.parametrize("code", ["000000", "", "12345", "abcdef", "١٢٣٤٥٦", HOSTILE])
def test_a_wrong_code_shows_the_same_page_again(code: str) -> None:
    """HTTP 400, the error, the same secret, and no factor bound."""
    site = Site()
    before = site.world.users["bob"]
    form = identify(site, RETURN).page.forms[0]
    reply = site.submit(SECURITY_PATH, form, code=code)
    assert reply.status == 400
    assert "The verification code is incorrect." in reply.page.text
    assert before.totp_secret in reply.page.text
    assert site.world.users["bob"] == before
    assert site.submit(SECURITY_PATH, reply.page.forms[0], code=code_of(site)).location == TARGET


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("redirect_uri=http%3A%2F%2Flocalhost%3A3000%2F", "client_id is missing"),
        ("client_id=nobody&redirect_uri=http%3A%2F%2Flocalhost%3A3000%2F", "client_id nobody is unknown"),
        ("client_id=demo-broker&redirect_uri=https%3A%2F%2Fevil.example", "https://evil.example is on no origin"),
        ("client_id=demo-broker&redirect_uri=javascript%3Aalert(1)", "javascript:alert(1) is on no origin"),
        ("client_id=demo-broker&redirect_uri=%2F%2Fevil.example", "//evil.example is on no origin"),
        ("client_id=demo-broker&redirect_uri=http%3A%2F%2Flocalhost%3A3000%40evil.example", "is on no origin"),
        ("client_id=demo-broker&redirect_uri=http%3A%2F%2F%5B", "is on no origin"),
    ],
)
def test_the_page_leads_to_no_other_origin(asked: str, told: str) -> None:
    """A redirect_uri on no registered origin of the client is not followed, and the page says why (H41)."""
    site = Site()
    reply = bind(site, f"{SECURITY_PATH}?{asked}")
    assert reply.status == 200
    assert told in reply.page.text
    for page in (reply.page, site.get(f"{SECURITY_PATH}?{asked}").page):
        assert not [link for link in page.links if "evil" in link or "script" in link or "3000" in link]


@pytest.mark.parametrize("raw", ["\t", "\r\n", " ", "\0"])
def test_controls_in_the_redirect_uri_reach_no_header(raw: str) -> None:
    """URL parsers drop controls; the header carries them percent-encoded."""
    sent = quote(f"http://localhost:3000/{raw}x")
    site, target = Site(), f"{SECURITY_PATH}?client_id=demo-broker&redirect_uri={sent}"
    cancel = site.get(target).page.links
    reply = bind(site, target)
    assert reply.location in cancel
    assert reply.location == f"http://localhost:3000/{quote(raw)}x"


def test_a_user_with_an_authenticator_has_nothing_to_set_up() -> None:
    """The page says so at either step, and leads back to the broker."""
    site = Site()
    before = site.world
    replies = [
        identify(site, RETURN, "alice"),
        site.post(RETURN, [("step", "bind"), ("identity", "alice"), ("code", "000000")]),
    ]
    for reply in replies:
        assert reply.status == 200
        assert "alice's authenticator is already bound" in reply.page.text
        assert TARGET in reply.page.links
    assert site.world is before


def test_whoever_changes_their_mind_gets_back() -> None:
    """Every step has a way back to the broker, or to the front page when there is no broker."""
    for target, back in ((RETURN, TARGET), (SECURITY_PATH, "/")):
        site = Site()
        for page in (site.get(target).page, identify(site, target).page):
            (cancel,) = [values for tag, values in page.tags if tag == "a" and "button" in (values.get("class") or "")]
            assert cancel["href"] == back


def test_an_unknown_user_can_type_again() -> None:
    """The question comes back with the error and what was typed, at either step."""
    site = Site()
    for fields in ([("step", "identify")], [("step", "bind"), ("code", "123456")]):
        reply = site.post(RETURN, [*fields, ("identity", HOSTILE)])
        assert reply.status == 400
        assert "No user is registered" in reply.page.text
        assert ("identity", HOSTILE) in reply.page.forms[0].fields


def test_the_link_is_escaped() -> None:
    """What a broker appends to the link is never markup."""
    asked = f"client_id={quote(HOSTILE)}&redirect_uri={HOSTILE}"
    page = Site().get(f"{SECURITY_PATH}?{asked}").page
    assert HOSTILE in page.text
    assert {form.action for form in page.forms} == {f"?{asked}"}


# --- demo callback
def came_back(site: Site, redirect_uri: str = "http://127.0.0.1:8080/demo/callback", *grant: str) -> Reply:
    """Consent, and open the demo callback with what the broker would get."""
    fields = [("step", "consent"), ("identity", "alice"), ("decision", "approve"), *(("grant", each) for each in grant)]
    location = site.post(f"/oauth?{query(redirect_uri, 'a+b%20c')}", fields).location
    return site.get("/demo/callback?" + location.partition("?")[2])


def shell_words(line: str) -> list[str]:
    """The words of a command as a shell finds them; an operator outside quotes is a word of its own."""
    found = shlex.shlex(line, posix=True, punctuation_chars=True)
    found.whitespace_split = True
    return list(found)


def run(site: Site, line: str, **variables: str) -> Reply:
    """Send what a curl line says."""
    words = shell_words(re.sub(r"\$(\w+)", lambda found: variables[found[1]], line).replace("\\\n", ""))
    headers = {"host": "127.0.0.1:8080"}
    body: list[bytes] = []
    assert words[:2] == ["curl", "-sg"]
    for name, value in zip(words[3::2], words[4::2], strict=True):
        if name == "-H":
            headers[value.partition(": ")[0].lower()] = value.partition(": ")[2]
        else:
            assert name == "-d"
            body.append(value.encode())
            headers["content-length"] = str(len(value.encode()))
    target = words[2].removeprefix("http://127.0.0.1:8080")
    return site.send("POST" if body else "GET", target, headers, body)


def commands(reply: Reply) -> list[str]:
    """The curl lines of a page."""
    found = re.findall(r'<pre[^>]*><code class="copy">(.*?)</code></pre>', reply.body.decode(), re.DOTALL)
    return [re.sub(r"&#(\d+);", lambda each: chr(int(each[1])), each).replace("&amp;", "&") for each in found]


@pytest.mark.parametrize("redirect_uri", ["http://127.0.0.1:8080/demo/callback", CALLBACK, OWN_QUERY])
@pytest.mark.parametrize("client_secret", ["optional", "required"])
def test_the_curl_lines_do_what_they_say(redirect_uri: str, client_secret: str) -> None:
    """Exchange the code, with the redirect URI of its login, and create a key that has what was granted."""
    site = Site(client_secret=client_secret)
    exchange, add_key = commands(came_back(site, redirect_uri, "API_SPOT"))
    assert f"&redirect_uri={redirect_uri}&client_id=demo-broker" in exchange
    tokens = json.loads(run(site, exchange).body)
    key = json.loads(run(site, add_key, ACCESS_TOKEN=tokens["access_token"]).body)
    assert key["data"]["authGroup"] == "API_COMMON,API_SPOT"


def test_the_callback_shows_what_the_broker_received() -> None:
    """Each parameter decoded, and the query as it was sent."""
    page = came_back(Site()).page
    assert "The broker has received a code" in page.text
    assert "a b c" in page.text
    assert "state=a+b%20c" in page.text
    assert "not issued" not in page.text


def test_the_callback_shows_an_error() -> None:
    """A user's refusal is named, and no call follows from it."""
    reply = Site().get("/demo/callback?error=access_denied&state=1")
    assert "The broker has received an error" in reply.page.text
    assert "The user has said no" in reply.page.text
    assert not commands(reply)


def test_a_made_up_code_is_quoted_for_html_and_shell() -> None:
    """Whatever somebody puts into the address, it stays one word of the command."""
    site = Site()
    code = f"{HOSTILE}&client_id=x"
    reply = site.get(f"/demo/callback?code={quote(code)}&{HOSTILE}={HOSTILE}")
    assert "has not issued that code" in reply.page.text
    exchange, _ = commands(reply)
    _, _, address = shell_words(exchange)
    assert parse_qs(urlsplit(address).query)["code"] == [code]
    assert run(site, exchange).status == 400


def test_the_callback_without_a_demo_client_shows_no_command() -> None:
    """A world whose clients live elsewhere has no command to offer for a code that is not its own."""
    site = Site()
    site.exchange.world = site.world.put(replace(DEMO_BROKER, redirect_uris=(CALLBACK,)))
    reply = site.get("/demo/callback?code=1")
    assert "No client of this simulator has this page" in reply.page.text
    assert not commands(reply)
    assert "Nothing." in site.get("/demo/callback").page.text


# --- front page
def test_the_front_page_says_what_runs_here() -> None:
    """The revision of the page, the scenario, the seed, the clients, the users, and that it is no KuCoin service."""
    page = Site().get("/").page
    for shown in (PAGE_REVISION, "demo", "no service of KuCoin", "demo-broker", "other-broker", OWN_QUERY, "6 users"):
        assert shown in page.text
    assert {"/_sim/v1", "/_sim/v1/requests", SECURITY_PATH} <= set(page.links)


@pytest.mark.parametrize(
    "host", ["127.0.0.1:8080", "localhost:8080", "LOCALHOST:8080", "localhost:9090", "w1.localhost"]
)
def test_each_client_has_a_login_to_click(host: str) -> None:
    """The link leads to a login page, and back to the name under which the browser is here if it is one of ours."""
    site = Site()
    links = [link for link in site.get("/", host=host).page.links if link.startswith("/oauth")]
    assert len(links) == 2
    assert {site.get(link).status for link in links} == {200}
    name = host.lower() if "8080" in host else "127.0.0.1:8080"
    assert f"&redirect_uri=http://{name}/demo/callback&" in links[0]


def test_an_empty_world_has_a_front_page() -> None:
    """No clients, no users: the page says how to add a client, and who has no redirect URI cannot be logged in for."""
    site = Site(World())
    page = site.get("/").page
    assert "--client-id ID" in page.text
    assert "0 users" in page.text
    site.exchange.world = site.world.put(replace(DEMO_BROKER, redirect_uris=()))
    page = site.get("/").page
    assert "nobody can log in" in page.text
    assert not [link for link in page.links if link.startswith("/oauth")]


def test_there_is_no_icon() -> None:
    """A browser that asks for one gets an empty answer, no error."""
    reply = Site().get("/favicon.ico")
    assert (reply.status, reply.body) == (204, b"")
    assert not {"content-type", "content-length"} & reply.headers.keys()
