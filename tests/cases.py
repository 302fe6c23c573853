"""Every way to earn a refusal, of every operation that has a good request."""

from __future__ import annotations

from typing import Final

import defects_account
import defects_api
import defects_broker
import defects_oauth
from defects import Case

CASES: Final[dict[str, Case]] = defects_oauth.CASES | defects_api.CASES | defects_account.CASES | defects_broker.CASES
