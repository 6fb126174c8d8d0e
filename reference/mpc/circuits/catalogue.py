"""The circuits of a session under one roof: what each costs, and what the TLS 1.2 key schedule needs."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Final

from .aes import aes_encrypt_block, aes_key_schedule
from .automata import AUTOMATA
from .blake3 import blake3_compression
from .circuit import Circuit
from .keccak import keccak_permutation
from .lexical import lexical_step
from .p256 import join_pre_master_secret, modular_addition_p256, pre_master_secret_states
from .sha256 import hmac_key_states, hmac_outer, sha256_compression

MASTER_SECRET_OCTETS: Final = 48

# How often each circuit runs in the TLS 1.2 key schedule with inner states and A(i) opened (the split with 16
# compressions): pads of the pre-master secret 2, master secret 4, pads of the master secret 2, key block 4,
# verify_data of both directions 2 each. RFC 5246 sections 5, 6.3, 7.4.9 and 8.1.
KEY_SCHEDULE: Final[Mapping[str, int]] = MappingProxyType(
    {"pre-master-secret-states": 1, f"hmac-key-states-{MASTER_SECRET_OCTETS}": 1, "hmac-outer": 12}
)


@cache
def circuits() -> Mapping[str, Circuit]:
    """Return every circuit by its name."""
    built = [
        aes_key_schedule(),
        aes_encrypt_block(),
        sha256_compression(),
        hmac_key_states(MASTER_SECRET_OCTETS),
        hmac_outer(),
        modular_addition_p256(),
        join_pre_master_secret(),
        pre_master_secret_states(),
        blake3_compression(),
        keccak_permutation(),
        *(lexical_step(lexical_class) for lexical_class in AUTOMATA),
    ]
    return MappingProxyType({circuit.name: circuit for circuit in built})


def and_counts() -> dict[str, int]:
    """Return the number of AND gates of each circuit by its name, for the cost formula."""
    return {name: circuit.and_count for name, circuit in circuits().items()}
