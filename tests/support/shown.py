"""What a client sees of a reply."""

from __future__ import annotations

import json
from typing import Any

from simulator.web.endpoints.envelope import as_json


def shown(data: Any) -> Any:
    """The data of a reply as a client reads it from JSON."""
    return json.loads(as_json(data))
