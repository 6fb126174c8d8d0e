"""The key schedule opens to both parties what the table of views lists, and nothing else.

Compared: every value that is opened to each party, in order: inner states, A(i), implicit nonces. What the machine
holds, as one who knows the pre-master secret derives it.
"""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from mpctls.spec.diagram import Role
from mpctls.spec.tls.pseudorandom_function import (
    derive_master_secret,
    derive_traffic_keys,
    master_secret_seed,
    pseudorandom_function,
)

from ...fields import Fields, number, optional, read_number, read_optional
from ...property import Operation
from ..connections import after_key_schedule, handshake_fields, opened_to
from ..drawing import DIGESTS


@st.composite
def _outputs(draw: DrawFn) -> Fields:
    return {
        "secret": draw(st.binary(max_size=64)),
        "label": draw(st.text(st.characters(max_codepoint=126, min_codepoint=32), max_size=24)).encode(),
        "seed": draw(st.binary(max_size=70)),
        "length": number(draw(st.integers(0, 130))),
    }


@st.composite
def _secrets(draw: DrawFn) -> Fields:
    return {
        "pre-master secret": draw(DIGESTS),
        "client random": draw(DIGESTS),
        "server random": draw(DIGESTS),
        "session hash": optional(draw(st.none() | DIGESTS)),
    }


def _expand(fields: Fields) -> Fields:
    length = read_number(fields["length"])
    return {"octets": pseudorandom_function(fields["secret"], fields["label"], fields["seed"], length)}


def _keys(fields: Fields) -> Fields:
    client_random, server_random = fields["client random"], fields["server random"]
    seed = master_secret_seed(
        client_random=client_random,
        server_random=server_random,
        session_hash=read_optional(fields["session hash"]),
    )
    master_secret = derive_master_secret(fields["pre-master secret"], seed)
    keys = derive_traffic_keys(master_secret, client_random=client_random, server_random=server_random)
    return {
        "master secret": master_secret,
        "client key": keys.client_key,
        "server key": keys.server_key,
        "client implicit nonce": keys.client_implicit_nonce,
        "server implicit nonce": keys.server_implicit_nonce,
    }


def _derive(fields: Fields) -> Fields:
    _, connection = after_key_schedule(fields)
    return {"prover": opened_to(connection, Role.PROVER), "notary": opened_to(connection, Role.NOTARY)}


OPERATIONS = (
    Operation(name="mpc_tls/pseudorandom-function", inputs=_outputs, specification=_expand),
    Operation(name="mpc_tls/derive-keys", inputs=_secrets, specification=_keys),
    Operation(
        name="mpc_tls/key-schedule",
        inputs=lambda: handshake_fields().map(lambda drawn: drawn[0]),
        specification=_derive,
        two_party=True,
    ),
)
