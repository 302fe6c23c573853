"""Every way to earn a refusal, of every operation that has a good request."""

from __future__ import annotations

from typing import Final

from support.refusal_cases import account, broker_pro, fast_api, oauth
from support.refusal_cases.defects import Case

CASES: Final[dict[str, Case]] = oauth.CASES | fast_api.CASES | account.CASES | broker_pro.CASES
