"""The names of headers, parameters and fields that carry a credential, and how a name precedes its value in a text."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

SECRETIVE: Final = re.compile(
    r"secret|passw|passphrase|token|apikey|credential|signature|authorization|cookie|privatekey|assertion|verifier"
    r"|^(?:sign|otp|factorvalue|code|kcapisign|kcapipartnersign)$"
)
"""Names that carry a credential, in lower case and without `-` and `_`."""
SUSPECT: Final = (
    *("secret", "pass", "token", "key", "credential", "sign", "authorization"),
    *("cookie", "assertion", "verifier", "otp", "factor", "code"),
)
"""Each such name contains one of these words."""
HARMLESS: Final = {"tokentype", "kcapikeyversion", "apikeyversion"}
PLAIN_WORDS: Final = {"transactionid", "factortype"}
"""Fields of `validation` that are not one-time codes (s8.2)."""
NAME: Final = re.compile(r"""(?<![\w-])([\w-]{1,64})\\*["']?\s*[=:]\s*\\*["']?""")
VALUE: Final = re.compile(r"""(?:(?:bearer|basic)\s+)?[^\s"'&,;{}\[\]\\]+""", re.IGNORECASE)
"""A name and its value within a text: in a link, in JSON within JSON, in broken JSON."""
LONGEST_NAME: Final = 100
"""Longest name, in characters, for which the answer is cached."""


def bared(name: str) -> str:
    """The name in lower case, without `-` and `_`."""
    return name.lower().replace("-", "").replace("_", "")


def may_name(text: str) -> bool:
    """True if the text may contain such a name. Searching for words takes a thirtieth of the time of the pattern."""
    lowered = text.lower()
    return any(word in lowered for word in SUSPECT)


def secretive(name: str) -> bool:
    """True if the value of that name is a credential."""
    return _secretive(name) if len(name) <= LONGEST_NAME else SECRETIVE.search(bared(name)) is not None


@lru_cache(maxsize=1024)
def _secretive(name: str) -> bool:
    bare = bared(name)
    return bare not in HARMLESS and SECRETIVE.search(bare) is not None
