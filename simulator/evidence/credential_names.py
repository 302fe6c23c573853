"""Under which names a credential is carried, and how such a name stands before its value within a text."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

SECRETIVE: Final = re.compile(
    r"secret|passw|passphrase|token|apikey|credential|signature|authorization|cookie|privatekey|assertion|verifier"
    r"|^(?:sign|otp|factorvalue|code|kcapisign|kcapipartnersign)$"
)
"""Names, in lower case and without `-` and `_`, under which a credential is carried."""
SUSPECT: Final = (
    *("secret", "pass", "token", "key", "credential", "sign", "authorization"),
    *("cookie", "assertion", "verifier", "otp", "factor", "code"),
)
"""One of these is in each such name."""
HARMLESS: Final = {"tokentype", "kcapikeyversion", "apikeyversion"}
PLAIN_WORDS: Final = {"transactionid", "factortype"}
"""What stands beside the one-time codes in `validation` (s8.2)."""
NAME: Final = re.compile(r"""(?<![\w-])([\w-]{1,64})\\*["']?\s*[=:]\s*\\*["']?""")
VALUE: Final = re.compile(r"""(?:(?:bearer|basic)\s+)?[^\s"'&,;{}\[\]\\]+""", re.IGNORECASE)
"""A name and its value within a text: in a link, in JSON that was written twice, in what was to be JSON."""
LONGEST_NAME: Final = 100
"""Characters of a name of which it is remembered whether it is one of a credential."""


def bared(name: str) -> str:
    """The name in lower case, without `-` and `_`."""
    return name.lower().replace("-", "").replace("_", "")


def may_name(text: str) -> bool:
    """Whether such a name may stand within a text. A search for words costs a thirtieth of a pattern's."""
    lowered = text.lower()
    return any(word in lowered for word in SUSPECT)


def secretive(name: str) -> bool:
    """Whether what goes by that name is a credential."""
    return _secretive(name) if len(name) <= LONGEST_NAME else SECRETIVE.search(bared(name)) is not None


@lru_cache(maxsize=1024)
def _secretive(name: str) -> bool:
    bare = bared(name)
    return bare not in HARMLESS and SECRETIVE.search(bare) is not None
