"""TLS handshakes that failed: what was seen, the likely cause, and what to set."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from simulator.core.lazy_pattern import lazy_pattern
from simulator.web.wire.client_hello import ClientHello

KEPT: Final = 100
"""Failed handshakes that are remembered, the newest ones."""
ALERT: Final = lazy_pattern(r"ALERT_([A-Z_]+)$", re.ASCII)
"""The name of an alert in one of OpenSSL's reasons, such as `TLSV1_ALERT_UNKNOWN_CA`."""

TRUST: Final = (
    "let the client trust the simulator's authority: kucoin-simulator exec -- COMMAND sets everything; by hand,"
    " SSL_CERT_FILE, REQUESTS_CA_BUNDLE and CURL_CA_BUNDLE take the file of `kucoin-simulator ca bundle`,"
    " NODE_EXTRA_CA_CERTS that of `ca path`, and javax.net.ssl.trustStore that of `ca java`"
)
NAME: Final = (
    "call the simulator by a name of KuCoin's, localhost or 127.0.0.1; start it with --kucoin-host for one more name"
)
PINNED: Final = "take the pinned certificate or fingerprint out of the client's settings for tests"
NEWER: Final = "let the client speak TLS 1.2 or 1.3"


class Explanation(NamedTuple):
    """Why a handshake failed, as far as it can be known, and what to set."""

    cause: str
    fix: str


UNTRUSTED: Final = Explanation("the client does not trust the authority that signed the certificate", TRUST)
WRONG_NAME: Final = Explanation("the certificate is not valid for the name that the client asked for", NAME)
OLD: Final = Explanation("the client speaks no version of TLS that is served, or no cipher of one", NEWER)
REJECTED: Final = Explanation(
    "the client rejects the certificate: it does not trust the authority that signed it, or it pins another one",
    f"{TRUST}; {PINNED}",
)
SILENT: Final = Explanation(
    "the client left without a word. Clients in Node and curl do so if they do not trust the authority, or if the"
    " certificate is not valid for the name; so does a client that pins a certificate, and one that gave up waiting",
    f"{TRUST}; {PINNED}",
)
UNUSED: Final = Explanation(
    "the client ended the connection without a request. Node checks the certificate only after the handshake, and so"
    " does a client that pins one; a browser that connects in advance does this, too, and means nothing by it",
    f"{TRUST}; {PINNED}",
)
SLOW: Final = Explanation(
    "the client began a handshake and stopped", "look for what holds the client up, such as a proxy between"
)
MANY: Final = Explanation(
    "more handshakes were under way than the simulator keeps", "let the client reuse its connections"
)
NOT_TLS: Final = Explanation(
    "what followed was not TLS",
    "if the client speaks another protocol behind the byte 0x16, it is at the wrong port",
)
BY_ALERT: Final = {
    "unknown_ca": UNTRUSTED,
    "certificate_unknown": REJECTED,
    "bad_certificate": REJECTED,
    "unsupported_certificate": REJECTED,
    "access_denied": REJECTED,
    "decrypt_error": REJECTED,
    "certificate_revoked": REJECTED,
    "unrecognized_name": WRONG_NAME,
    "certificate_expired": Explanation(
        "the client's clock is outside the certificate's time: a test may have moved or frozen it",
        "let the client's clock run while it connects, or renew an old authority with `kucoin-simulator ca new`",
    ),
    "protocol_version": OLD,
    "insufficient_security": OLD,
    "handshake_failure": OLD,
    "no_application_protocol": Explanation("the client speaks HTTP/2 and no HTTP/1.1", "let the client offer HTTP/1.1"),
}
"""Alert of the client -> explanation."""
BY_REASON: Final = {
    "UNSUPPORTED_PROTOCOL": OLD,
    "NO_SHARED_CIPHER": OLD,
    "VERSION_TOO_LOW": OLD,
    "INAPPROPRIATE_FALLBACK": OLD,
    "NO_SUITABLE_SIGNATURE_ALGORITHM": OLD,
    "NO_SHARED_GROUP": OLD,
}
"""OpenSSL's reason for an error that we found -> explanation."""


class Handshake(NamedTuple):
    """A handshake that failed. `at` is in ms; `alert` is the client's, "" = it sent none."""

    at: int
    ip: str
    hello: ClientHello
    alert: str
    problem: str
    explanation: Explanation


class Handshakes:
    """The failed handshakes of a server, the newest ones. They belong to no workspace, because nothing was asked."""

    def __init__(self, now: Callable[[], int], knows: Callable[[str], bool]) -> None:
        """`knows` is true of a server name that a certificate can be valid for; `now` is in ms."""
        self._now, self._knows = now, knows
        self._kept: deque[Handshake] = deque(maxlen=KEPT)
        self.count = 0
        """How many failed since the start, or since the list was emptied."""

    def add(self, ip: str, hello: ClientHello, problem: str, explanation: Explanation, alert: str = "") -> None:
        """Remember one. The oldest makes room. What looks like a rejected certificate may be due to the name."""
        if explanation in (REJECTED, SILENT, UNUSED) and hello.server_name and not self._knows(hello.server_name):
            explanation = WRONG_NAME
        self.count += 1
        self._kept.append(Handshake(self._now(), ip, hello, alert, problem, explanation))

    def fail(self, ip: str, hello: ClientHello, reason: str) -> None:
        """Remember one that ended with an error; `reason` is OpenSSL's."""
        match = ALERT.search(reason)
        alert = match[1].lower() if match else ""
        if alert:
            explanation, problem = BY_ALERT.get(alert, REJECTED), f"the client sent the alert {alert}"
        else:
            explanation, problem = BY_REASON.get(reason, NOT_TLS), reason.lower().replace("_", " ")
        self.add(ip, hello, problem, explanation, alert)

    def newest(self) -> Iterator[Handshake]:
        """All that are remembered, the newest first."""
        return reversed(self._kept)

    def clear(self) -> int:
        """Forget all. The number of those that failed so far."""
        count, self.count = self.count, 0
        self._kept.clear()
        return count
