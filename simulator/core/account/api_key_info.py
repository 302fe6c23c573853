"""`GET /api/v1/user/api-key`: what the owner of a key can read about it."""

from __future__ import annotations

from typing import Annotated, Final

from msgspec import UNSET, UnsetType

from simulator.core import spec
from simulator.core.data import Data, Milliseconds, Name, words
from simulator.core.endpoint import REST, Endpoint
from simulator.core.funds.selection import whole_second
from simulator.core.gateway.permissions import GENERAL, NAMES, OwnPermission
from simulator.core.gateway.rate_limits import Pool
from simulator.core.gateway.signature import SignedRequest
from simulator.core.value import Reply, Value
from simulator.core.world import ApiKey, Now, World

REGION, VERIFIED = "SC", 1
"""`region` and `kycStatus` of every user: nobody says which values there are."""


class GetApiKeyInfo(Value, frozen=True):
    """`GET /api/v1/user/api-key`: details of the key that signs the call."""

    signed: SignedRequest


class ApiKeyInfoData(Data, frozen=True, kw_only=True):
    """A key and its permissions: the `data` of the response."""

    remark: str
    api_key: Name
    api_version: int = spec.API_KEY_VERSION
    permission: str
    ip_whitelist: str | UnsetType = UNSET
    created_at: Milliseconds
    uid: int
    is_master: bool = True
    region: str = REGION
    kyc_status: int = VERIFIED
    site_type: Annotated[str, words(*spec.SITES.values())]


class ApiKeyInfo(Reply, frozen=True):
    """The key that signed the call."""

    api_key: ApiKey
    local_site: bool = False

    def data(self) -> ApiKeyInfoData:
        """The fields of the key; `ipWhitelist` is absent if the key has no list of IPs [H94/live-fields]."""
        key = self.api_key
        return ApiKeyInfoData(
            remark=key.api_name,
            api_key=key.api_key,
            permission=",".join(permission_words(key)),
            ip_whitelist=",".join(key.ip_whitelist) if key.ip_whitelist else UNSET,
            created_at=whole_second(key.created_at),
            uid=key.uid,
            site_type=spec.SITES[self.local_site],
        )


def permission_words(key: ApiKey) -> list[str]:
    """The key's permissions in the words of `GET /api/v1/user/api-key`; that of an ordinary withdrawal is observed."""
    own = [NAMES[OwnPermission.WITHDRAWAL]] if key.withdrawal else []
    return [*(word for group in key.groups for word in spec.PERMISSION_WORDS[group]), *own]


def get_api_key_info(world: World, key: ApiKey, command: GetApiKeyInfo, now: Now) -> tuple[World, ApiKeyInfo]:
    """The key that signs the call."""
    client = world.clients.get(key.client_id)
    return world, ApiKeyInfo(api_key=key, local_site=client is not None and client.local_site)


ENDPOINTS: Final = (
    Endpoint(
        get_api_key_info,
        GetApiKeyInfo,
        REST,
        call="GET /api/v1/user/api-key",
        permission=GENERAL,
        pool=Pool.MANAGEMENT,
        weight=20,
    ),
)
