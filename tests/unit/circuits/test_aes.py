"""AES-128 against FIPS 197 and OpenSSL."""

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES128
from cryptography.hazmat.primitives.ciphers.modes import ECB
from hypothesis import given
from hypothesis import strategies as st

from mpctls.reference.mpc.circuits.aes import aes_encrypt_block, aes_key_schedule, substitute
from mpctls.reference.mpc.circuits.builder import Builder
from mpctls.reference.mpc.circuits.circuit import evaluate_lanes

from .octets import run_octets


def substitution(octet: int) -> int:
    """SubBytes from its definition, FIPS 197 section 5.1.1: the inverse in GF(2^8), then the affine map."""

    def multiply(left: int, right: int) -> int:
        product = 0
        for position in range(8):
            if (right >> position) & 1:
                product ^= left << position
        for position in range(14, 7, -1):
            if (product >> position) & 1:
                product ^= 0x11B << (position - 8)
        return product

    inverse = next((value for value in range(256) if multiply(octet, value) == 1), 0)
    turned = inverse
    for distance in range(1, 5):
        turned ^= (inverse << distance | inverse >> (8 - distance)) & 0xFF
    return turned ^ 0x63


def test_substitution_of_every_octet_with_the_published_number_of_and_gates() -> None:
    builder = Builder("substitution")
    circuit = builder.finish(substitute(builder, builder.take_input(8)))
    inputs = [sum(1 << octet for octet in range(256) if (octet >> bit) & 1) for bit in range(8)]
    outputs = evaluate_lanes(circuit, inputs, lanes=256)
    computed = [sum(((lane >> octet) & 1) << bit for bit, lane in enumerate(outputs)) for octet in range(256)]
    assert computed == [substitution(octet) for octet in range(256)]
    assert circuit.and_count == 32


def test_key_expansion_of_fips_197() -> None:
    # FIPS 197 appendix A.1, w4 to w7 and w40 to w43.
    (round_keys,) = run_octets(aes_key_schedule(), bytes.fromhex("2b7e151628aed2a6abf7158809cf4f3c"))
    assert round_keys[16:32].hex() == "a0fafe1788542cb123a339392a6c7605"
    assert round_keys[160:].hex() == "d014f9a8c9ee2589e13f0cc8b6630ca6"


def test_cipher_of_fips_197() -> None:
    # FIPS 197 appendix C.1.
    (round_keys,) = run_octets(aes_key_schedule(), bytes(range(16)))
    (block,) = run_octets(aes_encrypt_block(), round_keys, bytes.fromhex("00112233445566778899aabbccddeeff"))
    assert block.hex() == "69c4e0d86a7b0430d8cdb78070b4c55a"


@given(key=st.binary(min_size=16, max_size=16), block=st.binary(min_size=16, max_size=16))
def test_agrees_with_openssl(key: bytes, block: bytes) -> None:
    (round_keys,) = run_octets(aes_key_schedule(), key)
    assert run_octets(aes_encrypt_block(), round_keys, block) == (
        Cipher(AES128(key), ECB()).encryptor().update(block),
    )
