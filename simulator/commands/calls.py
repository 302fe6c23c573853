"""The commands that read the journal: `requests`, `explain` and `explain-signature`."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any, BinaryIO, Final

import click

from simulator.commands.connecting import RunningSimulator, UnfulfilledError, talking
from simulator.commands.output import print_output, reader_is_gone

if TYPE_CHECKING:
    from simulator.testing import Client

MOST: Final = 10_000
"""Entries of one answer."""
INTERRUPTED: Final = 130
"""The exit status after Ctrl+C."""
FILTERS: Final = (
    ("--operation", "NAME", "Only calls of this operation."),
    ("--user", "NAME", "Only calls of this user."),
    ("--client", "ID", "Only calls of this client."),
    ("--outcome", "WORD", "Only calls with this outcome: OK, NOT_PERFORMED or a reason."),
    ("--path", "PATH", "Only calls of this path; * at its end stands for any rest."),
    ("--status", "NUMBER", "Only calls that were answered with this status."),
)


def filtered(function: Any) -> Any:
    """Give a command the filters of the journal."""
    for name, metavar, text in reversed(FILTERS):
        function = click.option(name, metavar=metavar, help=text)(function)
    return function


@click.command()
@click.option("--follow", "-f", is_flag=True, help="Go on with new calls as they come, until Ctrl+C.")
@click.option("--failed", is_flag=True, help="Only calls that were refused, not answered, or struck by a fault.")
@click.option(
    "--har", type=click.Path(), metavar="FILE", help="Write them to FILE as an HTTP Archive; - is the output."
)
@click.option("--since", type=click.IntRange(0), metavar="NUMBER", help="Only calls after this one.")
@click.option("--limit", type=click.IntRange(1, MOST), default=100, help="How many of the newest at most.")
@filtered
@talking
def requests(
    simulator: RunningSimulator,
    *,
    follow: bool,
    failed: bool,
    har: str | None,
    since: int | None,
    limit: int,
    **filters: Any,
) -> None:
    """Print the calls of the journal, the oldest first, each with its outcome and the cause of a refusal."""
    if har and (follow or failed):
        raise click.UsageError("--har goes with the filters, and neither with --follow nor with --failed")
    client = simulator.client
    workspace = client.index()["workspace"]
    if har:
        _write_har(client, har, since=since, limit=limit, filters=filters)
        return
    if follow:
        _follow(simulator, workspace, since, filters, failed=failed)
        return
    reply = client.requests(since=since, limit=MOST if failed else limit, **filters)
    lines = reply["requests"] if since is not None else reply["requests"][::-1]
    chosen = [line for line in lines if not failed or _has_failed(line)]
    chosen = chosen[:limit] if since is not None else chosen[-limit:]
    simulator.show({"requests": chosen, "next": reply["next"]}, "\n".join(_texts(chosen, workspace)))


def _has_failed(line: Any) -> bool:
    """True if a call was refused, not answered, or struck by a fault."""
    return line["outcome"] != "OK" or not line["status"] or "fault" in line


def _texts(lines: Iterable[Any], workspace: str) -> Iterator[str]:
    """The lines for people, in colour on a terminal."""
    from simulator.evidence.log_lines import line_of

    colours = sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    for line in lines:
        yield line_of(line, workspace, colours=colours)


def _follow(
    simulator: RunningSimulator, workspace: str, since: int | None, filters: dict[str, Any], *, failed: bool
) -> None:
    """Print calls as they come, until Ctrl+C, until nobody reads any more, or until the workspace has ended."""
    import json

    from simulator.testing import Problem

    try:
        for line in simulator.client.follow_requests(since=since, **filters):
            if not failed or _has_failed(line):
                texts = [json.dumps(line, ensure_ascii=False)] if simulator.json else _texts([line], workspace)
                for text in texts:
                    print_output(text)
            if reader_is_gone():
                return
        with suppress(Problem):  # the workspace is gone
            simulator.client.index()  # it fails if the simulator is gone
    except KeyboardInterrupt:
        raise click.exceptions.Exit(INTERRUPTED) from None


def _write_har(client: Client, file: str, *, since: int | None, limit: int, filters: dict[str, Any]) -> None:
    import json

    text = json.dumps(client.har(since=since, limit=limit, **filters), indent=2, ensure_ascii=False)
    if file == "-":
        print_output(text)
        return
    try:
        with open(file, "w", encoding="utf-8") as target:  # noqa: PTH123 - a name such as /dev/stdout, too
            target.write(f"{text}\n")
    except OSError as error:
        raise click.BadParameter(f"{file} cannot be written: {error.strerror}", param_hint="--har") from None


@click.command()
@click.argument("entry", metavar="NUMBER")
@talking
def explain(simulator: RunningSimulator, entry: str) -> None:
    """Say why the call NUMBER of the journal was refused, by which rule, and what to try.

    NUMBER is that of `requests`, or the value of X-Sim-Entry, such as checkout/4, which names its workspace too.
    """
    workspace, slash, number = entry.rpartition("/")
    if not number.isascii() or not number.isdigit():
        raise click.BadParameter(f"{entry!r} is not the number of a call, such as 7 or checkout/7", param_hint="NUMBER")
    client = simulator.client
    if slash and workspace != client.index()["workspace"]:
        from simulator.testing import Client

        with Client(f"{simulator.url.rstrip('/')}/w/{workspace}", token=simulator.token) as other:
            reply = other.request(number)
    else:
        reply = client.request(number)
    simulator.show(reply, "\n".join(explained(reply)))


def explained(entry: Any) -> Iterator[str]:
    """The lines that explain an entry of the journal to people."""
    request, answer = entry["request"], entry["answer"]
    query = f"?{request['query']}" if request["query"] else ""
    yield f"{request['method']} {request['path']}{query} was answered with {answer['status'] or 'nothing'}"
    if "fault" in entry:
        yield f"fault: {entry['fault']['id']} struck it: {entry['fault']['effect']}"
        yield from (f"  {text}" for text in entry["fault"].get("happened", ()))
    diagnosis = entry.get("diagnosis", {})
    if "reason" not in diagnosis:
        yield f"outcome: {entry['outcome']}"
        for departure in diagnosis.get("departures", ()):
            yield f"departs from the page: {departure['note']}"
        return
    yield f"refused: {diagnosis['reason']}: {diagnosis['meaning']}"
    for name in ("expected", "received"):
        if diagnosis[name]:
            yield f"{name}: {diagnosis[name]}"
    for finding in diagnosis["found"]:
        yield f"found: {finding}"
    yield from _signature(diagnosis.get("signature", {}))
    if diagnosis["quote"]:
        yield f"the page, {diagnosis['section']}: {diagnosis['quote']}"
    yield f"rules: {', '.join(rule['id'] for rule in diagnosis['rules'])}"
    for cause in diagnosis["causes"]:
        yield f"try: {cause}"


def _signature(signature: Any) -> Iterator[str]:
    if "right" in signature:
        yield f"must be signed: {signature['right']!r}"
    if "signed" in signature:
        yield f"was signed: {signature['signed']!r}"
    for question in signature.get("compare", ()):
        yield f"check: {question}"


@click.command("explain-signature")
@click.option("--method", required=True, metavar="METHOD", help="The method of the call.")
@click.option("--path", required=True, metavar="PATH", help="Its path, with the query behind it, as it was sent.")
@click.option("--timestamp", required=True, metavar="TEXT", help="The value of KC-API-TIMESTAMP.")
@click.option("--sign", required=True, metavar="TEXT", help="The value of KC-API-SIGN.")
@click.option("--body", metavar="TEXT", help="Its body, as it was sent.")
@click.option("--body-file", type=click.File("rb"), metavar="FILE", help="The same from a file; - is the input.")
@click.option("--key", metavar="KEY", help="An API key that the simulator knows, so that it knows the secret.")
@click.option("--secret", metavar="TEXT", help="The secret, if the key is not known here.")
@click.option("--passphrase", metavar="TEXT", help="The passphrase, if the key is not known here.")
@talking
def explain_signature(simulator: RunningSimulator, body: str | None, body_file: BinaryIO | None, **parts: Any) -> None:
    """Say what a KC-API-SIGN was made of; exit status 1 if it is not right."""
    if body_file:
        if body is not None:
            raise click.UsageError("give one of --body and --body-file")
        try:
            body = body_file.read().decode()
        except UnicodeDecodeError:
            raise click.BadParameter(
                "it is not UTF-8, and the control surface takes text", param_hint="--body-file"
            ) from None
    if not (parts["key"] or parts["secret"]):
        raise click.UsageError("give --key of an API key that the simulator knows, or --secret")
    reply = simulator.client.explain_signature(body=body, **parts)
    simulator.show(reply, "\n".join([reply["says"], *_signature(reply)]))
    if reply["fits"] != "right":
        raise UnfulfilledError("the signature is not right")
