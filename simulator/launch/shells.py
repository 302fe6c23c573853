"""Variables as text that a shell reads."""

from __future__ import annotations

import shlex
from collections.abc import Mapping


def assignments(values: Mapping[str, str | None], shell: str) -> str:
    """A line for each variable, which sets it, or removes it if its value is None. Raises `ValueError`."""
    return "".join(f"{_line(name, value, shell)}\n" for name, value in values.items())


def _line(name: str, value: str | None, shell: str) -> str:
    if value is not None and ("\n" in value or "\r" in value):
        raise ValueError(f"{name} has a line break, which {shell} cannot be told in one line")
    match shell, value:
        case "sh", None:
            return f"unset {name}"
        case "sh", _:
            return f"export {name}={shlex.quote(value or '')}"
        case "fish", None:
            return f"set -e {name}"
        case "fish", _:
            quoted = (value or "").replace("\\", "\\\\").replace("'", "\\'")
            return f"set -gx {name} '{quoted}'"
        case "powershell", None:
            return f"Remove-Item Env:{name} -ErrorAction SilentlyContinue"
        case "powershell", _:
            quoted = (value or "").replace("'", "''")
            return f"$Env:{name} = '{quoted}'"
        case "dotenv", _:
            quoted = (value or "").replace("\\", "\\\\").replace("'", "\\'")
            return f"{name}='{quoted}'"
        case _:
            return f"{name}={value or ''}"  # a file of GitHub's, which has no quotes and cannot remove a variable
