"""Why a namespace cannot be made on a machine, and what to do about it."""

from __future__ import annotations

import errno
from collections.abc import Callable
from pathlib import Path
from typing import Final

INSTEAD: Final = "or take --mode hooks, which needs no rights"
_SETTINGS: Final = "/proc/sys/"
_STEPS: Final = {
    "unshare": "new namespaces",
    "user map": "a user of its own",
    "mount": "mounts of its own",
    "proc": "a /proc of its own",
    "network": "a loopback device of its own",
    "files": "files bound over others",
    "observer": "a view of its packets",
    "resolver": "a name server at port 53 of its loopback",
    "listen": "listening sockets of its own",
}
"""Step -> what the kernel was asked for."""


def _text(path: str) -> str | None:
    """The content of a file, or None."""
    try:
        return Path(path).read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return None


def obstacle(
    step: str, number: int | None, text: str | None, file: str | None, read: Callable[[str], str | None] = _text
) -> str:
    """One sentence or two: what was refused, the likely reason, and what to do. `read` reads a file of the machine."""

    def setting(name: str) -> str | None:
        return read(_SETTINGS + name.replace(".", "/"))

    refused = f"Linux refuses {_STEPS.get(step, step)} ({text}{f': {file}' if file and file != 'unshare' else ''})"
    permission = number in {errno.EPERM, errno.EACCES}
    status = read("/proc/self/status") or ""
    filtered = any(line.split()[-1:] == ["2"] for line in status.splitlines() if line.startswith("Seccomp:"))
    container = filtered or read("/.dockerenv") is not None or read("/run/.containerenv") is not None
    if number == errno.ENOSPC:
        names = [f"user.max_{kind}_namespaces" for kind in ("user", "net", "mnt", "pid")]
        spent = next((name for name in names if setting(name) == "0"), "")
        if spent:
            return f"{refused}: {spent} is 0. As root: sysctl -w {spent}=10000; {INSTEAD}"
        return (
            f"{refused}: the limits of user.max_*_namespaces are reached, or namespaces are nested too deep; {INSTEAD}"
        )
    if number in {errno.ENOSYS, errno.EINVAL} and step == "unshare":
        return f"{refused}: this kernel is built without user or network namespaces (gVisor and WSL 1 too); {INSTEAD}"
    if permission and setting("kernel.unprivileged_userns_clone") == "0":
        name = "kernel.unprivileged_userns_clone"
        return f"{refused}: {name} is 0. As root: sysctl -w {name}=1; {INSTEAD}"
    if permission and setting("kernel.apparmor_restrict_unprivileged_userns") == "1":
        name = "kernel.apparmor_restrict_unprivileged_userns"
        return (
            f"{refused}: AppArmor restricts user namespaces ({name} is 1, as on Ubuntu 24.04). As root: "
            f"sysctl -w {name}=0, or give Python a profile with `userns,`, or run as root; {INSTEAD}"
        )
    if permission and container:
        option = "--security-opt apparmor=unconfined" if step != "unshare" else "--security-opt seccomp=unconfined"
        return (
            f"{refused}: this looks like a container, and containers forbid it by default. Start it with "
            f"{option} or --cap-add SYS_ADMIN; {INSTEAD}"
        )
    if permission and step == "unshare":
        return f"{refused}: a security module or a chroot forbids user namespaces here. Try it as root; {INSTEAD}"
    return f"{refused}; {INSTEAD}"
