"""What the two common schemas of JUnit XML, Ant's and Jenkins', both ask for: elements, their order, attributes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree import ElementTree as ET

SUITE = {
    "id": r"\d+",
    "package": r"\S+",
    "name": r"\S+",
    "timestamp": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d",
    "hostname": r"\S+",
    "tests": r"\d+",
    "failures": r"\d+",
    "errors": r"\d+",
    "skipped": r"\d+",
    "time": r"\d+",
}
CASE = {"name": r"(?s).+", "classname": r"\S+", "time": r"\d+"}
RESULTS = {"failure": {"type": r"\S+", "message": r"(?s).+"}, "skipped": {"message": r"(?s).+"}}


def problems(document: bytes) -> list[str]:
    """What is not as both schemas have it."""
    root = ET.fromstring(document)
    return [*_problems(root)]


def _problems(root: ET.Element) -> Iterator[str]:
    if root.tag != "testsuites" or root.attrib:
        yield f"the root is {root.tag} with {root.attrib}"
    for place, suite in enumerate(root):
        yield from _attributes(suite, "testsuite", SUITE)
        if suite.get("id") != str(place):
            yield f"suite {place} has the id {suite.get('id')}"
        tags = [child.tag for child in suite]
        cases = [child for child in suite if child.tag == "testcase"]
        if tags != ["properties", *["testcase"] * len(cases), "system-out", "system-err"]:
            yield f"the elements of a suite are {tags}"
        counts = {"tests": len(cases)} | {
            name: sum(case.find(tag) is not None for case in cases)
            for name, tag in {"failures": "failure", "errors": "error", "skipped": "skipped"}.items()
        }
        if {name: int(suite.attrib[name]) for name in counts} != counts:
            yield f"counts of {suite.get('name')}: {suite.attrib} instead of {counts}"
        for case in cases:
            yield from _attributes(case, "testcase", CASE)
            if len(case) > 1:
                yield f"a case has {len(case)} results"
            for result in case:
                yield from _attributes(result, result.tag, RESULTS[result.tag])
    names = [(case.get("classname"), case.get("name")) for case in root.iter("testcase")]
    if len(set(names)) < len(names):
        yield "two cases have the same name"


def _attributes(element: ET.Element, tag: str, patterns: dict[str, str]) -> Iterator[str]:
    if element.tag != tag or set(element.keys()) != set(patterns):
        yield f"{element.tag} with {sorted(element.keys())}"
    for name, pattern in patterns.items():
        if not re.fullmatch(pattern, element.get(name, "")):
            yield f"{tag}: {name} = {element.get(name)!r}"
