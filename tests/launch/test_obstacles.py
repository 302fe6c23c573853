"""Why a namespace is refused: made-up machines, each with the advice that helps there."""

from __future__ import annotations

import errno
import os

import pytest

from simulator.launch.obstacles import INSTEAD, obstacle

USERNS = "/proc/sys/user/max_user_namespaces"
CLONE = "/proc/sys/kernel/unprivileged_userns_clone"
APPARMOR = "/proc/sys/kernel/apparmor_restrict_unprivileged_userns"
SECCOMP = {"/proc/self/status": "Name:\tx\nSeccomp:\t2\n"}


@pytest.mark.parametrize(
    ("step", "number", "files", "advice"),
    [
        ("unshare", errno.ENOSPC, {USERNS: "0"}, "user.max_user_namespaces is 0. As root: sysctl -w"),
        ("unshare", errno.ENOSPC, {USERNS: "900"}, "the limits of user.max_*_namespaces are reached"),
        ("unshare", errno.EINVAL, {}, "built without user or network namespaces"),
        ("unshare", errno.ENOSYS, {}, "gVisor"),
        ("unshare", errno.EPERM, {CLONE: "0", USERNS: "9"}, "kernel.unprivileged_userns_clone is 0"),
        ("user map", errno.EACCES, {APPARMOR: "1", CLONE: "1"}, "AppArmor restricts user namespaces"),
        ("mount", errno.EPERM, {APPARMOR: "1"}, "or give Python a profile"),
        ("unshare", errno.EPERM, SECCOMP, "--security-opt seccomp=unconfined"),
        ("mount", errno.EACCES, {"/.dockerenv": ""}, "--security-opt apparmor=unconfined"),
        ("unshare", errno.EPERM, {"/run/.containerenv": ""}, "--cap-add SYS_ADMIN"),
        ("unshare", errno.EPERM, {APPARMOR: "0"}, "a security module or a chroot"),
        ("listen", errno.EADDRINUSE, {}, "listening sockets of its own (Address already in use)"),
    ],
)
def test_an_obstacle_is_named(step: str, number: int, files: dict[str, str], advice: str) -> None:
    """The text has what the kernel refused, the likely reason, what to do, and the mode that needs no rights."""
    text = obstacle(step, number, os.strerror(number), None, files.get)
    assert text.startswith("Linux refuses ")
    assert advice in text
    assert text.endswith(INSTEAD)
