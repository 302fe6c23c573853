"""Values of a scenario: read by declared type from the source text, never through YAML's own guesses or a float."""

from __future__ import annotations

from decimal import Decimal

import pytest
from support.scenario_texts import USDT, problems, situation

from simulator.clock import ClockSettings
from simulator.core.choices import DEFAULTS
from simulator.core.spec import Factor
from simulator.core.world import Account, DepositAddress, User

MS_A_DAY = 86_400_000


def _user(text: str) -> User:
    return situation(f"given:\n  users:\n    zoe: {{{text}}}\n").world.users["zoe"]


@pytest.mark.parametrize(
    ("text", "milliseconds"),
    [
        ("250ms", 250),
        ("1s", 1_000),
        ("59m59s", 3_599_000),
        ("1h30m", 5_400_000),
        ("3d", 3 * MS_A_DAY),
        ("1d1h1m1s1ms", MS_A_DAY + 3_661_001),
        ("90m", 5_400_000),
        ("0s", 0),
        ("'10m'", 600_000),
        ("000000000000005s", 5_000),
    ],
)
def test_a_duration_is_read_in_its_units(text: str, milliseconds: int) -> None:
    """A duration is a sum of days, hours, minutes, seconds and milliseconds, exact."""
    world = situation(f"choices: {{transaction_lifetime: {text}}}\ngiven: {{}}\n").world
    assert world.choices.transaction_lifetime == milliseconds


@pytest.mark.parametrize(
    "text",
    ["10", "1:30", "-5s", "1.5h", "5s1m", "m", "5 m", "1h 30m", "10M", "P1D", "٣d", "9" * 16 + "s", "9" * 5_000 + "d"],
)
def test_what_is_no_duration_is_refused(text: str) -> None:
    """A bare number, a sign, a fraction, another order, another alphabet or too many digits make no duration."""
    [problem] = problems(f"choices: {{transaction_lifetime: {text}}}\ngiven: {{}}\n")
    assert problem.startswith("here.yaml:3:33: choices.transaction_lifetime: expected a duration such as 59m59s or 3d")


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("2026-06-01T00:00:00Z", 1_780_272_000_000),
        ("2026-06-01T00:00:00.250Z", 1_780_272_000_250),
        ("2026-06-01T02:00:00+02:00", 1_780_272_000_000),
        ("1970-01-01T00:00:00Z", 0),
        ("1969-12-31T23:59:59.999Z", -1),
    ],
)
def test_an_instant_is_read_to_the_millisecond(text: str, start: int) -> None:
    """A time of day with a zone is that many milliseconds since 1970, before it a negative number."""
    assert situation(f"clock: {{mode: frozen, start: {text}}}\ngiven: {{}}\n").clock == ClockSettings(True, start)


@pytest.mark.parametrize(
    "text", ["2026-06-01", "2026-06-01T00:00:00", "yesterday", "1780272000000", "2026-13-01T00:00:00Z"]
)
def test_an_instant_without_a_zone_is_refused(text: str) -> None:
    """A date, a time without a zone, a number or a month that does not exist is no instant."""
    [problem] = problems(f"clock: {{start: {text}}}\ngiven: {{}}\n")
    assert problem.startswith("here.yaml:3:16: clock.start: expected a time such as 2026-06-01T00:00:00Z")


def test_a_scenario_without_a_clock_runs_in_real_time() -> None:
    """The clock is real and starts now unless the scenario says otherwise."""
    assert situation("given: {}\n").clock == ClockSettings(False, None)


@pytest.mark.parametrize(
    "text",
    [
        "0.1",
        "1.10",
        "010",
        "0.000000000000000000000000000001",
        "999999999999999999999999999999.999999999999999999999999999999",
        '"0.30000000000000000000000000001"',
        "0",
    ],
)
def test_an_amount_keeps_every_digit_of_its_text(text: str) -> None:
    """An amount is the decimal that is written, to the last digit and zero."""
    world = situation(f"given: {{users: {{zoe: {{balances: {{USDT: {text}}}}}}}, {USDT}}}\n").world
    assert world.wallet("zoe").accounts == (Account("USDT", "main", Decimal(text.strip('"'))),)
    assert world.wallet("zoe").account("USDT").balance.as_tuple() == Decimal(text.strip('"')).as_tuple()


@pytest.mark.parametrize(
    "text", ["1e3", "-1", "+1", ".5", "5.", "1_000", "'1 000'", "NaN", ".inf", "0x10", "٣", "[1]", "~"]
)
def test_what_is_no_amount_is_refused(text: str) -> None:
    """An exponent, a sign, a separator, a special value or another alphabet makes no amount."""
    [problem] = problems(f"given: {{users: {{zoe: {{balances: {{USDT: {text}}}}}}}, {USDT}}}\n")
    assert "given.users.zoe.balances.USDT: expected an amount such as 0.5, found " in problem


@pytest.mark.parametrize(
    "text", ["no", "on", "yes", "off", "1:30", "010", "1.10", "0x1F", "1e3", "2026-06-01", "true", "'null'"]
)
def test_text_stays_as_it_is_written(text: str) -> None:
    """What YAML 1.1 would turn into a boolean, a number or a date stays the text that stands there."""
    scenario = situation(f"description: {text}\ngiven: {{clients: {{one: {{api_name: {text}}}}}}}\n")
    assert scenario.description == text.strip("'")
    assert scenario.world.clients["one"].api_name == text.strip("'")


@pytest.mark.parametrize(("text", "seed"), [("010", 10), ("0", 0), ("'7'", 7), ("999999999999999999", 10**18 - 1)])
def test_a_whole_number_is_decimal(text: str, seed: int) -> None:
    """A leading zero makes no octal number."""
    assert situation(f"seed: {text}\ngiven: {{}}\n").world.seed == seed


@pytest.mark.parametrize("text", ["1.0", "-1", "1_000", "0o17", "1e3", "9999999999999999999", "''", "{}"])
def test_what_is_no_whole_number_is_refused(text: str) -> None:
    """A point, a sign, a prefix, an exponent or nineteen digits make no whole number."""
    [problem] = problems(f"seed: {text}\ngiven: {{}}\n")
    assert problem.startswith("here.yaml:3:7: seed: expected a whole number, found ")


@pytest.mark.parametrize(("text", "frozen"), [("true", True), ("false", False), ("~", False), ("", False)])
def test_a_switch_is_true_or_false(text: str, frozen: bool) -> None:
    """`true` and `false` are booleans; nothing is the default."""
    assert _user(f"uid: 1, frozen: {text}").frozen is frozen


@pytest.mark.parametrize("text", ["yes", "no", "on", "off", "True", "1", "0"])
def test_a_switch_has_no_other_words(text: str) -> None:
    """YAML 1.1's other booleans are refused where a boolean is wanted."""
    [problem] = problems(f"given: {{users: {{zoe: {{frozen: {text}}}}}}}\n")
    assert problem == f"here.yaml:3:31: given.users.zoe.frozen: expected true or false, found {text!r}"


@pytest.mark.parametrize("null", ["", "~", "null", "Null", "NULL"])
def test_a_key_without_a_value_is_as_good_as_absent(null: str) -> None:
    """Null means the default, in every spelling that YAML 1.2 has for it."""
    scenario = situation(
        f"description: {null}\nseed: {null}\nclock: {null}\nchoices: {null}\n"
        f"given:\n  observed_ip: {null}\n  clients:\n    one:\n      api_name: {null}\n      redirect_uris: {null}\n"
        f"  users: {null}\n  currencies: {null}\n"
    )
    world = scenario.world
    client = world.clients["one"]
    assert (scenario.description, world.seed, scenario.clock) == ("", 0, ClockSettings())
    assert (world.choices, world.observed_ip, len(world.users)) == (DEFAULTS, None, 0)
    assert (client.name, client.api_name, client.redirect_uris) == ("one", None, ())


@pytest.mark.parametrize("null", ["~", "null", "Null", "NULL"])
def test_a_null_between_quotes_is_text(null: str) -> None:
    """Quotes make a word of what would be nothing."""
    assert situation(f"description: '{null}'\ngiven: {{}}\n").description == null


def test_a_null_in_a_list_is_no_text() -> None:
    """A list of texts has no holes."""
    [problem] = problems("given: {clients: {one: {redirect_uris: [/a, ~]}}}\n")
    assert problem == "here.yaml:3:45: given.clients.one.redirect_uris[1]: expected a URL or a path, found nothing"


def test_every_field_of_a_user_reaches_the_world() -> None:
    """Each key of a user sets what its name says."""
    world = situation(
        """
given:
  users:
    zoe.o'hara:
      uid: 7
      email: Zoe@Example.test
      phone: "+1"
      level: 3
      frozen: true
      futures: true
      factor_sets: [[SMS], [GAV, EMV]]
      totp_secret: ABCDEFGHIJKLMNOPQRSTUVWX
      balances: {USDT: "1.5"}
      trade: {USDT: "2"}
      address_book: {trx: [T1, T2]}
      deposit_addresses: {trx: T3}
      api_keys: 4
  currencies: {USDT: {chains: {trx: {}}}}
"""
    ).world
    assert world.users["zoe.o'hara"] == User(
        name="zoe.o'hara",
        uid=7,
        email="Zoe@Example.test",
        phone="+1",
        factor_sets=((Factor.SMS,), (Factor.GAV, Factor.EMV)),
        totp_secret="ABCDEFGHIJKLMNOPQRSTUVWX",
        frozen=True,
        futures=True,
        level=3,
        address_book=(("trx", "T1"), ("trx", "T2")),
        deposit_addresses=(DepositAddress("trx", "T3"),),
        foreign_api_keys=4,
    )
    assert world.wallet("zoe.o'hara").accounts == (
        Account("USDT", "main", Decimal("1.5")),
        Account("USDT", "trade", Decimal(2)),
    )
    found = {world.user_of(name).name for name in ("7", "zoe@example.test", "+1", "zoe.o'hara")}  # type: ignore[union-attr]
    assert found == {"zoe.o'hara"}
    assert world.identities["trx:T3"] == "zoe.o'hara"


def test_a_user_of_whom_nothing_is_said_has_a_uid_and_an_authenticator() -> None:
    """A bare user can be used at once: a uid and a secret come from the name and the seed."""
    one, other = (situation(f"seed: {seed}\ngiven: {{users: {{zoe: {{}}}}}}\n").world.users["zoe"] for seed in (1, 2))
    assert one.uid == other.uid
    assert 300_000_000 <= one.uid < 900_000_000
    assert len(one.totp_secret) == 32
    assert one.totp_secret != other.totp_secret


def test_at_limit_means_as_many_keys_as_the_choices_allow() -> None:
    """`api_keys: at_limit` follows `api_key_limit`, also when that stands further down."""
    world = situation("given: {users: {zoe: {api_keys: at_limit}}}\nchoices: {api_key_limit: 7}\n").world
    assert world.users["zoe"].foreign_api_keys == 7


def test_every_field_of_a_client_reaches_the_world() -> None:
    """Each key of a client sets what its name says; a dot in its id is a part of it."""
    client = situation(
        """
given:
  clients:
    my.broker:
      name: Mine
      secret: hush
      redirect_uris: [/cb, "https://b.example/cb?x=1&y=2", "app.mine://cb"]
      ip_allowlist: {oauth: [203.0.113.7], trading: [203.0.113.8, 203.0.113.9]}
      api_name: one
      site: local
      partner: {name: P, broker_name: N, broker_key: K}
"""
    ).world.clients["my.broker"]
    assert (client.client_id, client.name, client.secret) == ("my.broker", "Mine", "hush")
    assert client.redirect_uris == ("/cb", "https://b.example/cb?x=1&y=2", "app.mine://cb")
    assert (client.oauth_ips, client.trading_ips) == (("203.0.113.7",), ("203.0.113.8", "203.0.113.9"))
    assert (client.api_name, client.local_site) == ("one", True)
    assert (client.partner, client.broker_name, client.broker_key) == ("P", "N", "K")


def test_every_field_of_a_currency_reaches_the_world() -> None:
    """Each key of a currency and of a chain sets what its name says."""
    currency = situation(
        """
given:
  prices_usdt: {X.Y: "0.5"}
  currencies:
    X.Y:
      full_name: Exwhy
      precision: 4
      default_chain: two.b
      margin_enabled: false
      debit_enabled: false
      chains:
        one: {}
        two.b:
          chain_name: TWO
          withdrawal_min_size: "1.5"
          withdrawal_min_fee: "0.25"
          withdraw_precision: 3
          deposit_min_size: "2"
          confirms: 5
          pre_confirms: 6
          contract_address: "0xabc"
          withdraw_enabled: false
          deposit_enabled: false
          need_tag: true
"""
    ).world.currencies["X.Y"]
    assert (currency.currency, currency.full_name, currency.precision) == ("X.Y", "Exwhy", 4)
    assert (currency.price_usdt, currency.default_chain) == (Decimal("0.5"), "two.b")
    assert (currency.margin_enabled, currency.debit_enabled) == (False, False)
    one, two = currency.chains
    assert (one.chain_id, one.chain_name, one.withdraw_precision) == ("one", "ONE", 8)
    assert (one.withdrawal_min_size, one.withdrawal_min_fee, one.deposit_min_size) == (Decimal(0), Decimal(0), None)
    assert (one.withdraw_enabled, one.deposit_enabled, one.need_tag) == (True, True, False)
    assert (two.chain_id, two.chain_name, two.withdraw_precision, two.contract_address) == ("two.b", "TWO", 3, "0xabc")
    assert (two.withdrawal_min_size, two.withdrawal_min_fee) == (Decimal("1.5"), Decimal("0.25"))
    assert (two.deposit_min_size, two.confirms, two.pre_confirms) == (Decimal(2), 5, 6)
    assert (two.withdraw_enabled, two.deposit_enabled, two.need_tag) == (False, False, True)
