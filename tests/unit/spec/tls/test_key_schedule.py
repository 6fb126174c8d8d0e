"""TLS 1.2 key derivation: published answers, and the split equal to the plain function."""

from __future__ import annotations

import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mpctls.spec.tls.pseudorandom_function import (
    derive_master_secret,
    derive_traffic_keys,
    derive_verify_data,
    master_secret_seed,
    pseudorandom_function,
)
from mpctls.spec.tls.sha256 import BLOCK_LENGTH, INITIAL_STATE, compress, finish
from mpctls.spec.tls.split_pseudorandom_function import (
    inner_digest,
    keyed_states,
    outer_hash,
    split_pseudorandom_function,
)

secrets = st.binary(min_size=1, max_size=64)


def test_the_pseudorandom_function_gives_the_published_output() -> None:
    """Test vector for SHA-256, IETF TLS working group's mailing list, message 03416."""
    output = pseudorandom_function(
        bytes.fromhex("9bbe436ba940f017b17652849a71db35"),
        b"test label",
        bytes.fromhex("a0ba9f936cda311827a6f796ffd5198c"),
        100,
    )
    assert output.hex() == (
        "e3f229ba727be17b8d122620557cd453c2aab21d07c3d495329b52d4e61edb5a"
        "6b301791e90d35c9c9a46b4e14baf9af0fa022f7077def17abfd3797c0564bab"
        "4fbc91666e9def9b97fce34f796789baa48082d122ee42c5a72e5a5110fff70187347b66"
    )


def test_the_master_secret_of_the_nist_vectors() -> None:
    """NIST CAVP, SP 800-135 TLS key derivation, TLS 1.2 with SHA-256, first case (its secret has 48
    octets).
    """
    secret = bytes.fromhex(
        "f8938ecc9edebc5030c0c6a441e213cd24e6f770a50dda07876f8d55da062bcadb386b411fd4fe4313a604fce6c17fbc"
    )
    seed = master_secret_seed(
        client_random=bytes.fromhex("36c129d01a3200894b9179faac589d9835d58775f9b5ea3587cb8fd0364cae8c"),
        server_random=bytes.fromhex("f6c9575ed7ddd73e1f7d16eca115415812a43c2b747daaaae043abfb50053fce"),
        session_hash=None,
    )
    master_secret = derive_master_secret(secret, seed)
    assert master_secret.hex() == (
        "202c88c00f84a17a20027079604787461176455539e705be730890602c289a5001e34eeb3a043e5d52a65e66125188bf"
    )
    keys = derive_traffic_keys(
        master_secret,
        client_random=bytes.fromhex("62e1fd91f23f558a605f28478c58cf72637b89784d959df7e946d3f07bd1b616"),
        server_random=bytes.fromhex("ae6c806f8ad4d80784549dff28a4b58fd837681a51d928c3e30ee5ff14f39868"),
    )
    assert keys.client_key.hex() == "d06139889fffac1e3a71865f504aa5d0"
    assert keys.server_key.hex() == "d2a2e89506c6f2279b670c3e1b74f531"
    assert keys.client_implicit_nonce.hex() == "016a2530"
    assert keys.server_implicit_nonce.hex() == "c51a3a0f"


def test_the_session_hash_replaces_the_randoms() -> None:
    seed = master_secret_seed(client_random=b"c" * 32, server_random=b"s" * 32, session_hash=b"h" * 32)
    assert (seed.label, seed.seed) == (b"extended master secret", b"h" * 32)


@given(st.binary(max_size=300))
def test_compressions_make_sha256(message: bytes) -> None:
    assert finish(INITIAL_STATE, 0, message) == hashlib.sha256(message).digest()
    block = message.ljust(BLOCK_LENGTH, b"\0")[:BLOCK_LENGTH]
    after = compress(INITIAL_STATE, block)
    assert finish(after, BLOCK_LENGTH, message) == hashlib.sha256(block + message).digest()


@given(secrets, st.binary(max_size=130))
def test_the_two_states_make_hmac(key: bytes, message: bytes) -> None:
    states = keyed_states(key)
    assert outer_hash(states.outer, inner_digest(states.inner, message)) == hmac.digest(
        key, message, "sha256"
    )


@given(secrets, st.binary(max_size=80), st.integers(1, 100))
def test_the_split_is_the_plain_function(secret: bytes, seed: bytes, length: int) -> None:
    output = split_pseudorandom_function(keyed_states(secret), b"label", seed, length)
    assert output.octets == pseudorandom_function(secret, b"label", seed, length)
    assert output.compressions == 2 * len(output.chain) == 2 * -(-length // 32)


def test_a_key_schedule_shares_sixteen_compressions() -> None:
    """Both pads of both secrets, then master secret, key block and two Finished."""
    states = keyed_states(b"secret")
    outputs = [split_pseudorandom_function(states, b"", b"", length) for length in (48, 40, 12, 12)]
    assert 2 * 2 + sum(output.compressions for output in outputs) == 16


def test_verify_data_has_twelve_octets_and_depends_on_label_and_hash() -> None:
    values = {
        derive_verify_data(b"m" * 48, label, handshake_hash)
        for label in (b"client finished", b"server finished")
        for handshake_hash in (b"1" * 32, b"2" * 32)
    }
    assert len(values) == 4
    assert {len(value) for value in values} == {12}


def test_long_keys_and_other_digests_are_refused() -> None:
    with pytest.raises(ValueError, match="64 octets"):
        keyed_states(bytes(65))
    with pytest.raises(ValueError, match="32 octets"):
        outer_hash(INITIAL_STATE, bytes(31))
