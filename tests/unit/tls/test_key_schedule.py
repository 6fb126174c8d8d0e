"""The key schedule in the clear, against published vectors."""

from __future__ import annotations

import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mpctls.reference.foundation.sha256 import compress, inner_digest, padded
from mpctls.reference.tls import key_schedule

# The initial chaining value (FIPS 180-4, section 5.3.3).
INITIAL = bytes.fromhex("6a09e667bb67ae853c6ef372a54ff53a510e527f9b05688c1f83d9ab5be0cd19")
# NIST CAVP, TLS 1.2 KDF with SHA-256, count 0, as carried in OpenSSL's evpkdf_tls12_prf.txt.
PREMASTER = bytes.fromhex(
    "f8938ecc9edebc5030c0c6a441e213cd24e6f770a50dda07876f8d55da062bcadb386b411fd4fe4313a604fce6c17fbc"
)
MASTER = bytes.fromhex(
    "202c88c00f84a17a20027079604787461176455539e705be730890602c289a5001e34eeb3a043e5d52a65e66125188bf"
)
HELLO_CLIENT_RANDOM = bytes.fromhex("36c129d01a3200894b9179faac589d9835d58775f9b5ea3587cb8fd0364cae8c")
HELLO_SERVER_RANDOM = bytes.fromhex("f6c9575ed7ddd73e1f7d16eca115415812a43c2b747daaaae043abfb50053fce")
CLIENT_RANDOM = bytes.fromhex("62e1fd91f23f558a605f28478c58cf72637b89784d959df7e946d3f07bd1b616")
SERVER_RANDOM = bytes.fromhex("ae6c806f8ad4d80784549dff28a4b58fd837681a51d928c3e30ee5ff14f39868")
KEY_BLOCK = bytes.fromhex("d06139889fffac1e3a71865f504aa5d0d2a2e89506c6f2279b670c3e1b74f531016a2530c51a3a0f")


def test_pseudo_random_function() -> None:
    """The vector for P_SHA256 published on the IETF TLS list (message 03416 of its archive)."""
    output = key_schedule.prf(
        bytes.fromhex("9bbe436ba940f017b17652849a71db35"),
        b"test label",
        bytes.fromhex("a0ba9f936cda311827a6f796ffd5198c"),
        100,
    )
    assert output.hex() == (
        "e3f229ba727be17b8d122620557cd453c2aab21d07c3d495329b52d4e61edb5a6b301791e90d35c9c9a46b4e14baf9af0f"
        "a022f7077def17abfd3797c0564bab4fbc91666e9def9b97fce34f796789baa48082d122ee42c5a72e5a5110fff70187347b66"
    )


def test_master_secret_derivation() -> None:
    # The vector's pre-master secret has 48 octets, as with RSA key transport; ours always has 32.
    seed = HELLO_CLIENT_RANDOM + HELLO_SERVER_RANDOM
    assert key_schedule.prf(PREMASTER, b"master secret", seed, 48) == MASTER
    ours = key_schedule.master_secret(
        PREMASTER[:32], client_random=HELLO_CLIENT_RANDOM, server_random=HELLO_SERVER_RANDOM
    )
    assert ours == key_schedule.prf(PREMASTER[:32], b"master secret", seed, 48)


def test_extended_master_secret_derivation() -> None:
    """The label against OpenSSL's vector (last of evpkdf_tls12_prf.txt), then the seed of RFC 7627."""
    expected = (
        "8cb203c99a13871fd96cecd2770720df3c4ebd49e1cbc956fddb400f9c051fb69b63d7abb2f996f4e4d1ac0e9153f51b"
    )
    secret = bytes.fromhex("0102030405060708090a0b")
    seed = HELLO_CLIENT_RANDOM + HELLO_SERVER_RANDOM
    assert key_schedule.prf(secret, b"extended master secret", seed, 48).hex() == expected
    session_hash = hashlib.sha256(b"handshake").digest()
    assert key_schedule.extended_master_secret(PREMASTER[:32], session_hash=session_hash) == key_schedule.prf(
        PREMASTER[:32], b"extended master secret", session_hash, 48
    )


def test_key_block_is_cut_in_the_order_of_the_standard() -> None:
    keys = key_schedule.traffic_keys(MASTER, client_random=CLIENT_RANDOM, server_random=SERVER_RANDOM)
    assert keys.client_key + keys.server_key + keys.client_salt + keys.server_salt == KEY_BLOCK


def test_verify_data_has_its_own_label_for_each_side() -> None:
    transcript_hash = hashlib.sha256(b"transcript").digest()
    client = key_schedule.client_verify_data(MASTER, transcript_hash)
    server = key_schedule.server_verify_data(MASTER, transcript_hash)
    assert client == key_schedule.prf(MASTER, b"client finished", transcript_hash, 12)
    assert server == key_schedule.prf(MASTER, b"server finished", transcript_hash, 12)
    assert client != server


def test_secrets_stay_out_of_repr() -> None:
    keys = key_schedule.traffic_keys(MASTER, client_random=CLIENT_RANDOM, server_random=SERVER_RANDOM)
    assert repr(keys) == "TrafficKeys()"


def test_values_of_another_size_raise() -> None:
    with pytest.raises(ValueError, match="33 octets in the place of 32"):
        key_schedule.master_secret(bytes(33), client_random=bytes(32), server_random=bytes(32))
    with pytest.raises(ValueError, match="31 octets"):
        key_schedule.extended_master_secret(bytes(32), session_hash=bytes(31))
    with pytest.raises(ValueError, match="47 octets"):
        key_schedule.traffic_keys(bytes(47), client_random=bytes(32), server_random=bytes(32))
    with pytest.raises(ValueError, match="33 octets"):
        key_schedule.client_verify_data(MASTER, bytes(33))


def test_compression_of_one_block() -> None:
    """FIPS 180-2, appendix B.1: the message abc."""
    digest = compress(INITIAL, padded(b"abc", 0))
    assert digest.hex() == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


@given(st.binary(max_size=300), st.binary(min_size=64, max_size=64))
def test_inner_digest_continues_after_a_block(message: bytes, block: bytes) -> None:
    assert inner_digest(compress(INITIAL, block), message) == hashlib.sha256(block + message).digest()


@pytest.mark.parametrize("size", [0, 54, 55, 56, 63, 64, 119, 120])
def test_inner_digest_at_the_edges_of_padding(size: int) -> None:
    message, block = bytes(range(size)), bytes(range(64))
    assert inner_digest(compress(INITIAL, block), message) == hashlib.sha256(block + message).digest()


def test_authentication_code_from_its_inner_state() -> None:
    """RFC 4231, section 4.3: what the two parties compute of an HMAC outside and inside the computation."""
    key, message = b"Jefe".ljust(64, b"\x00"), b"what do ya want for nothing?"
    inner_state = compress(INITIAL, bytes(octet ^ 0x36 for octet in key))
    outer_state = compress(INITIAL, bytes(octet ^ 0x5C for octet in key))
    code = inner_digest(outer_state, inner_digest(inner_state, message))
    assert code.hex() == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    assert code == hmac.digest(b"Jefe", message, "sha256")


def test_states_and_blocks_of_another_size_raise() -> None:
    with pytest.raises(ValueError, match="a state is 32 octets"):
        compress(bytes(31), bytes(64))
    with pytest.raises(ValueError, match="a block 64"):
        compress(bytes(32), bytes(63))
