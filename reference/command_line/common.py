"""Options that every command has, and reading what commands are given: keys, stores, roots, artifacts."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from ..foundation.errors import Refused
from ..foundation.files import read_file
from .escaping import escape_line
from .output import Output

if TYPE_CHECKING:
    from cryptography import x509

    from ..foundation.signatures import SigningKey
    from ..presentation.trust import TrustStore

C = TypeVar("C", bound=Callable[..., Any])


@dataclass(slots=True, kw_only=True)
class Invocation:
    """What the shared options of one run say."""

    as_json: bool = False
    verbose: bool = False
    debug: bool = False
    refusal: Mapping[str, Any] = field(default_factory=lambda: {"event": "refused"})
    """What `--json` says of a refusal, beside its reason and detail."""

    @property
    def output(self) -> Output:
        return Output(as_json=self.as_json)


def _set(name: str) -> Callable[[click.Context, click.Parameter, bool], None]:
    def callback(context: click.Context, _parameter: click.Parameter, value: bool) -> None:
        invocation = context.find_root().obj
        if value:
            setattr(invocation, name, True)

    return callback


class _LogFormatter(logging.Formatter):
    """One escaped line a record."""

    def format(self, record: logging.LogRecord) -> str:
        return escape_line(f"{record.levelname.lower()}: {record.getMessage()}")


def start_logging(invocation: Invocation) -> None:
    """Log to standard error: warnings, with `--verbose` what happens, with `--debug` everything of this package."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_LogFormatter())
    logger = logging.getLogger("mpctls")
    for each in tuple(logger.handlers):
        logger.removeHandler(each)
    logger.addHandler(handler)
    logger.propagate = False
    level = logging.INFO if invocation.verbose else logging.WARNING
    logger.setLevel(logging.DEBUG if invocation.debug else level)


def shared_options(command: C) -> C:
    """Give a command `--json`, `--verbose` and `--debug`, which it finds in its `Invocation`."""
    options = (
        ("--json", "as_json", "Print JSON, one object a line, instead of text."),
        ("--verbose", "verbose", "Log what happens on standard error; never secrets."),
        ("--debug", "debug", "Log more, and print a traceback when the program itself is at fault."),
    )
    for option, name, text in reversed(options):
        command = click.option(
            option, is_flag=True, expose_value=False, is_eager=True, callback=_set(name), help=text
        )(command)
    return command


NAMES_HELP: Final = """\b
Names of parts:
  request:header:NAME    response:header:NAME    the value of a header field
  request:json:$.path    response:json:$.path    a value of a JSON body
  sent   received                                everything in one direction
  sent:START-END   received:START-END            octets"""
FILE: Final = click.Path(dir_okay=False, path_type=Path)


def parse_nonce(_context: click.Context, _parameter: click.Parameter, value: str | None) -> bytes | None:
    """16 to 64 octets in hexadecimal."""
    if value is None:
        return None
    if not re.fullmatch(r"(?:[0-9A-Fa-f]{2}){16,64}", value):
        raise click.BadParameter("16 to 64 octets in hexadecimal")
    return bytes.fromhex(value)


def read_trust_store(path: Path) -> TrustStore:
    """The trust store in a file; refuses with `command/…`."""
    from ..presentation.trust import MAXIMUM_STORE, parse_trust_store

    return parse_trust_store(read_file(path, MAXIMUM_STORE))


def read_root_certificates(path: Path | None) -> tuple[x509.Certificate, ...]:
    """The certificate authorities in a PEM file, or those of certifi."""
    from ..tls.certificates import default_roots, read_roots

    return default_roots() if path is None else read_roots(read_file(path, 2**24))


def key_argument(text: str) -> tuple[Path, str | None]:
    """Split `KEY.pem` or `KEY.pem:algorithm`."""
    from ..foundation.identifiers import SignatureAlgorithm

    path, colon, label = text.rpartition(":")
    if colon and label in {each.label for each in SignatureAlgorithm}:
        return Path(path), label
    return Path(text), None


def read_signing_key(text: str) -> SigningKey:
    """Read `KEY.pem` or `KEY.pem:algorithm`, a PKCS #8 key; its kind tells the algorithm where only one fits.

    Refuses with `command/unreadable-file`, `command/unsuitable-key`, and with `command/ambiguous-key` a secp256k1 key
    without algorithm.
    """
    from cryptography.exceptions import UnsupportedAlgorithm

    from ..foundation.identifiers import SignatureAlgorithm
    from ..foundation.signatures import SigningKey

    path, label = key_argument(text)
    pem = read_file(path, 65536)
    fitting: list[SigningKey] = []
    for algorithm in SignatureAlgorithm:
        if label is not None and algorithm.label != label:
            continue
        try:
            fitting.append(SigningKey.from_pem(algorithm, pem))
        except UnsupportedAlgorithm:
            raise Refused("command/unsuitable-key", f"{path}: not a key of a known kind") from None
        except Refused as refused:
            last = refused
    if not fitting:
        raise Refused("command/unsuitable-key", f"{path}: {last.detail}")
    if len(fitting) > 1:
        labels = " or ".join(f"{path}:{each.algorithm.label}" for each in fitting)
        raise Refused("command/ambiguous-key", f"say for which algorithm the key is: {labels}")
    return fitting[0]
