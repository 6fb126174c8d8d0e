"""The conversion to a field, ideal: what makes an encoding commitment bind to the octets of the transcript.

For the commitment at leaf index j the machine knows the octets y that the registered records decrypt to. It
draws an offset k_j and a factor Δ_j ≠ 0, uniform in F_r, and gives the Prover m_j = k_j + Σ_e Δ_j^e · x_e,
which is uniform and so says nothing about Δ_j. The Prover commits to (m_j, x). When every commitment is
registered, offsets and factors are released to both, once.

Leakage.

A corrupt *Prover* may commit to another pair (m, x) than the one it was given (`replace`), until the release.
Its commitment opens exactly when m = k_j + Σ_e Δ_j^e · x_e: for x ≠ y with probability at most n/(r - 1),
whatever its computing power, because it knows only one value of the polynomial in Δ_j.

A corrupt *Notary* chooses k_j and Δ_j as it likes (`choose`), which harms only those who trust it, and may
add to m_j an error for every bit of y that is set (`deviate`). The Prover finds any error at the release,
whatever its bits are, and from the release on sends nothing, so the Notary never learns that it did.

Realised by `zero_knowledge/conversion.py` over authenticated bits, with hash functions for which a label
under an unknown correlation looks random. `docs/protocol/formats.md`, section 5.1.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ..diagram import Role
from ..identifiers import Direction
from ..mpc_tls.views import Item, ViewLog, ViewStep
from ..randomness import Randomness
from ..ranges import RangeSet
from ..reasons import Reason, Rejection
from ..zero_knowledge.conversion import bits_of
from ..zero_knowledge.field_encoding import elements_of, message_of
from ..zero_knowledge.scalar_field import ORDER, encode_scalar
from .zero_knowledge_proof import ZeroKnowledgeProof


class ConversionError(Exception):
    """The functionality was used against its rules: what an engine would refuse to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Converted:
    """The offset k_j and the factor Δ_j of one commitment."""

    offset: int
    factor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Committed:
    """What the machine holds for one commitment, and what the Prover committed to."""

    converted: Converted
    message: int
    elements: tuple[int, ...]


class FieldConversion:
    """All conversions of one session, by leaf index."""

    def __init__(self, proof: ZeroKnowledgeProof, randomness: Randomness, views: ViewLog) -> None:
        self._proof = proof
        self._randomness = randomness
        self._views = views
        self._chosen: dict[int, Converted] = {}
        self._deviations: dict[int, Mapping[int, int]] = {}
        self._committed: dict[int, _Committed] = {}
        self._released = False

    def commit(self, index: int, direction: Direction, ranges: RangeSet) -> int:
        """Convert the octets of a leaf and return m_j to the Prover, whose commitment is to it and to them.

        Draws "encoding offset j" and "encoding factor j". Refused for a leaf that is converted already, and
        after the release.
        """
        self._require_unreleased()
        if index in self._committed:
            raise ConversionError(f"leaf {index} is converted already: its tweaks are used up")
        octets = ranges.gather(self._proof.hand_over(direction.name.lower()))
        drawn = Converted(
            offset=self._randomness.below(f"encoding offset {index}", ORDER),
            factor=1 + self._randomness.below(f"encoding factor {index}", ORDER - 1),
        )
        converted = self._chosen.get(index, drawn)
        elements = elements_of(octets)
        errors = self._deviations.get(index, {})
        error = sum(errors.get(position, 0) * bit for position, bit in enumerate(bits_of(octets)))
        message = (message_of(converted.offset, converted.factor, elements) + error) % ORDER
        self._committed[index] = _Committed(converted=converted, message=message, elements=elements)
        self._views.show(Role.PROVER, ViewStep.SUBMISSION, Item.ENCODING_MESSAGE, encode_scalar(message))
        return message

    def release(self) -> Mapping[int, Converted]:
        """End the proof and return every offset and factor to the Notary. Refused a second time."""
        self._require_unreleased()
        self._released = True
        self._proof.end()
        for committed in self._committed.values():
            converted = committed.converted
            octets = encode_scalar(converted.offset) + encode_scalar(converted.factor)
            self._views.show_both(ViewStep.SUBMISSION, Item.RELEASE, octets)
        return {index: committed.converted for index, committed in self._committed.items()}

    def learn_release(self) -> Mapping[int, Converted]:
        """What the Prover learns at the release. Refused before it.

        Rejects with data-submission/conversion-check-failed when the Notary deviated; the Prover then says
        nothing to its peer and keeps nothing of the session.
        """
        if not self._released:
            raise ConversionError("nothing is released yet")
        if any(any(errors.values()) for errors in self._deviations.values()):
            raise Rejection(Reason.DATA_SUBMISSION_CONVERSION_CHECK_FAILED)
        return {index: committed.converted for index, committed in self._committed.items()}

    def opens(self, index: int, elements: Sequence[int]) -> bool:
        """After the release: whether the commitment at this index opens to these elements."""
        if not self._released:
            raise ConversionError("nothing is opened before the release")
        committed = self._committed[index]
        converted = committed.converted
        return committed.elements == tuple(elements) and committed.message == message_of(
            converted.offset, converted.factor, elements
        )

    def replace(self, index: int, *, message: int, elements: Sequence[int]) -> None:
        """The power of a corrupt Prover: another pair for what it was given. Refused after the release."""
        self._require_unreleased()
        self._committed[index] = replace(
            self._committed[index], message=message % ORDER, elements=tuple(elements)
        )

    def choose(self, index: int, converted: Converted) -> None:
        """The power of a corrupt Notary over one commitment, before it is converted."""
        self._chosen[index] = converted

    def deviate(self, index: int, errors: Mapping[int, int]) -> None:
        """The power of a corrupt Notary over the Prover's message, before it: an error for each bit that is
        set.
        """
        self._deviations[index] = errors

    def _require_unreleased(self) -> None:
        if self._released:
            raise ConversionError("the release has been")
