"""`GET /api/v1/user/api-key`: what a key tells of itself."""

from __future__ import annotations

from msgspec.structs import replace
from support.desk import START, Desk

from simulator.core.account.api_key_info import ApiKeyInfo, GetApiKeyInfo
from simulator.core.spec import PERMISSION_WORDS, AuthGroup


def test_key_info() -> None:
    """A key tells about itself: its user, its groups; General is the word for what every key can do."""
    desk = Desk()
    key = desk.key()
    info = desk.do(GetApiKeyInfo(key.sign()), ApiKeyInfo).api_key
    assert (info.api_key, info.user, info.uid) == (key.api_key, "alice", 200_000_001)
    words = [word for group in info.groups for word in PERMISSION_WORDS[group]]
    assert words == ["General"]
    assert [word for group in AuthGroup for word in PERMISSION_WORDS[group]] == [
        *("General", "Futures", "Spot", "Earn", "InnerTransfer", "Transfer", "Margin")
    ]


def test_live_fields_of_a_key() -> None:
    """A key tells region, kycStatus and the site of its client as live answers do, and when it was made in seconds."""
    desk = Desk()
    desk.advance(1_999)
    for local, site in ((False, "global"), (True, "europe")):
        desk.world = desk.world.put(replace(desk.world.clients["demo-broker"], local_site=local))
        info = desk.do(GetApiKeyInfo(desk.key().sign()), ApiKeyInfo).data()
        assert (info.site_type, isinstance(info.region, str), isinstance(info.kyc_status, int)) == (site, True, True)
        assert info.created_at == START + 1_000
