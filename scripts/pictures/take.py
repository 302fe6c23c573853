"""Take the pictures of README and docs, and say how large they are."""

from __future__ import annotations

import shutil

from playwright.sync_api import sync_playwright
from support.every_page import lived_in, opened
from support.pictures import FOLDER, HEIGHT, WIDTH, path_of, pictures

from simulator.web.server import LocalServer

FLAGS = ["--no-sandbox", "--disable-gpu", "--hide-scrollbars"]

FOLDER.mkdir(exist_ok=True)
with LocalServer() as server, sync_playwright() as playwright:
    lived_in(server)
    path = shutil.which("chromium") or shutil.which("google-chrome")
    browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
    page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, color_scheme="light")
    for name, picture in pictures(server).items():
        opened(page, server, picture.way)
        page.screenshot(path=path_of(name))
        print(name, path_of(name).stat().st_size, page.locator("h1").inner_text())
    browser.close()
