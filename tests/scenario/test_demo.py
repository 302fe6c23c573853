"""The demo world, pinned: documentation, the tour and users' own tests rely on its names and numbers."""

from __future__ import annotations

from decimal import Decimal

from msgspec.structs import replace

from simulator.clock import ClockSettings
from simulator.core.choices import Choices
from simulator.core.spec import AuthGroup, Factor
from simulator.core.world import Account, ApiKey, Chain, Client, DepositAddress, MadeBy, User, World
from simulator.core.world.users import NEW_YEAR
from simulator.scenario.loader import load

DEMO = load("demo")
BOTH = (Factor.GAV, Factor.EMV)


def test_the_demo_world_has_fixed_settings() -> None:
    """Seed 0, real time, every choice at its default."""
    world = DEMO.world
    assert (DEMO.name, DEMO.clock, world.seed, world.workspace) == ("demo", ClockSettings(), 0, "default")
    assert (world.choices, world.observed_ip, world.step) == (Choices(), None, 0)


def test_the_demo_broker_never_changes() -> None:
    """One client with its secret, its four redirect URIs and its partner's credentials."""
    assert dict(DEMO.world.clients.items()) == {
        "demo-broker": Client(
            client_id="demo-broker",
            name="Demo Broker",
            secret="demo-secret",
            redirect_uris=(
                "/demo/callback",
                "http://localhost:3000/callback",
                "http://127.0.0.1:9/callback",
                "https://broker.example/callback?tenant=7&lang=en",
            ),
            oauth_ips=(),
            trading_ips=(),
            api_name=None,
            local_site=False,
            partner="DEMOPARTNER",
            broker_name="DEMOBROKER",
            broker_key="11111111-2222-3333-4444-555555555555",
        )
    }


def test_the_demo_users_never_change() -> None:
    """The broker's account, and six users: two factors, none, a choice, too many keys, frozen, no futures."""
    assert dict(DEMO.world.users.items()) == {
        "alice": User(
            name="alice",
            uid=200_000_001,
            email="alice@example.test",
            phone="+15550100",
            factor_sets=(BOTH,),
            totp_secret="PKLZGRDFQVKTM34HT3RBEMNK4IQ4FOGI",
            futures=True,
            deposit_addresses=(DepositAddress("trx", "TALiceALiceALiceALiceALiceALiceALi"),),
        ),
        "bob": User(
            name="bob",
            uid=200_000_002,
            email="bob@example.test",
            phone="+15550101",
            factor_sets=(),
            totp_secret="N5DPOY5ZR723INM2MINAXFRWFG6HNQLP",
            futures=True,
            deposit_addresses=(DepositAddress("trx", "TBobBobBobBobBobBobBobBobBobBobBob"),),
        ),
        "carol": User(
            name="carol",
            uid=200_000_003,
            email="carol@example.test",
            phone="+15550102",
            factor_sets=((Factor.SMS,), BOTH),
            totp_secret="QM7N7NFUUFZN27N7VMBRITMNYX5BZ5S3",
            futures=True,
        ),
        "dave": User(
            name="dave",
            uid=200_000_004,
            email="dave@example.test",
            phone="+15550103",
            factor_sets=(BOTH,),
            totp_secret="MZL7EFFSEUZTZ6WVDNK6VIZMCLUQYUBM",
            futures=True,
            foreign_api_keys=50,
        ),
        "erin": User(
            name="erin",
            uid=200_000_005,
            email="erin@example.test",
            phone="+15550104",
            factor_sets=(BOTH,),
            totp_secret="PBSJP4NQZAI6SQBZ2SJMAAA2RS35NLAW",
            frozen=True,
            futures=True,
        ),
        "frank": User(
            name="frank",
            uid=200_000_006,
            email="frank@example.test",
            phone="+15550105",
            factor_sets=((),),
            totp_secret="CWURHQKGIPHCOGY3VFPPIRX4A67LZAZR",
            address_book=(("trx", "TFrankFriendFrankFriendFrankFriend"),),
        ),
        "operator": User(
            name="operator",
            uid=200_000_009,
            email="operator@example.test",
            totp_secret="QTKVQC6TXWSJJIV7NOSKBL6Z6PVAVRSL",
        ),
    }


def test_the_brokers_own_key_never_changes() -> None:
    """One key from the start, in the broker's own account: Broker Pro can be called at once."""
    assert [*DEMO.world.key_ring("operator").names] == ["demo-broker-dd6eda34"]
    assert [*DEMO.world.api_keys.values()] == [
        ApiKey(
            api_key="000000000000000000000001",
            secret="00000000-0000-4000-8000-000000000001",
            passphrase="demo-passphrase",
            api_name="demo-broker-dd6eda34",
            user="operator",
            uid=200_000_009,
            client_id="demo-broker",
            groups=(AuthGroup.API_COMMON,),
            addressbook_only=False,
            ip_whitelist=(),
            created_at=NEW_YEAR,
            made_by=MadeBy.BROKER,
        )
    ]
    assert len(DEMO.world.broker_books) == 0


def test_the_demo_users_are_found_by_what_they_have_registered() -> None:
    """uid, e-mail, phone and deposit address lead to their user, and to nobody else."""
    world = DEMO.world
    assert sorted(world.identities.items()) == sorted(
        [(str(user.uid), user.name) for user in world.users.values()]
        + [(user.email, user.name) for user in world.users.values()]
        + [(user.phone, user.name) for user in world.users.values() if user.phone]
        + [
            ("trx:TALiceALiceALiceALiceALiceALiceALi", "alice"),
            ("trx:TBobBobBobBobBobBobBobBobBobBobBob", "bob"),
        ]
    )


def _balances(world: World) -> dict[str, dict[str, str]]:
    return {
        user: {account.currency: str(account.balance) for account in wallet.accounts}
        for user, wallet in world.wallets.items()
    }


def test_the_demo_balances_never_change() -> None:
    """What everybody owns, all of it in the main account and nothing on hold."""
    assert _balances(DEMO.world) == {
        "alice": {"BTC": "100", "USDT": "1000000"},
        "bob": {"USDT": "1000"},
        "carol": {"USDT": "1000"},
        "dave": {"USDT": "1000"},
        "erin": {"USDT": "1000"},
        "frank": {"USDT": "50000"},
        "operator": {"USDT": "10"},
    }
    accounts = [account for wallet in DEMO.world.wallets.values() for account in wallet.accounts]
    assert {(account.type, account.holds) for account in accounts} == {("main", Decimal(0))}
    assert all(isinstance(account, Account) for account in accounts)


def _chain(id: str, name: str, minimum: str, fee: str, places: int, deposit: str | None, *rest: object) -> Chain:
    confirms, pre_confirms, contract = rest
    assert isinstance(confirms, int)
    assert isinstance(pre_confirms, int)
    least = None if deposit is None else Decimal(deposit)
    return Chain(
        id, name, Decimal(minimum), Decimal(fee), places, least, confirms, pre_confirms, contract_address=str(contract)
    )


def _counted_on(chain: Chain) -> Chain:
    """The chain without what addresses look like."""
    return replace(chain, address_pattern="")


def test_the_demo_currencies_never_change() -> None:
    """What documents and tests count on of three currencies: their first chains, minimums, fees and prices."""
    currencies = DEMO.world.currencies
    assert [
        (each.currency, each.full_name, each.precision, str(each.price_usdt), each.default_chain)
        for each in map(currencies.__getitem__, ("USDT", "BTC", "ETH"))
    ] == [
        ("USDT", "Tether", 8, "1", "eth"),
        ("BTC", "Bitcoin", 8, "60000", "btc"),
        ("ETH", "Ethereum", 8, "3000", "eth"),
    ]
    assert [_counted_on(chain) for chain in currencies["USDT"].chains[:3]] == [
        _chain("trx", "TRC20", "3", "1.5", 6, "1", 1, 1, "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t"),
        _chain("eth", "ERC20", "10", "3.5", 6, "1", 12, 12, "0xdac17f958d2ee523a2206206994597c13d831ec7"),
        _chain("kcc", "KCC", "1", "0.8", 8, None, 20, 20, "0x0039f574ee5cc39bdd162e9a88e3eb1f111baf48"),
    ]
    assert [_counted_on(each) for each in currencies["BTC"].chains if each.chain_id in ("btc", "kcc")] == [
        _chain("btc", "BTC", "0.001", "0.0005", 8, "0.0002", 3, 1, ""),
        _chain("kcc", "KCC", "0.0008", "0.00002", 8, None, 20, 20, "0xfa93c12cd345c658bc4644d1d4e1b9615952258c"),
    ]
    assert _counted_on(currencies["ETH"].chains[0]) == _chain("eth", "ERC20", "0.01", "0.002", 8, "0.001", 12, 12, "")


def test_another_seed_changes_secrets_and_nothing_else() -> None:
    """A seed given at the start changes the authenticators' secrets; names, uids and balances stay."""
    other = load("demo", seed=1).world
    assert {name: user.uid for name, user in other.users.items()} == {
        name: user.uid for name, user in DEMO.world.users.items()
    }
    assert _balances(other) == _balances(DEMO.world)
    assert all(other.users[name].totp_secret != user.totp_secret for name, user in DEMO.world.users.items())
