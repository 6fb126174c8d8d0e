"""Setups: their structure, their files, and what is refused."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from mpctls.reference.foundation.contexts import SETUP
from mpctls.reference.foundation.errors import Refused
from mpctls.reference.foundation.randomness import SeededRandomness
from mpctls.zkp.bn254.constants import BASE_MODULUS, SCALAR_MODULUS
from mpctls.zkp.bn254.curve import G1, G2
from mpctls.zkp.bn254.field import SCALAR
from mpctls.zkp.setup.ceremonies import PUBLISHED
from mpctls.zkp.setup.checked import require_structure
from mpctls.zkp.setup.files import read_setup, write_setup
from mpctls.zkp.setup.generator_multiples import generator_multiples
from mpctls.zkp.setup.making import make_development_setup, make_own_setup
from mpctls.zkp.setup.powers import Origin, Setup, check_structure
from mpctls.zkp.setup.powers_of_tau import read_powers_of_tau

from . import circom_writers
from .examples import setup

SECRET = 0x1234567890ABCDEF
HEAD = 9
"""Octets of a file before its content."""


def reason(call: Callable[[], object]) -> str:
    with pytest.raises(Refused) as refusal:
        call()
    return refusal.value.reason


def test_multiples_of_the_generator_are_those_of_single_multiplications() -> None:
    scalars = [0, 1, 2, 255, 256, 257, 1 << 248, (1 << 253) + 1, SCALAR_MODULUS - 1, SCALAR_MODULUS // 2]
    points = generator_multiples(SCALAR.encode(scalars))
    expected = [G1.multiply(G1.generator, scalar) for scalar in scalars]
    assert np.array_equal(points, np.stack(expected))


def test_a_setup_of_ones_own_has_the_structure_and_another_secret_each_time() -> None:
    first, second = make_own_setup(3), make_own_setup(3)
    for made in (first, second):
        check_structure(made.powers, made.tau)
        assert made.origin is Origin.OWN
        assert len(made.powers) == 14
    assert not np.array_equal(first.powers[1], second.powers[1])
    assert first.digest != second.digest


def test_the_secret_is_what_was_drawn() -> None:
    drawn = 1 + SeededRandomness(b"secret").below(SCALAR_MODULUS - 1)
    made = make_own_setup(3, randomness=SeededRandomness(b"secret"))
    assert np.array_equal(made.powers[13], G1.multiply(G1.generator, pow(drawn, 13, SCALAR_MODULUS)))
    assert np.array_equal(made.tau, G2.multiply(G2.generator, drawn))


def test_a_development_setup_is_a_function_of_its_label_and_says_what_it_is() -> None:
    again = make_development_setup(4, setup().label)
    assert again.digest == setup().digest
    assert again.origin is Origin.DEVELOPMENT
    assert make_development_setup(4, "another").digest != again.digest


def test_the_digest_covers_origin_label_size_and_points() -> None:
    base = make_development_setup(3, "digest")
    content = (
        bytes([2, 6]) + b"digest" + bytes([3]) + G1.to_octets(base.powers) + G2.to_octets(base.tau[None])
    )
    assert base.digest == hashlib.sha256(SETUP + content).digest()
    others = [
        replace(base, origin=Origin.OWN),
        replace(base, label="digesu"),
        replace(base, tau=G2.generator),
        replace(base, powers=base.powers[::-1]),
    ]
    assert len({each.digest for each in (base, *others)}) == 5


def _swapped(given: Setup) -> Setup:
    powers = given.powers.copy()
    powers[[5, 6]] = powers[[6, 5]]
    return replace(given, powers=powers)


def _scaled(given: Setup) -> Setup:
    return replace(given, powers=np.stack([G1.multiply(point, 3) for point in given.powers]))


def _last_changed(given: Setup) -> Setup:
    powers = given.powers.copy()
    powers[-1] = G1.add(powers[-1], G1.generator)
    return replace(given, powers=powers)


def _of_zero(given: Setup) -> Setup:
    powers = np.zeros_like(given.powers)
    powers[0] = G1.generator
    return replace(given, powers=powers, tau=np.zeros_like(given.tau))


@pytest.mark.parametrize(
    "change",
    [
        _swapped,
        _scaled,
        _last_changed,
        _of_zero,
        lambda given: replace(given, tau=G2.multiply(given.tau, 2)),
        lambda given: replace(given, powers=np.stack([G1.generator, *given.powers[:-1]])),
    ],
    ids=["swapped", "scaled", "last changed", "secret zero", "other secret in G2", "shifted"],
)
def test_points_that_are_not_powers_of_one_secret_are_refused(change: Callable[[Setup], Setup]) -> None:
    changed = change(setup(3))
    with pytest.raises(Refused) as refusal:
        check_structure(changed.powers, changed.tau)
    assert refusal.value.reason == "zero-knowledge/setup-structure-invalid"


def test_a_setup_serves_smaller_tables_and_says_what_a_larger_one_needs() -> None:
    assert np.array_equal(setup(4).prefix(3), setup(4).powers[:14])
    with pytest.raises(Refused) as refusal:
        setup(4).prefix(9)
    assert refusal.value.reason == "zero-knowledge/setup-too-small"
    assert refusal.value.detail == "2^9 needed, 2^4 there"


def test_a_file_gives_back_the_setup(tmp_path: Path) -> None:
    made = make_own_setup(3)
    path = tmp_path / "setup"
    write_setup(path, made)
    read = read_setup(path)
    assert (read.origin, read.label, read.size_log2) == (Origin.OWN, "", 3)
    assert read.digest == made.digest
    assert np.array_equal(read.powers, made.powers)
    assert [each.name for each in tmp_path.iterdir()] == ["setup"]


def test_a_file_that_cannot_be_written_leaves_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "setup"
    path.mkdir()
    with pytest.raises(OSError):
        write_setup(path, setup(3))
    assert list(tmp_path.iterdir()) == [path]


def test_a_development_setup_is_refused_unless_accepted(tmp_path: Path) -> None:
    path = tmp_path / "setup"
    write_setup(path, setup(3))
    assert reason(lambda: read_setup(path)) == "zero-knowledge/development-setup"
    assert read_setup(path, accept_development=True).digest == setup(3).digest


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda octets: octets[:-1], "zero-knowledge/malformed-setup"),
        (lambda octets: octets + b"\0", "zero-knowledge/malformed-setup"),
        (lambda octets: b"", "zero-knowledge/malformed-setup"),
        (lambda octets: octets[: HEAD + 1], "zero-knowledge/malformed-setup"),
        (lambda octets: b"n" + octets[1:], "zero-knowledge/malformed-setup"),
        (lambda octets: octets[:6] + b"\x01" + octets[7:], "zero-knowledge/malformed-setup"),
        (lambda octets: octets[:7] + b"\x02" + octets[8:], "zero-knowledge/malformed-setup"),
        (lambda octets: octets[:HEAD] + b"\x03" + octets[HEAD + 1 :], "zero-knowledge/malformed-setup"),
        (lambda octets: octets[: HEAD + 1] + b"\xff" + octets[HEAD + 2 :], "zero-knowledge/malformed-setup"),
        (lambda octets: octets[: HEAD + 2] + b"\x04" + octets[HEAD + 3 :], "zero-knowledge/malformed-setup"),
        (lambda octets: octets[: HEAD + 2] + b"\xff" + octets[HEAD + 3 :], "zero-knowledge/malformed-setup"),
        (lambda octets: octets[:-1] + bytes([octets[-1] ^ 1]), "zero-knowledge/point-not-on-curve"),
        (
            lambda octets: octets[: HEAD + 3] + BASE_MODULUS.to_bytes(32, "big") + octets[HEAD + 35 :],
            "zero-knowledge/point-not-canonical",
        ),
    ],
)
def test_a_damaged_file_is_refused(tmp_path: Path, change: Callable[[bytes], bytes], expected: str) -> None:
    path = tmp_path / "setup"
    write_setup(path, make_own_setup(3))
    path.write_bytes(change(path.read_bytes()))
    assert reason(lambda: read_setup(path)) == expected


def test_structure_is_checked_once_for_each_digest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    made, checks = make_own_setup(3), []

    def count(*_: object) -> None:
        checks.append(1)

    monkeypatch.setattr("mpctls.zkp.setup.checked.check_structure", count)
    require_structure(made)
    require_structure(made)
    require_structure(make_own_setup(3))
    assert len(checks) == 2


def test_a_setup_without_the_structure_is_never_remembered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    wrong = _swapped(make_own_setup(3))
    for _ in range(2):
        assert reason(lambda: require_structure(wrong)) == "zero-knowledge/setup-structure-invalid"


# Files of ceremonies


def ceremony(tmp_path: Path, contents: dict[int, bytes], version: int = 1) -> tuple[Path, dict[str, str]]:
    """A file, and a table in which its digest stands."""
    path = tmp_path / "made.ptau"
    path.write_bytes(circom_writers.sections(b"ptau", version, contents))
    return path, {hashlib.blake2b(path.read_bytes()).hexdigest(): "made for this test"}


def test_powers_of_tau_of_an_accepted_digest_are_read(tmp_path: Path) -> None:
    path, published = ceremony(tmp_path, circom_writers.powers_of_tau(4, SECRET))
    read = read_powers_of_tau(path, size_log2=3, published=published)
    assert (read.origin, read.label, read.size_log2) == (Origin.CEREMONY, "made for this test", 3)
    check_structure(read.powers, read.tau)
    assert np.array_equal(read.powers[1], G1.multiply(G1.generator, SECRET))
    assert read_powers_of_tau(path, published=published).size_log2 == 4
    too_large = reason(lambda: read_powers_of_tau(path, size_log2=5, published=published))
    assert too_large == "zero-knowledge/setup-too-small"


def test_powers_of_tau_that_were_not_published_are_refused(tmp_path: Path) -> None:
    path, published = ceremony(tmp_path, circom_writers.powers_of_tau(3, SECRET))
    assert reason(lambda: read_powers_of_tau(path)) == "zero-knowledge/unknown-ceremony"
    path.write_bytes(path.read_bytes()[:-1] + b"\x01")
    assert reason(lambda: read_powers_of_tau(path, published=published)) == "zero-knowledge/unknown-ceremony"


@pytest.mark.parametrize(
    ("section", "change", "expected"),
    [
        (1, lambda octets: octets[:-1], "zero-knowledge/malformed-setup"),
        (1, lambda octets: octets[:4] + bytes(32) + octets[36:], "zero-knowledge/malformed-setup"),
        (1, lambda octets: octets[:36] + b"\x02" + octets[37:], "zero-knowledge/malformed-setup"),
        (1, lambda octets: octets[:36] + b"\x1f" + octets[37:], "zero-knowledge/malformed-setup"),
        (1, lambda octets: octets[:36] + b"\x04" + octets[37:], "zero-knowledge/malformed-setup"),
        (2, lambda octets: octets[64:], "zero-knowledge/malformed-setup"),
        (2, lambda octets: bytes(63) + b"\x01" + octets[64:], "zero-knowledge/point-not-on-curve"),
        (2, lambda octets: b"\xff" * 64 + octets[64:], "zero-knowledge/point-not-canonical"),
        (3, lambda octets: octets[:-128], "zero-knowledge/malformed-setup"),
        (3, lambda octets: octets[128:] + octets[:128], "zero-knowledge/setup-structure-invalid"),
    ],
)
def test_a_malformed_ceremony_file_is_refused_whatever_its_digest(
    tmp_path: Path, section: int, change: Callable[[bytes], bytes], expected: str
) -> None:
    contents = circom_writers.powers_of_tau(3, SECRET)
    contents[section] = change(contents[section])
    path, published = ceremony(tmp_path, contents)
    assert reason(lambda: read_powers_of_tau(path, published=published)) == expected


def test_the_published_digests_are_of_21_sizes_and_512_bits() -> None:
    assert len(PUBLISHED) == 21
    assert all(len(bytes.fromhex(digest)) == 64 for digest in PUBLISHED)
    assert sorted(PUBLISHED.values())[0] == "powersOfTau28_hez_final"
