"""`extends:`: a scenario says only what differs, and the other one is found beside it or among the built-in ones."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from support.scenario_texts import FILE, HEAD, problems, unknown_key

from simulator.clock import ClockSettings
from simulator.core.choices import Polls
from simulator.scenario.extending import LONGEST_CHAIN
from simulator.scenario.keys import faults, scenario
from simulator.scenario.loader import builtin, builtin_folder, load, read
from simulator.scenario.staging.logins import Decided, Login
from simulator.scenario.text import nodes
from simulator.scenario.text.nodes import ScenarioError

BASE = """\
version: 1
name: base
description: What the base is for
seed: 7
clock: {mode: frozen, start: 2026-06-01T00:00:00Z}
choices: {api_key_limit: 3, settlement: {after: 10m}}
login: {mode: auto, user: ann}
given:
  observed_ip: 192.0.2.1
  clients: {one: {name: One, redirect_uris: [/a, /b], ip_allowlist: {oauth: [192.0.2.1], trading: [192.0.2.2]}}}
  users:
    ann: {uid: 1, email: ann@x.test, balances: {USDT: "1", BTC: "2"}, factor_sets: [[GAV, EMV], [SMS]]}
    ben: {uid: 2}
  prices_usdt: {BTC: "60000"}
  currencies: {USDT: {chains: {trx: {}}}, BTC: {chains: {btc: {}}}}
faults: [{operation: withdraw, delay: 1s}, {operation: refresh_tokens, delay: 1s}]
expect: [{operation: withdraw, at_least: 1}]
"""


def _files(folder: Path, **texts: str) -> None:
    for name, text in texts.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")


def _over(base: str, text: str = "") -> str:
    return f"version: 1\nname: mine\nextends: {base}\n{text}"


def _problems(path: Path) -> list[str]:
    """What is wrong with a file; the folder's name is left out."""
    with pytest.raises(ScenarioError) as caught:
        load(str(path))
    return [str(problem).replace(f"{path.parent}/", "") for problem in caught.value.problems]


def test_what_is_not_said_is_inherited(tmp_path: Path) -> None:
    """A scenario that only extends is the other one under its own name and without its description."""
    _files(tmp_path, base=BASE, mine=_over("base"))
    base, mine = load(str(tmp_path / "base.yaml")), load(str(tmp_path / "mine.yaml"))
    assert (mine.name, mine.description, mine.text) == ("mine", "", _over("base"))
    assert (mine.world, mine.clock, mine.login) == (base.world, base.clock, base.login)
    assert (mine.faults, mine.expect) == (base.faults, base.expect)
    assert mine.files == (str(tmp_path / "mine.yaml"), str(tmp_path / "base.yaml"))
    assert base.files == (str(tmp_path / "base.yaml"),)


def test_mappings_merge_and_lists_replace(tmp_path: Path) -> None:
    """Mappings are laid over each other by key at every depth; a list takes the place of the other."""
    text = """\
seed: 8
clock: {wall_offset: 5s}
choices: {settlement: {after: 1m}}
given:
  clients: {one: {name: Uno, redirect_uris: [/c], ip_allowlist: {oauth: []}}}
  users:
    ann: {balances: {BTC: "5"}, factor_sets: [[]]}
    zoe: {}
faults: [{operation: add_api_key, delay: 2s}]
expect: []
"""
    _files(tmp_path, base=BASE, mine=_over("base", text))
    mine = load(str(tmp_path / "mine.yaml"))
    client, ann = mine.world.clients["one"], mine.world.users["ann"]
    assert (client.name, client.redirect_uris) == ("Uno", ("/c",))
    assert (client.oauth_ips, client.trading_ips) == ((), ("192.0.2.2",))
    assert (ann.uid, ann.email, ann.factor_sets) == (1, "ann@x.test", ((),))
    wallet = mine.world.wallet("ann")
    assert [wallet.account(code).balance for code in ("USDT", "BTC")] == [Decimal(1), Decimal(5)]
    assert sorted(mine.world.users) == ["ann", "ben", "zoe"]
    assert (mine.world.seed, mine.world.choices.api_key_limit) == (8, 3)
    assert mine.world.choices.settlement.milliseconds == 60_000  # type: ignore[union-attr]
    assert mine.clock == ClockSettings(True, 1_780_272_000_000, 5_000)
    assert [fault.operation for fault in mine.faults] == ["add_api_key"]
    assert mine.expect == ()


def test_null_deletes(tmp_path: Path) -> None:
    """A key with null is taken out of what is inherited, whatever stood there."""
    text = "login: ~\nfaults:\nclock: null\nchoices: {api_key_limit: ~}\n"
    text += "given: {observed_ip: ~, users: {ben: ~, ann: {email: , balances: {BTC: ~}}}}\n"
    _files(tmp_path, base=BASE, mine=_over("base", text))
    mine = load(str(tmp_path / "mine.yaml"))
    assert (mine.login, mine.faults, mine.clock) == (Login(), (), ClockSettings())
    assert (mine.world.choices.api_key_limit, mine.world.observed_ip) == (50, None)
    assert sorted(mine.world.users) == ["ann"]
    assert mine.world.users["ann"].email == ""
    assert [account.currency for account in mine.world.wallet("ann").accounts] == ["USDT"]


def test_what_is_not_there_cannot_be_deleted(tmp_path: Path) -> None:
    """A name that the other scenario does not have is a slip of the pen, and the nearest is offered."""
    _files(tmp_path, base=BASE, mine=_over("base", "given:\n  users: {bne: ~}\n"))
    assert _problems(tmp_path / "mine.yaml") == [
        "mine.yaml:5:11: given.users.bne: there is no bne to delete (did you mean ben?); for one with defaults write {}"
    ]


def test_another_way_to_log_in_takes_the_place_of_the_inherited_one(tmp_path: Path) -> None:
    """`mode: page` over `mode: auto` inherits no user; the same mode inherits what it does not say."""
    _files(tmp_path, base=BASE, page=_over("base", "login: {mode: page}\n"))
    _files(tmp_path, deny=_over("base", "login: {decision: deny, user: ben}\n"))
    assert load(str(tmp_path / "page.yaml")).login == Login()
    assert load(str(tmp_path / "deny.yaml")).login.decisions[0].user == "ben"
    assert load(str(tmp_path / "base.yaml")).login == Login("auto", (Decided("ann"),))


def test_what_excludes_an_inherited_key_takes_its_place(tmp_path: Path) -> None:
    """Settlement after polls over settlement after a time is no contradiction."""
    _files(tmp_path, base=BASE, mine=_over("base", "choices: {settlement: {polls: 3}}\n"))
    assert load(str(tmp_path / "mine.yaml")).world.choices.settlement == Polls(3)


def test_a_chain_of_scenarios_is_laid_one_over_the_other(tmp_path: Path) -> None:
    """The nearest file wins, `.yml` is found too, and every file of the chain is listed."""
    (tmp_path / "middle.yml").write_text(_over("base", "seed: 8\nchoices: {api_key_limit: 4}\n"), encoding="utf-8")
    _files(tmp_path, base=BASE, mine=_over("middle", "choices: {key_version: optional}\n"))
    mine = load(str(tmp_path / "mine.yaml"))
    choices = mine.world.choices
    assert (mine.world.seed, choices.api_key_limit, choices.key_version) == (8, 4, "optional")
    assert mine.files == tuple(str(tmp_path / name) for name in ("mine.yaml", "middle.yml", "base.yaml"))
    assert load(str(tmp_path / "mine.yaml"), seed=1).world.seed == 1


def test_problems_stand_where_they_were_written(tmp_path: Path) -> None:
    """A problem of an inherited value is told with the file, line and column of the base."""
    base = BASE.replace("uid: 2", "uid: two").replace("delay: 1s}]", "dealy: 1s}]")
    _files(tmp_path, base=base, mine=_over("base", "given: {users: {zoe: {uid: zero}}}\n"))
    assert _problems(tmp_path / "mine.yaml") == [
        "base.yaml:13:16: given.users.ben.uid: expected a whole number, found 'two'",
        f"base.yaml:16:44: faults[1]: must have at least one of {', '.join(faults.FAULT.some[0])}",
        f"base.yaml:16:72: faults[1].dealy: {unknown_key(faults.FAULT, 'delay')}",
        "mine.yaml:4:28: given.users.zoe.uid: expected a whole number, found 'zero'",
    ]


def test_what_one_file_asks_of_another_is_checked(tmp_path: Path) -> None:
    """A fault of the base whose user was deleted is told at the fault."""
    base = BASE.replace("{operation: withdraw, delay", "{operation: withdraw, user: ben, delay")
    _files(tmp_path, base=base, mine=_over("base", "given: {users: {ben: ~}}\n"))
    assert _problems(tmp_path / "mine.yaml") == [
        "base.yaml:16:38: faults[0].user: unknown user ben; given.users has ann"
    ]


def test_a_repeated_key_is_refused_in_every_file(tmp_path: Path) -> None:
    """Also where the file above says something else, and where a list is replaced."""
    base = BASE.replace("seed: 7", "seed: 7\nseed: 8").replace(
        "[{operation: withdraw, delay", "[{delay: 2s, operation: withdraw, delay"
    )
    _files(tmp_path, base=base, mine=_over("base", "seed: 9\nfaults: []\nname: again\n"))
    assert _problems(tmp_path / "mine.yaml") == [
        "base.yaml:5:1: seed: is repeated; first on line 4",
        "base.yaml:17:43: faults[0].delay: is repeated; first on line 17",
        "mine.yaml:6:1: name: is repeated; first on line 2",
    ]


def test_each_file_says_its_own_version_and_name(tmp_path: Path) -> None:
    """Version, name, description and extends are not inherited."""
    _files(tmp_path, base=BASE.replace("version: 1\nname: base\n", "version: 2\n"), mine="extends: base\n")
    assert _problems(tmp_path / "mine.yaml") == [
        "base.yaml:1:1: name: is missing",
        "base.yaml:1:10: version: expected one of 1, found '2'",
        "mine.yaml:1:1: name: is missing",
        "mine.yaml:1:1: version: is missing",
    ]


def test_a_scenario_needs_a_world_from_somewhere(tmp_path: Path) -> None:
    """`given` is compulsory in the end, not in each file."""
    _files(tmp_path, base="version: 1\nname: base\nseed: 1\n", mine=_over("base"))
    assert _problems(tmp_path / "mine.yaml") == ["mine.yaml:1:1: given: is missing"]


def test_what_is_no_scenario_cannot_be_extended(tmp_path: Path) -> None:
    """A base that is no YAML, no mapping or not there is told, beside what else is wrong."""
    _files(tmp_path, broken="version: [\n", listed="- a\n", one=_over("broken", "sed: 1\n"), two=_over("listed"))
    _files(tmp_path, three=_over("brokn", "sed: 1\n"))
    (tmp_path / "latin.yaml").write_bytes(b"name: caf\xe9\n")
    (tmp_path / "folder.yaml").mkdir()
    one, syntax = sorted(_problems(tmp_path / "one.yaml"), reverse=True)
    assert one == f"one.yaml:4:1: sed: {unknown_key(scenario.SCENARIO, 'seed')}"
    assert syntax.startswith("broken.yaml:2:1: not YAML: ")
    assert "listed.yaml:1:1: expected a mapping, found a list" in _problems(tmp_path / "two.yaml")
    missing, other = _problems(tmp_path / "three.yaml")
    assert missing.startswith("three.yaml:3:10: extends: no scenario brokn; there are ")
    assert missing.endswith(" (did you mean broken?)")
    assert "demo" in missing
    assert other == f"three.yaml:4:1: sed: {unknown_key(scenario.SCENARIO, 'seed')}"
    for name in ("latin", "folder"):
        _files(tmp_path, four=_over(name))
        [problem] = _problems(tmp_path / "four.yaml")
        assert problem.startswith(f"{name}.yaml:1:1: cannot be read: ")


@pytest.mark.parametrize(
    "name",
    ["../base", "/etc/base", "a/b", "'a\\b'", "..", ".", "base.yaml", "base.YML", "C:base", '"a\\0"', "''", "a" * 61],
)
def test_only_a_plain_name_can_be_extended(tmp_path: Path, name: str) -> None:
    """A path, a suffix or a dot leads nowhere."""
    _files(tmp_path, base=BASE, mine=_over(name))
    [problem] = _problems(tmp_path / "mine.yaml")
    assert problem.startswith(
        "mine.yaml:3:10: extends: expected the plain name of a scenario: no folder, no .yaml, found"
    )


@pytest.mark.parametrize("value", ["[base]", "{base: 1}"])
def test_one_scenario_is_extended_and_no_more(tmp_path: Path, value: str) -> None:
    """A list of scenarios is none."""
    _files(tmp_path, base=BASE, mine=_over(value))
    [problem] = _problems(tmp_path / "mine.yaml")
    assert problem.startswith("mine.yaml:3:10: extends: expected the plain name of a scenario")


def test_a_link_that_leads_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    """What a scenario extends stays in its folder, symbolic links included; a link inside the folder is a file."""
    inside = tmp_path / "inside"
    inside.mkdir()
    _files(tmp_path, secret=BASE)
    _files(inside, base=BASE, mine=_over("link"), other=_over("alias"), third=_over("nowhere"))
    (inside / "link.yaml").symlink_to(tmp_path / "secret.yaml")
    (inside / "alias.yaml").symlink_to(inside / "base.yaml")
    (inside / "nowhere.yaml").symlink_to(inside / "nowhere.yaml")
    assert _problems(inside / "mine.yaml") == ["mine.yaml:3:10: extends: link.yaml leads out of its folder"]
    assert load(str(inside / "other.yaml")).world.seed == 7
    assert _problems(inside / "third.yaml")[0].startswith("third.yaml:3:10: extends: no scenario nowhere; there are ")


def test_a_circle_is_refused_by_name(tmp_path: Path) -> None:
    """Files that extend each other, and one that extends itself, are told with the way round."""
    _files(tmp_path, a=_over("b"), b=_over("c"), c=_over("a"), self=_over("self"))
    assert _problems(tmp_path / "a.yaml") == ["c.yaml:3:10: extends: goes in a circle: a -> b -> c -> a"]
    assert _problems(tmp_path / "self.yaml") == ["self.yaml:3:10: extends: goes in a circle: self -> self"]


def test_a_file_may_be_called_like_the_built_in_one_that_it_extends(tmp_path: Path) -> None:
    """`demo.yaml` that extends demo means the built-in demo, and so does a link to it; the built-in has no base."""
    _files(tmp_path, demo=_over("demo", "seed: 5\n"), mine=_over("demo"))
    scenario = load(str(tmp_path / "demo.yaml"))
    assert (scenario.name, scenario.world.seed, min(scenario.world.users)) == ("mine", 5, "alice")
    assert scenario.files == (str(tmp_path / "demo.yaml"), str(builtin_folder() / "demo.yaml"))
    assert load(str(tmp_path / "mine.yaml")).world.seed == 5
    text = (tmp_path / "demo.yaml").read_text(encoding="utf-8")
    assert read(text, "demo.yaml", folder=tmp_path).world == scenario.world


def test_chains_end(tmp_path: Path) -> None:
    """Ten files are read, the eleventh is refused where it is named."""
    _files(tmp_path, s0=BASE, **{f"s{number}": _over(f"s{number - 1}") for number in range(1, LONGEST_CHAIN + 1)})
    assert LONGEST_CHAIN == 10
    assert len(load(str(tmp_path / "s9.yaml")).files) == 10
    message = "extends: is one too many: a scenario is made of 10 files at most"
    assert _problems(tmp_path / "s10.yaml") == [f"s1.yaml:3:10: {message}"]


def test_caps_hold_for_all_files_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Values and characters are counted over the whole chain."""
    _files(tmp_path, base=BASE, mine=_over("base"))
    size = len(BASE) + len(_over("base"))
    monkeypatch.setattr(nodes, "MAXIMUM_CHARACTERS", size)
    assert load(str(tmp_path / "mine.yaml")).name == "mine"
    monkeypatch.setattr(nodes, "MAXIMUM_CHARACTERS", size - 1)
    assert _problems(tmp_path / "mine.yaml") == [f"base.yaml:1:1: longer than {size - 1} characters"]
    monkeypatch.undo()
    monkeypatch.setattr(nodes, "MAXIMUM_NODES", 9)
    [problem] = _problems(tmp_path / "mine.yaml")
    assert problem == "base.yaml:1:10: more than 9 values"


def test_text_from_elsewhere_extends_built_in_scenarios_only() -> None:
    """Without a folder no file of this machine can be reached."""
    scenario = read(HEAD + "extends: demo\nseed: 3\n", FILE)
    assert (scenario.name, scenario.world.seed, scenario.files) == ("here", 3, ())
    assert sorted(scenario.world.users) == sorted(load("demo").world.users)
    [problem] = problems("extends: demmo\n")
    names = ", ".join(path.stem for path in builtin())
    assert problem == f"{FILE}:3:10: extends: no scenario demmo; there are {names} (did you mean demo?)"
