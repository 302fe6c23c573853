"""What each call of the control surface takes and gives, by method and path below `/_sim/v1`.

A call that is missing here is described in general words; a test names it.
"""

from __future__ import annotations

from typing import Final

from simulator.web.control.schemas import entries, people, playing
from simulator.web.control.schemas.call import Shape

SHAPES: Final[dict[str, Shape]] = {**playing.CALLS, **people.CALLS, **entries.CALLS}
