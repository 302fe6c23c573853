"""The command `ca`: the certificate authority of this installation, for clients that must trust it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from pathlib import Path

    from simulator.certificates.authority import Authority

Verb = Callable[..., None]


@click.group()
def ca() -> None:
    """The certificate authority (CA) that signs for KuCoin's names, so that https:// can lead here.

    It is made at its first use, for this user alone, and can sign for kucoin.com, localhost and addresses of this
    machine only. A client that trusts it trusts it for no other site. See docs/certificates.md.
    """


def _options(command: Verb) -> Verb:
    """The options of every command here that needs the authority."""
    names = click.option(
        "--kucoin-host",
        multiple=True,
        metavar="NAME",
        envvar="KUCOIN_SIMULATOR_KUCOIN_HOST",
        help="A name of KuCoin's besides kucoin.com, as the server has it. Repeatable.",
    )
    return names(_json(command))


def _json(command: Verb) -> Verb:
    return click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")(command)


@ca.command()
@_options
def path(*, kucoin_host: tuple[str, ...], as_json: bool) -> None:
    """Print the path of the certificate, for settings that ADD to what a client trusts (NODE_EXTRA_CA_CERTS)."""
    authority, file = _installed(kucoin_host)
    _print(file, as_json, _data(authority))


@ca.command()
@_options
def bundle(*, kucoin_host: tuple[str, ...], as_json: bool) -> None:
    """Write this machine's roots and ours to one file and print its path, for settings that REPLACE (SSL_CERT_FILE)."""
    from simulator.certificates.authority import BUNDLE
    from simulator.certificates.bundle import bundle as bundle_of
    from simulator.certificates.state_folder import write

    authority, file = _installed(kucoin_host)
    target = file.with_name(BUNDLE)
    with _usable():
        write(target, bundle_of(authority).encode(), public=True)
    _print(target, as_json, _data(authority))


@ca.command()
@_options
def java(*, kucoin_host: tuple[str, ...], as_json: bool) -> None:
    """Write a truststore for Java, with the JDK's roots and ours, and print its path. Its password is `changeit`."""
    from simulator.certificates.java import PASSWORD, options, truststore

    authority, file = _installed(kucoin_host)
    with _usable():
        target = truststore(authority, file.parent)
    _print(target, as_json, {**_data(authority), "password": PASSWORD, "options": options(target)})


@ca.command()
@_options
def new(*, kucoin_host: tuple[str, ...], as_json: bool) -> None:
    """Replace the authority by a new one and print the path of its certificate. Running servers keep the old one."""
    from simulator.certificates.authority import renew

    with _usable():
        authority = renew(names=kucoin_host)
    assert authority.path
    _print(authority.path, as_json, _data(authority))


@ca.command()
@_json
def remove(*, as_json: bool) -> None:
    """Delete the authority with its key, and what was made of it. Browsers and systems must forget it by themselves."""
    from simulator.certificates.authority import remove as remove_all
    from simulator.commands.output import print_output

    with _usable():
        removed = [str(file) for file in remove_all()]
    if as_json:
        _print_json({"removed": removed})
    else:
        print_output("\n".join(f"removed {file}" for file in removed) or "there is nothing to remove")


def _installed(names: tuple[str, ...]) -> tuple[Authority, Path]:
    """The authority and the file of its certificate, which exists."""
    from simulator.certificates.authority import installed

    with _usable():
        authority = installed(names=names)
    if authority.path is None:
        raise click.ClickException(authority.note)
    if authority.note:
        click.echo(authority.note, err=True)
    return authority, authority.path


@contextmanager
def _usable() -> Iterator[None]:
    """Say what is wrong with the state folder or with a name."""
    from simulator.certificates.state_folder import VARIABLE, FolderError

    try:
        yield
    except ValueError as error:
        raise click.UsageError(f"--kucoin-host: {error}") from None
    except (FolderError, OSError) as error:
        raise click.ClickException(f"{error}. {VARIABLE} can name another folder.") from None


def _data(authority: Authority) -> dict[str, Any]:
    return {
        "fingerprint": authority.fingerprint,
        "valid_until": authority.ends.isoformat(),
        "names": list(authority.names),
        "note": authority.note,
    }


def _print(file: Path, as_json: bool, data: dict[str, Any]) -> None:
    from simulator.commands.output import print_output

    if as_json:
        _print_json({"path": str(file), **data})
    else:
        print_output(str(file))


def _print_json(data: dict[str, Any]) -> None:
    import json

    from simulator.commands.output import print_output

    print_output(json.dumps(data, indent=2, ensure_ascii=False))
