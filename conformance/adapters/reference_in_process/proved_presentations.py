"""Predicates of a presentation as the reference verifies them, with keys that are given in place of compiled ones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from mpctls.reference.foundation.artifacts import PRESENTATION
from mpctls.reference.presentation.predicates import PredicatePolicy, verify_predicates
from mpctls.reference.presentation.verification import (
    VerifiedPresentation,
    shown_leaves,
    verify_commitments,
)
from mpctls.zkp.plonk.proof import VerifyingKey
from mpctls.zkp.predicate.canonical import digest
from mpctls.zkp.predicate.conditions import Predicate
from mpctls.zkp.predicate.key_cache import KeyCache
from mpctls.zkp.predicate.shapes import Shape
from mpctls.zkp.setup.powers import Origin, Setup, power_count
from mpctls.zkp.verify import AcceptedSetups, ProvedPredicate

from ...fields import Fields, listed, numbers, read_flag, read_list, read_number, read_optional
from .predicates import scalar
from .proofs import plonk_key


@dataclass(frozen=True, kw_only=True, eq=False)
class _NamedSetup(Setup):
    """A setup that has a digest and a size, and no powers that anybody looks at."""

    named: bytes

    @cached_property
    def digest(self) -> bytes:
        return self.named


def _setup(octets: bytes) -> _NamedSetup:
    named, origin, power = read_list(octets)
    size = read_number(power)
    return _NamedSetup(
        origin=Origin[origin.decode().upper()],
        label="",
        size_log2=size,
        powers=np.zeros((power_count(size), 2, 4), np.uint64),
        tau=np.zeros((4, 4), np.uint64),
        named=named,
    )


class _GivenKeys(KeyCache):
    """Hands out keys in their order, where the reference would compile."""

    def __init__(self, keys: Iterator[VerifyingKey]) -> None:
        super().__init__()
        self._given = keys

    def verifying_key(self, predicate: Predicate, shapes: tuple[Shape, ...], setup: Setup) -> VerifyingKey:
        key = next(self._given)
        setup.prefix(key.size_log2)
        return key


def _shown(proved: ProvedPredicate) -> bytes:
    return listed(
        [
            digest(proved.predicate),
            numbers([each.index for each in proved.fields]),
            listed([scalar(output) for output in proved.outputs]),
            proved.setup.digest,
        ]
    )


def _verify(fields: Fields) -> Fields:
    presentation = PRESENTATION.decode(fields["presentation"])
    body, name = presentation.attestation.body, read_optional(fields["server name"])
    verified = VerifiedPresentation(
        notary=None,
        time=body.connection_info.time,
        server_name=None if name is None else name.decode(),
        closure=body.connection_info.closure,
        transcript=verify_commitments(presentation.transcript, body),
        leaves=shown_leaves(presentation.transcript),
    )
    accepted = AcceptedSetups.of(
        *map(_setup, read_list(fields["setups"])), accept_development=read_flag(fields["development"])
    )
    keys = _GivenKeys(plonk_key(*read_list(each)) for each in read_list(fields["keys"]))
    policy = PredicatePolicy(setups=accepted, keys=keys, maximum_rows=read_number(fields["rows"]))
    return {"predicates": listed(list(map(_shown, verify_predicates(presentation, verified, policy))))}


HANDLERS = {"verification/verify-predicates": _verify}
