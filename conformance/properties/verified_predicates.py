"""The predicates of a presentation, verified with keys that are given in place of a compiler."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from mpctls.spec.presentation import Presentation
from mpctls.spec.reasons import Reason, Rejection
from mpctls.spec.trust_store import SetupOrigin, TrustedSetup
from mpctls.spec.verification import check_commitment_consistency as step
from mpctls.spec.verifier_policy import ANY_REQUEST
from mpctls.spec.zero_knowledge.bn254 import G1Point, G2Point
from mpctls.spec.zero_knowledge.plonk import PlonkKey
from mpctls.spec.zero_knowledge.predicate import Predicate
from mpctls.spec.zero_knowledge.presented_predicates import Evidence, FieldShape, verify_predicates
from mpctls.spec.zero_knowledge.reading_predicates import read_json
from mpctls.spec.zero_knowledge.scalar_field import encode_scalar

from ..fields import (
    Fields,
    flag,
    listed,
    number,
    numbers,
    optional,
    read_flag,
    read_list,
    read_number,
    read_optional,
)
from .drawing import flipped
from .proved_presentations import DEVELOPMENT, OWN, count_of, key_of, presented, proved, usual_account

_NUMBER = 32
_TEXT = (
    '{"version":1,"fields":[{"attestation":0,"json":"$.balance","side":"response","type":"decimal(2)"}],'
    '"condition":{"compare":["≥",{"field":0},"1000"]}}'
)


def key_octets(key: PlonkKey) -> bytes:
    """A key as one field: power, count of publics, polynomials, [τ] of G2."""
    points = [bytes(2 * _NUMBER) if point is None else point.octets() for point in key.polynomials]
    tau = b"".join(each.to_bytes(_NUMBER, "big") for each in (*key.tau_in_g2.x, *key.tau_in_g2.y))
    return listed([number(key.power), number(key.public_count), listed(points), tau])


def key_from(power: int, public_count: int, polynomials: Sequence[bytes], tau: bytes) -> PlonkKey:
    """The key of these parts; zeros are infinity."""
    names = ("q_m", "q_l", "q_r", "q_o", "q_c", "s_1", "s_2", "s_3")
    points = {
        name: G1Point(x=_read(octets, 0), y=_read(octets, 1)) if any(octets) else None
        for name, octets in zip(names, polynomials, strict=True)
    }
    x_0, x_1, y_0, y_1 = (_read(tau, place) for place in range(4))
    in_g2 = G2Point(x=(x_0, x_1), y=(y_0, y_1))
    return PlonkKey(power=power, public_count=public_count, tau_in_g2=in_g2, **points)


def _read(octets: bytes, place: int) -> int:
    return int.from_bytes(octets[_NUMBER * place : _NUMBER * (place + 1)], "big")


def setup_octets(digest: bytes, origin: str, power: int = 4) -> bytes:
    """A setup as one field."""
    return listed([digest, origin.encode(), number(power)])


USUAL_SETUPS: tuple[bytes, ...] = (setup_octets(OWN, "own"), setup_octets(DEVELOPMENT, "development"))


def fields_of(
    presentation: Presentation,
    keys: Sequence[PlonkKey],
    *,
    setups: Sequence[bytes] = USUAL_SETUPS,
    development: bool = False,
    rows: int = 2**20,
    server_name: str | None = "bank.example",
) -> Fields:
    """The fields of the operation."""
    return {
        "presentation": presentation.encode(),
        "server name": optional(None if server_name is None else server_name.encode()),
        "setups": listed(setups),
        "development": flag(development),
        "rows": number(rows),
        "keys": listed([key_octets(key) for key in keys]),
    }


@cache
def usual() -> tuple[Presentation, Predicate]:
    """An account whose hidden balance is at least 1000, proved."""
    predicate = read_json(_TEXT)
    unproved = presented(usual_account(), "usual", bound=True)
    leaf = usual_account().leaf_of(b"1250.50")
    return replace(unproved, predicates=(proved(unproved, predicate, (leaf,)).encode(),)), predicate


@st.composite
def inputs(draw: DrawFn) -> Fields:
    """The usual presentation, mostly with one fault."""
    presentation, predicate = usual()
    key, setups = key_of(count_of(predicate)), USUAL_SETUPS
    development, rows = False, 2**20
    (octets,) = presentation.predicates
    match draw(
        st.sampled_from(("honest", "twice", "flipped", "flipped", "setup", "key", "rows", "leaf", "other"))
    ):
        case "twice":
            rows = draw(st.sampled_from((31, 32)))
            presentation = replace(presentation, predicates=(octets, octets))
        case "flipped":
            place = draw(st.integers(0, len(octets) - 1))
            presentation = replace(presentation, predicates=(flipped(octets, place),))
        case "setup":
            origin = draw(st.sampled_from(SetupOrigin))
            power, development = draw(st.integers(3, 5)), draw(st.booleans())
            setups = (setup_octets(OWN, origin.value, power),)
        case "key":
            key = key_of(draw(st.integers(5, 7)))
        case "rows":
            rows = draw(st.sampled_from((0, 15, 16)))
        case "leaf":
            other = replace(
                proved(replace(presentation, predicates=()), predicate, (4,)),
                leaves=(draw(st.integers(0, 9)),),
            )
            presentation = replace(presentation, predicates=(other.encode(),))
        case "other":
            presentation = replace(presentation, predicates=(draw(st.binary(max_size=3)),))
    return fields_of(
        presentation,
        [key] * len(presentation.predicates),
        setups=setups,
        development=development,
        rows=rows,
    )


def verify(fields: Fields) -> Fields:
    """What the specification makes of the predicates, with the keys in place of a compiler."""
    setups = [read_list(each) for each in read_list(fields["setups"])]
    sizes = {digest: read_number(power) for digest, _, power in setups}
    keys = iter(
        key_from(read_number(power), read_number(count), read_list(polynomials), tau)
        for power, count, polynomials, tau in map(read_list, read_list(fields["keys"]))
    )

    def compiled(_predicate: Predicate, _shapes: Sequence[FieldShape], setup: bytes) -> PlonkKey:
        key = next(keys)
        if key.power > sizes[setup]:
            raise Rejection(Reason.ZERO_KNOWLEDGE_SETUP_TOO_SMALL, f"2^{key.power} rows")
        return key

    trusted = tuple(
        TrustedSetup(name=f"setup {place}", digest=digest, origin=SetupOrigin(origin.decode()))
        for place, (digest, origin, _) in enumerate(setups)
    )
    presentation = Presentation.decode(fields["presentation"])
    body, name = presentation.attestation.body, read_optional(fields["server name"])
    openings = () if presentation.transcript is None else presentation.transcript.openings
    if presentation.transcript is not None:
        step.verify_transcript(presentation.transcript, body.transcript_commitments, body.connection_info)
    evidence = Evidence(
        header=presentation.attestation.header,
        binding=presentation.binding,
        partial=step.reconstruct(openings, body.connection_info),
        leaves={opening.index: opening.commitment for opening in openings},
        closure=body.connection_info.closure,
        server_name=None if name is None else name.decode(),
        requests=ANY_REQUEST,
        setups=trusted,
        accept_development_setups=read_flag(fields["development"]),
        compiler=compiled,
        largest_row_count=read_number(fields["rows"]),
    )
    return {
        "predicates": listed(
            [
                listed(
                    [
                        each.predicate.digest(),
                        numbers(each.leaves),
                        listed([encode_scalar(output) for output in each.outputs]),
                        each.setup.digest,
                    ]
                )
                for each in verify_predicates(presentation.predicates, evidence)
            ]
        )
    }
