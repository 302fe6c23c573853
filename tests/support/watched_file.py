"""A scenario's file that is watched and edited, without a server."""

from __future__ import annotations

from pathlib import Path

from simulator.scenario.loader import Scenario, load
from simulator.scenario.overrides import Overrides, override
from simulator.watch import PATIENCE, Watcher
from simulator.web.app import App
from simulator.web.server import create_app

TEXT = "version: 1\nname: mine\nextends: base\n"


class Watching:
    """A watcher of `mine.yaml`, which extends `base.yaml`, with all that it says. It looks when told."""

    def __init__(self, folder: Path) -> None:
        self.mine, self.base = folder / "mine.yaml", folder / "base.yaml"
        self.base.write_text("version: 1\nname: base\nextends: demo\n")
        self.mine.write_text(TEXT)
        self.told: list[str] = []
        self.complaints: list[str] = []
        self.app: App = create_app(self.load())
        self._watcher = Watcher(self.load(), self.load, self.told.append, self.complaints.append)

    def load(self) -> Scenario:
        return override(load(str(self.mine)), Overrides(client_id="own", client_secret="s3cret"))

    def look(self) -> None:
        for _ in range(PATIENCE + 2):
            self._watcher.look(self.app.desk)
