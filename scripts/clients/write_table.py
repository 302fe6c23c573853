"""Writes the table of docs/clients.md: `scripts/client_matrix [--check | --install]`.

`--check` changes nothing; `--install` gets the Node clients and ends.
"""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from support.hard_wired.matrix import CLIENTS, MODES, ROOT, contradictions, install_node_clients, measure, table

PAGE = ROOT / "docs" / "clients.md"
BEGIN, END = "<!-- table: scripts/client_matrix -->\n", "<!-- end of table -->\n"


def main() -> int:
    """Measure every client in every mode. The exit status is 1 if a red cell has no reason."""
    install_node_clients()
    if "--install" in sys.argv:
        return 0
    clients = []
    for client in CLIENTS:
        if lack := client.missing():
            print(f"{client.name} is not run: {lack}", file=sys.stderr)
        else:
            clients.append(client)
    with TemporaryDirectory() as folder:
        start = (sys.executable, "-m", "simulator")
        measured = {mode: measure(mode, clients, Path(folder), start) for mode in MODES}
    wrong = [line for mode, failures in measured.items() for line in contradictions(mode, failures)]
    print("\n".join(wrong), file=sys.stderr)
    text = table(measured)
    print(text)
    if "--check" not in sys.argv:
        before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
        _, _, after = rest.partition(END)
        PAGE.write_text(before + BEGIN + "\n" + text + "\n" + END + after, encoding="utf-8")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
