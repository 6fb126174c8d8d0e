"""What `mpctls present` and `mpctls verify` say and do about predicates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from ..foundation.artifacts import Attestation, AttestationSecrets
from ..foundation.errors import Refused
from ..foundation.files import read_file
from ..foundation.identifiers import Direction
from .escaping import escape_line
from .output import Output
from .progress import work_visibly

if TYPE_CHECKING:
    from mpctls.zkp.predicate.conditions import Predicate
    from mpctls.zkp.predicate.evaluate import Trees
    from mpctls.zkp.predicate.trees import Tree
    from mpctls.zkp.statement import Audience
    from mpctls.zkp.verify import AcceptedSetups, ProvedPredicate

    from ..presentation.building import Selection
    from ..presentation.trust import TrustStore

MAXIMUM_FILE: Final = 1 << 20
MAXIMUM_SET: Final = 1 << 26
_SIDES: Final = {Direction.SENT: "request", Direction.RECEIVED: "response"}
_STEPS: Final = {
    "compile": "making the circuit",
    "keys": "making its keys",
    "witness": "computing the witness",
    "prove": "proving",
}


def read_predicates(texts: Sequence[str], path: Path | None) -> tuple[Predicate, ...]:
    """The predicates of the command line, then those of a file: one a line, or one in JSON.

    Refuses with `predicate/malformed` and the other reasons of a predicate, naming the line.
    """
    from mpctls.zkp.predicate.json_form import read_json
    from mpctls.zkp.predicate.text_form import read_text

    predicates = [read_text(each) for each in texts]
    if path is None:
        return tuple(predicates)
    try:
        content = read_file(path, MAXIMUM_FILE).decode("utf-8")
    except UnicodeDecodeError:
        raise Refused("predicate/malformed", f"{path} is not UTF-8") from None
    if content.lstrip().startswith("{"):
        return (*predicates, read_json(content))
    for number, line in enumerate(content.splitlines(), start=1):
        if line.strip() and not line.lstrip().startswith("#"):
            try:
                predicates.append(read_text(line))
            except Refused as refused:
                raise Refused(refused.reason, f"{path}, line {number}: {refused.detail}") from None
    return tuple(predicates)


def parse_set(
    _context: click.Context, _parameter: click.Parameter, values: tuple[str, ...]
) -> list[tuple[str, Path]]:
    """Each `TYPE=FILE`: the values of a large set and what they are."""
    sets: list[tuple[str, Path]] = []
    for value in values:
        written, equals, path = value.partition("=")
        if not equals or not path:
            raise click.BadParameter("TYPE=FILE, as in 'text(20)=members.txt'")
        sets.append((written, Path(path)))
    return sets


def read_trees(sets: Sequence[tuple[str, Path]]) -> Trees:
    """The trees over the sets in these files (one value a line), by root."""
    from mpctls.zkp.predicate.trees import read_members, tree_of_values
    from mpctls.zkp.predicate.writing import read_type

    found: dict[bytes, Tree] = {}
    for written, path in sets:
        try:
            lines = read_file(path, MAXIMUM_SET).decode("utf-8").splitlines()
        except UnicodeDecodeError:
            raise Refused("predicate/malformed", f"{path} is not UTF-8") from None
        field_type = read_type(written)
        tree = tree_of_values(field_type, read_members(field_type, lines))
        found[tree.root] = tree
    return found


def hidden_fields(predicates: Sequence[Predicate]) -> tuple[str, ...]:
    """The names of the fields of predicates as `--hide` takes them."""
    from mpctls.zkp.predicate.expression import HeaderName

    names: dict[str, None] = {}
    for predicate in predicates:
        for each in predicate.fields:
            side = _SIDES[each.side]
            name = each.name
            part = f"header:{name.name}" if isinstance(name, HeaderName) else f"json:{name.path}"
            names[f"{side}:{part}"] = None
    return tuple(names)


def prove_visibly(
    attestation: Attestation,
    secrets: AttestationSecrets,
    predicates: Sequence[Predicate],
    setup_path: Path | None,
    *,
    selection: Selection,
    audience: Audience | None,
    trees: Trees,
    output: Output,
) -> tuple[Selection, tuple[bytes, ...]]:
    """Prove predicates; returns the selection that shows their leaves, and the proofs.

    Refuses as `prove_predicates`, and with the `structure/…` reason why no Verifier could place their fields.
    """
    if not predicates:
        return selection, ()
    if setup_path is None:
        raise click.UsageError("--setup is needed to prove something: ask the Verifier for its setup")
    from mpctls.zkp.setup.files import read_setup

    from ..presentation.predicates import prove_predicates, proved_leaves

    selection = replace(
        selection,
        structured=True,
        withheld=selection.withheld | proved_leaves(predicates, secrets),
    )
    with work_visibly(output, "proving") as say:
        proofs = prove_predicates(
            attestation,
            secrets,
            predicates,
            read_setup(setup_path, accept_development=True),
            audience=audience,
            trees=trees,
            progress=lambda step, done, total: say(f"{_STEPS[step]} ({done} of {total})"),
        )
    return selection, proofs


def accepted_setups(
    paths: Sequence[Path], trust_store: TrustStore, *, accept_development: bool
) -> AcceptedSetups:
    """The setups in these files; where the trust store lists setups, only those.

    Refuses with the reasons of a setup's file, and with `zero-knowledge/untrusted-setup`.
    """
    from mpctls.zkp.setup.files import read_setup
    from mpctls.zkp.verify import AcceptedSetups

    setups = [read_setup(path, accept_development=accept_development) for path in paths]
    for path, setup in zip(paths, setups, strict=True):
        if trust_store.setups and not trust_store.trusts_setup(setup.digest):
            raise Refused("zero-knowledge/untrusted-setup", f"{path}: the trust store lists other setups")
    return AcceptedSetups.of(*setups, accept_development=accept_development)


def predicate_document(proved: ProvedPredicate) -> dict[str, Any]:
    """The JSON of one verified predicate."""
    from mpctls.zkp.predicate.canonical import digest
    from mpctls.zkp.predicate.explain import explain_field

    return {
        "meaning": proved.explanation,
        "digest": digest(proved.predicate).hex(),
        "fields": [
            {"field": explain_field(each), "leaf": leaf.index, "octets": leaf.length}
            for each, leaf in zip(proved.predicate.fields, proved.fields, strict=True)
        ],
        "outputs": [f"{each:064x}" for each in proved.outputs],
        "setup": {
            "digest": proved.setup.digest.hex(),
            "origin": proved.setup.origin.name.lower(),
            "label": proved.setup.label,
        },
    }


def predicate_lines(documents: Sequence[dict[str, Any]]) -> list[str]:
    """The same for people."""
    lines: list[str] = []
    for each in documents:
        lines.append(f"proved        {escape_line(each['meaning'])}")
        lines += [
            f"  about       {escape_line(field['field'])}: leaf {field['leaf']}, {field['octets']} octets"
            for field in each["fields"]
        ]
        lines += [f"  pseudonym   {output} (enumerable)" for output in each["outputs"]]
        setup = each["setup"]
        lines.append(f"  setup       {setup['origin']}, {setup['digest']}")
    return lines
