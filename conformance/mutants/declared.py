"""Defects that implementations had or could easily have, written into the specification's text.

Each names its module, the text that is replaced and what stands in its place. Weak points of published
implementations are named with where they were found.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from .finding import source_of
from .mutant import Change, Mutant


@dataclass(frozen=True, slots=True, kw_only=True)
class Defect:
    """One defect: `old` stands exactly once in the module's text."""

    name: str
    module: str
    old: str
    new: str
    what: str


DEFECTS = (
    Defect(
        name="leaf-without-prefix",
        module="merkle",
        old='b"\\x00" + leaf)',
        new="leaf)",
        what="A leaf's hash has no prefix, so that a node can pass for a leaf; tlsn before alpha.14.",
    ),
    Defect(
        name="node-without-prefix",
        module="merkle",
        old='b"\\x01" + left + right',
        new="left + right",
        what="A node's hash has no prefix; rs_merkle as tlsn uses it.",
    ),
    Defect(
        name="tree-split-in-halves",
        module="merkle",
        old="return 1 << ((leaf_count - 1).bit_length() - 1)",
        new="return (leaf_count + 1) // 2",
        what="A tree is split in the middle and not at a power of two.",
    ),
    Defect(
        name="high-s-on-one-curve",
        module="signatures",
        old="or not 0 < s <= parameters.order // 2",
        new="or not 0 < s < parameters.order or (parameters.order != _P256_ORDER and s > parameters.order // 2)",
        what="A high s is refused for secp256k1 and taken for P-256; tlsn, alpha.14.",
    ),
    Defect(
        name="ranges-put-in-order",
        module="verification.check_commitment_consistency",
        old="positions = sorted(opening.commitment.ranges.positions())",
        new="positions = sorted(opening.commitment.ranges.positions(), reverse=True)",
        what="Octets of an opening are laid out from the other end.",
    ),
    Defect(
        name="withheld-leaf-not-proved",
        module="verification.check_commitment_consistency",
        old="encode_leaf(opening.commitment) for opening in proof.openings}",
        new="encode_leaf(opening.commitment) for opening in proof.openings"
        " if not isinstance(opening.opening, WithheldOpening)}",
        what="A leaf that is shown without its octets is not proved to be in the tree.",
    ),
    Defect(
        name="identity-of-another-session",
        module="verification.check_commitment_consistency",
        old="if identity.key_exchange.commitment() != body.key_exchange_commitment:",
        new="if len(identity.key_exchange.commitment()) != len(body.key_exchange_commitment):",
        what="The Server's signature is not tied to the attested session.",
    ),
    Defect(
        name="certificate-valid-now",
        module="verification.check_commitment_consistency",
        old="time=info.time,",
        new="time=0,",
        what="A certificate chain is not judged at the attested time.",
    ),
    Defect(
        name="binding-without-audience",
        module="presentation",
        old="+ encode_as(Audience, audience)",
        new="",
        what="The holder's signature does not cover the audience.",
    ),
    Defect(
        name="binding-without-nonce",
        module="presentation",
        old="+ encode_as(Nonce, nonce)",
        new="",
        what="The holder's signature does not cover the nonce.",
    ),
    Defect(
        name="binding-without-parts",
        module="presentation",
        old="+ presentation.digest()",
        new="",
        what="The holder's signature does not cover what is shown.",
    ),
    Defect(
        name="signature-without-context",
        module="attestation",
        old="return Context.ATTESTATION_HEADER.octets + self.encode()",
        new="return self.encode()",
        what="The Notary signs a header without a context; tlsn, alpha.14.",
    ),
    Defect(
        name="body-digest-without-context",
        module="attestation",
        old="Context.ATTESTATION_BODY.octets + self.encode()",
        new="self.encode()",
        what="The digest of the body has no context.",
    ),
    Defect(
        name="blinder-before-octets",
        module="commitments",
        old="+ octets + blinder",
        new="+ blinder + octets",
        what="The blinder of a hash commitment stands before the octets.",
    ),
    Defect(
        name="commitment-without-length",
        module="commitments",
        old='len(octets).to_bytes(4, "little") + octets',
        new="octets",
        what="A hash commitment does not hold the length.",
    ),
    Defect(
        name="wildcard-over-several-labels",
        module="tls.server_identity",
        old="return len(rest) > 1 and rest == labels[1:]",
        new="return len(rest) > 1 and rest == labels[-len(rest):]",
        what="A wildcard of a certificate stands for several labels.",
    ),
    Defect(
        name="wildcard-of-a-public-suffix",
        module="tls.server_identity",
        old="return len(rest) > 1 and rest == labels[1:]",
        new="return rest == labels[1:]",
        what="A wildcard stands directly below a top-level name.",
    ),
    Defect(
        name="challenge-without-publics",
        module="zero_knowledge.plonk",
        old="beta = _challenge(*key.polynomials, *publics, proof.a",
        new="beta = _challenge(*key.polynomials, proof.a",
        what="The challenges do not depend on the statement; several provers, 2022.",
    ),
    Defect(
        name="challenge-without-key",
        module="zero_knowledge.plonk",
        old="beta = _challenge(*key.polynomials, *publics",
        new="beta = _challenge(*publics",
        what="The challenges do not depend on the circuit.",
    ),
    Defect(
        name="no-challenge-for-the-openings",
        module="zero_knowledge.plonk",
        old="u = _challenge(proof.w_xi, proof.w_xi_omega)",
        new="u = 1",
        what="Both openings are added without a challenge, so that errors cancel.",
    ),
    Defect(
        name="aliased-publics",
        module="zero_knowledge.plonk",
        old="if not all(0 <= value < ORDER for value in publics):",
        new="if not all(0 <= value < 2**256 for value in publics):",
        what="A public input and the same plus the order are both taken; many on-chain verifiers.",
    ),
    Defect(
        name="extended-master-secret-ignored",
        module="tls.pseudorandom_function",
        old="if session_hash is not None:",
        new="if session_hash is not None and not session_hash:",
        what="The session hash is ignored.",
    ),
    Defect(
        name="key-block-with-client-first",
        module="tls.pseudorandom_function",
        old="seed = server_random + client_random",
        new="seed = client_random + server_random",
        what="The key block's seed has the client's random first.",
    ),
    Defect(
        name="record-length-of-ciphertext",
        module="tls.record_protection",
        old="length=len(record.ciphertext),",
        new="length=len(record.ciphertext) + 16,",
        what="The additional data hold the length with the tag.",
    ),
)


def declared() -> Iterator[Mutant]:
    """The mutant of each defect."""
    for defect in DEFECTS:
        module = f"mpctls.spec.{defect.module}"
        source = source_of(module)
        if source.count(defect.old) != 1:
            raise ValueError(f"{defect.name}: its text stands {source.count(defect.old)} times in {module}")
        line = source[: source.index(defect.old)].count("\n") + 1
        function, statement = _around(ast.parse(source), line)
        yield Mutant(
            id=f"defect/{defect.name}",
            module=module,
            function=function,
            line=line,
            change=Change.DECLARED,
            text=defect.what,
            reason="",
            anchor=(statement.lineno, statement.col_offset),
            build=_builder(source, defect),
        )


def _builder(source: str, defect: Defect) -> Callable[[], ast.Module]:
    return lambda: ast.parse(source.replace(defect.old, defect.new))


def _around(tree: ast.Module, line: int) -> tuple[str, ast.stmt]:
    """The outermost function around a line, and the innermost statement of it."""
    names: list[str] = []
    inside: ast.stmt | None = None
    node: ast.AST = tree
    while True:
        children = (
            each
            for each in ast.walk(node)
            if each is not node
            and isinstance(each, ast.stmt)
            and each.lineno <= line <= (each.end_lineno or 0)
        )
        child = next(children, None)
        if child is None:
            break
        if isinstance(child, ast.ClassDef | ast.FunctionDef) and not isinstance(inside, ast.FunctionDef):
            names.append(child.name)
        node = inside = child
    if inside is None:
        raise ValueError(f"line {line} stands in no statement")
    return ".".join(names), inside
