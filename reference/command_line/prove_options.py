"""What `mpctls prove` can be asked for: its options, what they mean, and which go together."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import click

from ..foundation.identifiers import SessionKind
from .connections import Address

HELP: Final = """Fetch URL together with a Notary, neither of you holding the keys, and have the session attested.

The attestation says nothing by itself; with the file of secrets, `mpctls present` shows parts of it. With --verifier
the partner is the Verifier: what --disclose or --hide choose is shown to it at once, and nothing is signed.

Secrets do not belong into arguments, which other users of the machine can read: give them as --header @FILE (lines of
'Name: value') or --header 'Name: @env:VARIABLE'."""
COMMIT_HELP: Final = """What can be shown or kept back by itself later: `whole` (each direction as one), `fields`
(every header value and JSON value apart), or the NAME of a part; several times for several. With `fields` the Notary
learns number, order, position, exact length and class of every committed value, which is a fingerprint of the page;
with `whole` it learns the two lengths.  [default: the parts named by --disclose and --hide, else whole]"""
COMMIT_FIELD_HELP: Final = """Commit to the JSON or header value NAME in scalars of BN254: statements about it can be
proved later without showing it; several times for several. All other octets are committed to as --commit says. The
Notary learns position, exact length and class of the value."""
COMMIT_FIELDS_HELP: Final = """Commit in this way to every JSON value of at most 403 octets, of request and response.
The Notary learns number, order and exact length of all JSON values, which is a fingerprint of the page and of the
data: the number of digits of a balance, for example."""
ENGINE_HELP: Final = """How the two-party computation is carried out; several times for several, the first that the
partner accepts. Three-halves uploads a fifth less than half-gates, and asks more of the hash; the silent ones
upload less where much is proved, and rest on learning parity with noise as well: docs/engine/."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The options of `prove`, as given."""

    url: str
    notary: Address | None
    verifier: Address | None
    notary_key: Path
    notary_name: str | None
    link_certificate: Path | None
    link_roots: Path | None
    insecure_link: bool
    connect: Address | None
    method: str
    headers: tuple[str, ...]
    body_file: Path | None
    commit: tuple[str, ...]
    commit_field: tuple[str, ...]
    commit_fields: str | None
    hash_name: str
    holder_key: str | None
    roots: Path | None
    max_response: int
    without_extended_master_secret: bool
    engines: tuple[str, ...]
    out: Path | None
    secrets: Path | None
    disclose: tuple[str, ...]
    hide: tuple[str, ...]
    identity: bool
    presentation: Path | None

    @property
    def kind(self) -> SessionKind:
        return SessionKind.NOTARIZE if self.notary is not None else SessionKind.VERIFY

    @property
    def partner(self) -> Address:
        partner = self.notary or self.verifier
        if partner is None:
            raise click.UsageError("give --notary or --verifier")
        return partner

    def check(self) -> None:
        """Usage errors: combinations of options that mean nothing."""
        if (self.notary is None) == (self.verifier is None):
            raise click.UsageError("give either --notary or --verifier")
        if self.disclose and self.hide:
            raise click.UsageError("give either --disclose or --hide")
        chosen = bool(self.disclose or self.hide)
        if self.verifier is not None:
            if not chosen:
                raise click.UsageError("with --verifier, say what to show: --disclose or --hide")
            if self.commit_field or self.commit_fields:
                raise click.UsageError(
                    "with --verifier nothing is signed: there is nothing to prove statements about later"
                )
            if self.out or self.secrets or self.presentation or self.holder_key:
                raise click.UsageError(
                    "with --verifier nothing is signed: there is nothing to store or to bind"
                )
            return
        if self.out is None or self.secrets is None:
            raise click.UsageError("with --notary, --out and --secrets are needed")
        if self.presentation is None:
            if chosen:
                raise click.UsageError("--disclose and --hide go with --presentation or --verifier")
        elif not chosen:
            raise click.UsageError("--presentation goes with --disclose or --hide")
        elif self.holder_key is not None:
            raise click.UsageError("with --holder-key, use `mpctls present`, which binds the presentation")
