"""Sub-accounts, of which there are none."""

from __future__ import annotations

import pytest
from support.desk import Desk

from simulator.core.account.sub_accounts import (
    ListSubAccounts,
    ListSubAccountsV1,
    ListSubUsers,
    ListSubUsersV1,
    NoSubAccounts,
    NoSubAccountsPaged,
)
from simulator.core.refusals import Reason


def test_nobody_has_any() -> None:
    """A page without rows by version 2, a bare list by version 1."""
    desk = Desk()
    signed = desk.key("alice").sign(method="GET", path="/x")
    for paged in (ListSubUsers, ListSubAccounts):
        page = desk.do(paged(signed, {"currentPage": "3", "pageSize": "100"}), NoSubAccountsPaged).data()
        assert (page.current_page, page.page_size, page.total_num, page.items) == (3, 100, 0, ())
        assert desk.do(paged(signed, {}), NoSubAccountsPaged).data().page_size == 10
    for bare in (ListSubUsersV1, ListSubAccountsV1):
        assert desk.do(bare(signed), NoSubAccounts).data() == ()


@pytest.mark.parametrize(("command", "size"), [(ListSubUsers, "101"), (ListSubAccounts, "9"), (ListSubUsers, "0")])
def test_sizes(command: type, size: str) -> None:
    """A page has at most 100 rows, and at least one of names or ten of balances."""
    desk = Desk()
    signed = desk.key("alice").sign(method="GET", path="/x")
    assert desk.reason(command(signed, {"pageSize": size})) is Reason.PARAMETER_INVALID
