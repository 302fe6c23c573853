"""The browser of these tests: the system's Chromium or Chrome."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from typing import Final

import pytest
from playwright.sync_api import Browser, sync_playwright

FLAGS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Without a browser on the PATH the tests are skipped, but in CI they fail.

    It ends with the module: while Playwright runs, its event loop occupies the thread.
    """
    program = shutil.which("chromium") or shutil.which("google-chrome")
    if program is None and os.environ.get("CI"):
        pytest.fail("CI must have a browser: neither chromium nor google-chrome is on the PATH")
    if program is None:
        pytest.skip("neither chromium nor google-chrome is on the PATH")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield started
        started.close()
