"""Sub-accounts, of which nobody has any: every list of them is empty."""

from __future__ import annotations

from typing import Final

from simulator.core.data import NoRows
from simulator.core.endpoint import REST, Endpoint
from simulator.core.gateway.paging import EmptyPageData, Page, Query, empty_page, read_page
from simulator.core.gateway.parameters import Whole
from simulator.core.gateway.permissions import GENERAL
from simulator.core.gateway.rate_limits import Pool
from simulator.core.gateway.requests import Fields
from simulator.core.gateway.signature import SignedRequest
from simulator.core.refusals import Reason
from simulator.core.value import Reply, Value
from simulator.core.world import ApiKey, Now, World

LARGEST, USUAL = 100, 10
"""Rows of a page."""
PAGE: Final = (Whole("currentPage", least=1), Whole("pageSize", least=1, most=LARGEST))
BALANCES_PAGE: Final = (Whole("currentPage", least=1), Whole("pageSize", least=USUAL, most=LARGEST))


class ListSubUsersV1(Value, frozen=True):
    """`GET /api/v1/sub/user`."""

    signed: SignedRequest


class ListSubAccountsV1(Value, frozen=True):
    """`GET /api/v1/sub-accounts`."""

    signed: SignedRequest


class NoSubAccounts(Reply, frozen=True):
    """A bare list without rows."""

    def data(self) -> NoRows:
        """No rows."""
        return ()


class ListSubUsers(Value, frozen=True):
    """`GET /api/v2/sub/user`. `parameters`: page."""

    signed: SignedRequest
    parameters: Query


class ListSubAccounts(Value, frozen=True):
    """`GET /api/v2/sub-accounts`. `parameters`: page."""

    signed: SignedRequest
    parameters: Query


class NoSubAccountsPaged(Reply, frozen=True):
    """A page without rows."""

    page: Page

    def data(self) -> EmptyPageData:
        """No rows, and the page that was asked for."""
        return empty_page(self.page)


def list_sub_users_v1(world: World, key: ApiKey, command: ListSubUsersV1, now: Now) -> tuple[World, NoSubAccounts]:
    """Who the sub-accounts of the key's user are."""
    return world, NoSubAccounts()


def list_sub_accounts_v1(
    world: World, key: ApiKey, command: ListSubAccountsV1, now: Now
) -> tuple[World, NoSubAccounts]:
    """What the sub-accounts of the key's user have."""
    return world, NoSubAccounts()


def list_sub_users(world: World, key: ApiKey, query: Query, now: Now) -> tuple[World, NoSubAccountsPaged]:
    """Who the sub-accounts of the key's user are [rest/sub-accounts]."""
    return world, NoSubAccountsPaged(page=read_page(Fields(query), least=1, usual=USUAL, most=LARGEST))


def list_sub_accounts(world: World, key: ApiKey, query: Query, now: Now) -> tuple[World, NoSubAccountsPaged]:
    """What the sub-accounts of the key's user have."""
    return world, NoSubAccountsPaged(page=read_page(Fields(query), least=USUAL, usual=USUAL, most=LARGEST))


ENDPOINTS: Final = (
    Endpoint(
        list_sub_users,
        ListSubUsers,
        REST,
        call="GET /api/v2/sub/user",
        parameters=PAGE,
        example={"currentPage": "1"},
        permission=GENERAL,
        pool=Pool.MANAGEMENT,
        weight=20,
        refusals={Reason.PARAMETER_INVALID},
    ),
    Endpoint(
        list_sub_users_v1,
        ListSubUsersV1,
        REST,
        call="GET /api/v1/sub/user",
        permission=GENERAL,
        pool=Pool.MANAGEMENT,
        weight=20,
    ),
    Endpoint(
        list_sub_accounts,
        ListSubAccounts,
        REST,
        call="GET /api/v2/sub-accounts",
        parameters=BALANCES_PAGE,
        example={"currentPage": "1"},
        permission=GENERAL,
        pool=Pool.MANAGEMENT,
        weight=20,
        refusals={Reason.PARAMETER_INVALID},
    ),
    Endpoint(
        list_sub_accounts_v1,
        ListSubAccountsV1,
        REST,
        call="GET /api/v1/sub-accounts",
        permission=GENERAL,
        pool=Pool.MANAGEMENT,
        weight=20,
    ),
)
