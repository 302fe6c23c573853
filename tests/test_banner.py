from __future__ import annotations

from decimal import Decimal

from msgspec.structs import replace

from simulator.banner import WIDTH, banner
from simulator.core.world import Account, Client, User, World, with_user
from simulator.scenario.loader import Scenario, load
from simulator.scenario.overrides import Overrides, UserOverride, override
from simulator.scenario.staging.expectations import Expectation
from simulator.scenario.staging.faults import Fault


def lines(world: World, overrides: Overrides = Overrides()) -> list[str]:  # noqa: B008 - it is frozen
    return banner(Scenario("x", "", world), world, overrides).splitlines()


def test_own_client_and_users_come_first() -> None:
    """What was given on the command line is what a start shows, however much the scenario has beside it."""
    wanted = Overrides("mine", "s3cret", ("http://localhost:3000/cb",), (UserOverride("zoe", (), Decimal(1)),))
    shown = lines(override(load("demo"), wanted).world, wanted)
    table = shown.index(next(line for line in shown if line.startswith("  user ")))
    assert shown[table + 1].split()[:3] == ["zoe", "zoe@example.test", "none"]
    assert "  client_id      mine  and 1 more: see control" in shown
    assert "&redirect_uri=http://localhost:3000/cb&" in shown[-1]


def test_large_world_fits_too() -> None:
    """Of many users and redirect URIs the first are shown and the others counted; long texts are cut."""
    world = World().put(Client("b", "B", "s" * 200, tuple(f"http://x/{place}" for place in range(9))))
    for place in range(1000):
        world = with_user(world, User(f"user-{place:04}", place, email=f"{'e' * 80}{place}@example.test"))
    shown = lines(world)
    assert len(shown) <= 23
    assert "                 and 6 more: see control" in shown
    assert "and 994 more: see control" in [line.strip() for line in shown]
    assert max(len(line) for line in shown[:-1]) == WIDTH
    assert shown[-1].startswith("http://127.0.0.1:8080/oauth?response_type=code&client_id=b&redirect_uri=http://x/0&")


def test_world_without_clients_has_no_login_link() -> None:
    """A world without client or user still says where it is; a client without redirect URI has no link."""
    assert len(lines(World())) == 4
    assert not any("/oauth" in line for line in lines(World().put(Client("b", "B", "", ()))))


def test_scenario_says_what_it_is_for() -> None:
    """Its description as far as a line of 80 columns goes, then how much goes wrong and is expected, if anything."""
    scenario = Scenario("x", "One broker,\n  two users", World())
    assert banner(scenario, World()).splitlines()[1:2] == ["  One broker, two users"]
    staged = replace(
        scenario, description="so " * 50, faults=(Fault("withdraw"),), expect=(Expectation(), Expectation())
    )
    shown = banner(staged, World()).splitlines()
    assert shown[1].endswith("so ...")
    assert len(shown[1]) <= 80
    assert shown[-1].endswith("/_sim/v1  (1 fault, 2 expectations)")
    assert banner(replace(staged, faults=()), World()).endswith("/_sim/v1  (2 expectations)")


def test_hints_tell_what_is_special() -> None:
    """Each user's line says in words how a withdrawal is proven, and what else a broker meets."""
    world = World()
    usual = User("a", 1, futures=True, factor_sets=((),))
    for place, user in enumerate(
        (
            usual,
            replace(usual, frozen=True),
            replace(usual, foreign_api_keys=50),
            replace(usual, factor_sets=()),
            replace(usual, futures=False),
        )
    ):
        world = with_user(world, replace(user, name=f"u{place}", uid=place), [Account("BTC", "main", Decimal("1.50"))])
    hints = [" ".join(line.split()) for line in lines(world) if line.startswith("  u")][1:]
    assert hints == [
        "u0 not asked owns 1.5 BTC",
        "u1 not asked frozen: cannot withdraw",
        "u2 not asked has as many API keys as are allowed",
        "u3 none is asked to bind a factor before a withdrawal",
        "u4 not asked has no futures account",
    ]
