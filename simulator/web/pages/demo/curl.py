"""A request of the demo broker as curl. A signed request is signed anew, because a signature lasts for seconds."""

from __future__ import annotations

from collections.abc import Mapping
from shlex import quote
from typing import Any, Final

from simulator.core.world import World

SIGNED: Final = """\
TIMESTAMP=$(($(date +%s) * 1000))
hmac() {{ printf '%s' "$1" | openssl dgst -sha256 -hmac "${{2:-$API_SECRET}}" -binary | base64; }}
{body}curl -sg {method}{url} \\
  -H "KC-API-KEY: $API_KEY" -H 'KC-API-KEY-VERSION: 3' \\
  -H "KC-API-TIMESTAMP: $TIMESTAMP" \\
  -H "KC-API-SIGN: $(hmac "${{TIMESTAMP}}{signed}")" \\
  -H "KC-API-PASSPHRASE: $(hmac "$API_PASSPHRASE")" \\
  {partner}-H 'Content-Type: application/json'{data}"""
TAGGED: Final = """\
-H KC-API-PARTNER:{name} -H KC-BROKER-NAME:{broker_name} -H 'KC-API-PARTNER-VERIFY: true' \
  -H "KC-API-PARTNER-SIGN: $(hmac "$TIMESTAMP"{name}"$API_KEY" "$BROKER_KEY")" \
  """


def as_curl(origin: str, request: Mapping[str, Any], *, reveal: bool, world: World) -> str:
    """The line for a request as the journal shows it. `reveal` = with secrets, else with variables of the shell."""
    method, body, headers = request["method"], str(request["body"]), request["headers"]
    query = f"?{request['query']}" if request["query"] else ""
    url = quote(f"{origin}{request['path']}{query}")
    verb = "" if method == ("POST" if body else "GET") else f"-X {method} "
    if "kc-api-sign" in headers:
        prefix = world.prefix
        target = str(request["path"]).removeprefix(prefix) + query
        variables = ""
        key = world.api_keys.get(headers.get("kc-api-key", ""))
        client = world.clients.get(key.client_id) if key and "kc-api-partner" in headers else None
        if reveal and key:
            pairs = [("API_KEY", key.api_key), ("API_SECRET", key.secret), ("API_PASSPHRASE", key.passphrase)]
            pairs += [("BROKER_KEY", client.broker_key)] if client else []
            variables = "".join(f"{name}={quote(value)}\n" for name, value in pairs)
        return variables + SIGNED.format(
            body=f"BODY={quote(body)}\n" if body else "",
            method=verb,
            url=url,
            partner=TAGGED.format(name=quote(client.partner), broker_name=quote(client.broker_name)) if client else "",
            signed=f"{method}{target}{'$BODY' if body else ''}",
            data=' -d "$BODY"' if body else "",
        )
    lines = [f"curl -sg {verb}{url}"]
    if authorization := headers.get("authorization"):
        shown = quote(f"Authorization: {authorization}") if reveal else '"Authorization: bearer $ACCESS_TOKEN"'
        lines.append(f"-H {shown}")
    if body:
        lines += [f"-H {quote('Content-Type: ' + str(headers.get('content-type', '')))}", f"-d {quote(body)}"]
    return " \\\n  ".join(lines)
