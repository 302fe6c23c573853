"""The command of a user runs so that KuCoin's hosts lead to the simulator, whatever the command is."""

from __future__ import annotations

from typing import Final

EXEC_MODES: Final = ("auto", "hooks", "namespace", "proxy", "plain")
ENV_MODES: Final = ("hooks", "proxy", "plain")
"""The modes that variables alone can bring about."""
SHELLS: Final = ("sh", "fish", "powershell", "dotenv", "github")
"""The syntaxes in which variables are printed."""
