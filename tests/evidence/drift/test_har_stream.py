"""HAR files: read in pieces, from whoever wrote them, with errors that a person can act on."""

from __future__ import annotations

import io
import json
import random
from collections.abc import Callable
from typing import Any

import pytest
from support.recordings import checked, entries_of, exported, recording

from simulator.evidence.drift import comparing, har_stream
from simulator.evidence.drift.har_stream import CHUNK, HarError, HarStream
from simulator.evidence.drift.recorded_calls import EntryError, recorded_call, recorded_request


def read(data: bytes) -> list[Any]:
    """All entries of a file."""
    return list(HarStream(io.BytesIO(data), "my.har").entries())


def test_it_reads_what_json_reads() -> None:
    """The entries are those that Python's own reader has, in their order, also behind a mark of UTF-8."""
    entries = recording()["log"]["entries"]
    assert read(exported()) == entries
    indented = json.dumps({"log": {"entries": entries[:9]}}, indent=2).replace("\n", "\r\n")
    assert read(b"\xef\xbb\xbf" + indented.encode()) == entries[:9]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 64, 1000])
def test_any_size_of_pieces(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever a piece ends - in a name, a number, an escape, a letter of several bytes - the entries are the same."""
    har: dict[str, Any] = {
        "log": {"pages": [{"é€😀": 1.5e3}], "entries": [{"a": 'é\\"😀\u0007'}, 12345, [], {}, "x", None, True]},
        "z": 1,
    }
    monkeypatch.setattr(har_stream, "CHUNK", size)
    for ascii_only in (True, False):
        data = json.dumps(har, ensure_ascii=ascii_only, indent=1).encode()
        source = io.BytesIO(data)
        stream = HarStream(source, "my.har")
        stream._more = lambda _=0, more=stream._more: more(size)  # type: ignore[method-assign,misc]  # no larger pieces
        assert list(stream.entries()) == har["log"]["entries"]


def test_memory_is_that_of_a_piece() -> None:
    """A file is read as its entries are asked for: after the first of many, a piece or two have been read."""
    entry = json.dumps(json.loads(exported())["log"]["entries"][0]).encode()
    data = b'{"log":{"entries":[' + b",".join([entry] * 2000) + b"]}}"
    source = io.BytesIO(data)
    entries = HarStream(source, "my.har").entries()
    next(entries)
    assert source.tell() <= 2 * CHUNK < len(data)
    assert sum(1 for _ in entries) == 1999


def test_progress_is_the_files_bytes() -> None:
    """What is told of the progress adds up to the size of the file."""
    sizes: list[int] = []
    list(HarStream(io.BytesIO(exported()), "my.har", sizes.append).entries())
    assert sum(sizes) == len(exported())


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", ["empty"]),
        (b"  \n", ["empty"]),
        (b"[]", ["no JSON object"]),
        (b"{}", ["no `log`", "log.entries"]),
        (b'{"log": []}', ["`log` is no JSON object"]),
        (b'{"log": {}}', ["no `entries`"]),
        (b'{"log": {"entries": {}}}', ["`entries` is no list"]),
        (b'{"log": {"entries": []}} x', ["follows after the end"]),
        (b'{"log": {"entries": [{}', ["cut off"]),
        (b'{"log": {"entries": [{"a": 1}', ["cut off"]),
        (b'{"log": {"entries": [{} {}]}}', ["entry 1", "comma"]),
        (b'{"log": {"entries": [{}, {"a": nonsense}]}}', ["entry 2", "not JSON"]),
        (b'{"log": {"entries": [], "entries": []}}', ["two lists"]),
        (b'{"log": {"entries": [' + b"[" * 100_000, ["entry 1", "nested too deeply"]),
        (b'{"log" {}}', ["colon"]),
        (b"PK\x03\x04...", ["ZIP archive", "unpack"]),
        (b"\x1f\x8b\x08", ["gzip", "unpack"]),
        (b"\xff\xfe{\x00", ["UTF-16", "UTF-8"]),
        (b"<html>", ["HTML", "export"]),
        (b'{"log": {"entries": ["\xff"]}}', ["not UTF-8"]),
    ],
)
def test_a_broken_file_is_explained(data: bytes, words: list[str]) -> None:
    """The error names the file, says what is wrong where, and what to do."""
    with pytest.raises(HarError) as raised:
        read(data)
    assert "my.har" in str(raised.value)
    for word in words:
        assert word in str(raised.value)


def test_a_huge_number_is_no_mistake() -> None:
    """A number with more digits than Python turns into an integer does not stop the reading."""
    digits = "9" * 10_000
    assert read(f'{{"log":{{"x":{digits},"entries":[{{"n":{digits}}}]}}}}'.encode()) == [{"n": 0}]


def test_an_entry_that_is_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    """An entry above the bound is passed over in pieces, whatever is in its texts, and counted."""
    monkeypatch.setattr(har_stream, "LARGEST", 200_000)
    large = {"text": '"}]{[' + "\\" * 300_001 + '"', "more": [{"a": ["x" * 300_000, 1.5, None]}]}
    for before, after in ((0, 0), (1, 2)):
        entries = [{"n": 1}] * before + [large] + [{"n": 2}] * after
        read_entries = read(json.dumps({"log": {"pages": large, "entries": entries}, "x": large}).encode())
        assert read_entries == [har_stream.TOO_LARGE if each is large else each for each in entries]
    stream = HarStream(io.BytesIO(b'{"log":{"entries":[{"a":"' + b"x" * 9_000_000), "my.har")
    with pytest.raises(HarError, match=r"entry 1.*cut off"):
        list(stream.entries())
    assert len(stream._text) <= CHUNK
    har = recording()
    har["log"]["entries"].append(large)
    assert (checked(har).coverage.too_large, checked(har).findings) == (1, ())
    assert any("64 MiB" in remark for remark in checked(har).remarks)


def test_an_entry_that_is_no_json_is_told_at_once() -> None:
    """The error of an entry whose end is there comes before the rest of the file is read."""
    source = io.BytesIO(b'{"log":{"entries":[{"a": nonsense},' + b"{}," * 1_000_000)
    with pytest.raises(HarError, match=r"entry 1, near character 25: the entry is not JSON"):
        list(HarStream(source, "my.har").entries())
    assert source.tell() <= 2 * CHUNK


def test_a_line_end_in_a_text_is_read() -> None:
    """Some programs write control characters as they are, which JSON forbids."""
    assert read(b'{"log":{"entries":["a\nb\x00\tc"]}}') == ["a\nb\0\tc"]


def test_a_spoilt_file_never_fails_otherwise() -> None:
    """Bytes that are changed anywhere give entries or a `HarError`, and nothing else."""
    chance = random.Random(7)
    whole = exported()[:30_000]
    errors = 0
    for _ in range(300):
        data = bytearray(whole)
        for _ in range(chance.randrange(1, 4)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        try:
            read(bytes(data))
        except HarError:
            errors += 1
    assert errors == 300  # it is cut off as well


def entry() -> Any:
    """An entry of ours."""
    return next(entries_of(recording(), "list_accounts"))


ENTRIES: dict[str, tuple[Callable[[Any], Any], str]] = {
    "no object": (lambda _: 7, "no JSON object"),
    "no request": (lambda entry: {**entry, "request": None}, "no object `request`"),
    "no response": (lambda entry: {**entry, "response": "gone"}, "no object `response`"),
    "no url": (lambda entry: {**entry, "request": {"method": "GET"}}, "`request.url`"),
    "no method": (lambda entry: {**entry, "request": {"url": "http://x/"}}, "`request.method`"),
    "a status as text": (
        lambda entry: {**entry, "response": {**entry["response"], "status": "200"}},
        "`response.status`",
    ),
    "headers of another form": (
        lambda entry: {**entry, "response": {"status": 200, "headers": {"a": "b"}}},
        "`response.headers` is no list",
    ),
    "a strange header": (
        lambda entry: {**entry, "response": {**entry["response"], "headers": [{"value": "a"}]}},
        "a row without",
    ),
}


@pytest.mark.parametrize("name", ENTRIES)
def test_a_broken_entry_is_explained(name: str) -> None:
    """The error says which field of the entry is not as HAR 1.2 has it."""
    change, words = ENTRIES[name]
    broken = change(entry())
    with pytest.raises(EntryError, match=words):
        recorded_call(broken, recorded_request(broken))


def test_a_broken_entry_is_numbered() -> None:
    """The error of a whole file says which entry it is."""
    har = recording()
    har["log"]["entries"][4]["request"] = "gone"
    with pytest.raises(HarError, match=r"test\.har, entry 5.*`request`"):
        checked(har)


def test_other_hosts_are_left_out() -> None:
    """A path of ours at another host is somebody else's: it is counted and not compared, unless the host is named."""
    har = recording()
    for each in har["log"]["entries"]:
        each["request"]["url"] = each["request"]["url"].replace("http://127.0.0.1:8080", "https://broker.example")
    assert checked(har).coverage.compared == 0
    assert checked(har).coverage.other_hosts == len(har["log"]["entries"])
    assert checked(har, hosts=("broker.example",)).coverage.compared > 100


def test_what_has_no_body_is_told() -> None:
    """Answers that were saved without content are counted; their status and headers are compared all the same."""
    har = recording()
    for each in entries_of(har, "list_hf_ledgers"):
        del each["response"]["content"]["text"]
        each["response"]["headers"] = [{"name": "date", "value": "x"}]
    report = checked(har)
    assert report.coverage.without_body == len(list(entries_of(har, "list_hf_ledgers")))
    assert {finding.difference.kind.word for finding in report.findings} == {"never came"}
    assert any("with content" in remark for remark in report.remarks)


def test_what_has_no_headers_is_told() -> None:
    """Answers whose headers were not recorded are counted, and no header is missed; their bodies are compared."""
    har = recording()
    for each in entries_of(har, "list_ledgers"):
        each["response"]["headers"] = []
        each["response"]["content"]["text"] = each["response"]["content"]["text"].replace('"totalNum":', '"total":')
    report = checked(har)
    assert report.coverage.without_headers == len(list(entries_of(har, "list_ledgers")))
    assert {finding.difference.kind.word for finding in report.findings} == {"never came", "new field"}
    assert any("without headers" in remark for remark in report.remarks)


def test_what_had_no_answer_is_told() -> None:
    """A call without an answer, with status 0, is counted and not compared."""
    har = recording()
    for each in entries_of(har, "list_accounts"):
        each["response"]["status"] = 0
    report = checked(har)
    assert report.findings == ()
    assert report.coverage.unanswered == len(list(entries_of(har, "list_accounts")))


def test_equal_calls_are_compared_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Calls that differ in their values alone are one comparison: two thousand of them cost as many as one."""
    compared = []
    monkeypatch.setattr(comparing, "match", lambda *arguments: compared.append(1))
    har = recording()
    row = next(entries_of(har, "get_server_time"))
    har["log"]["entries"] = [
        json.loads(json.dumps(row).replace("1780272000000", str(1_780_272_000_000 + number))) for number in range(2000)
    ]
    assert checked(har).coverage.operations == {"get_server_time": 2000}
    assert len(compared) <= 4  # the answer and its headers


def test_many_kinds_of_calls_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """With more groups of equal calls than are kept, all are compared all the same, and counted once."""
    monkeypatch.setattr(comparing, "MOST_GROUPS", 3)
    har = recording()
    for each in entries_of(har, "list_ledgers"):
        each["response"]["content"]["text"] = each["response"]["content"]["text"].replace('"totalNum":', '"total":')
    report = checked(har)
    assert sum(report.coverage.operations.values()) == checked(recording()).coverage.compared
    assert {finding.difference.kind.word: finding.count for finding in report.findings} == {
        "never came": 2,
        "new field": 2,
    }


def test_this_machine_has_many_names() -> None:
    """A recording of the simulator is compared by whatever name or address of this machine it was reached."""
    for host, compared in (
        ("LOCALHOST:8080", True),
        ("w1.localhost:8080", True),
        ("127.0.0.2", True),
        ("[::1]:8080", True),
        ("127.0.0.1.example", False),
        ("notlocalhost", False),
        ("", False),
    ):
        har = recording()
        har["log"]["entries"] = [next(entries_of(har, "get_server_time"))]
        har["log"]["entries"][0]["request"]["url"] = f"http://{host}/api/v1/timestamp"
        assert (checked(har).coverage.compared, checked(har).coverage.other_hosts) == (compared, not compared), host


def test_headers_that_are_no_texts() -> None:
    """A header without a value was not sent, and one with a list of values came several times."""
    made = entry()
    rows = [{"name": "Gone"}, {"name": "Null", "value": None}, {"name": "Age", "value": 3}]
    made["response"]["headers"] = [*rows, {"name": "Set-Cookie", "value": ["a=1", "b=2"]}]
    assert recorded_call(made, recorded_request(made)).headers == {"age": "3", "set-cookie": "a=1, b=2"}


def test_a_path_without_a_host() -> None:
    """A URL that is a path belongs to the host that the request's headers name, as HTTP/2 and HTTP/1 write it."""
    for name, value in (("Host", "api.kucoin.com"), (":authority", "api.kucoin.com:443"), ("host", "cdn.example")):
        har = recording()
        entry = next(entries_of(har, "get_server_time"))
        entry["request"] |= {"url": "/api/v1/timestamp", "headers": [{"name": name, "value": value}]}
        har["log"]["entries"] = [entry]
        assert checked(har).coverage.other_hosts == (value == "cdn.example")
