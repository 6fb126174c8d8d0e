"""The file of a ceremony that took place: it is recognised and has the structure, and predicates are proved with it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mpctls.reference.foundation.errors import Refused
from mpctls.zkp.predicate.build import decimal, field
from mpctls.zkp.predicate.evaluate import Token
from mpctls.zkp.predicate.key_cache import KeyCache
from mpctls.zkp.prove import prove
from mpctls.zkp.setup.files import read_setup, write_setup
from mpctls.zkp.setup.making import make_development_setup
from mpctls.zkp.setup.powers import Origin, Setup, check_structure
from mpctls.zkp.setup.powers_of_tau import read_powers_of_tau
from mpctls.zkp.verify import AcceptedSetups, Presented, read_proof, verify
from tests.capabilities import program, requires
from tests.unit.predicate.committed import NUMBER, SETTING, commit_all

pytestmark = requires("public-ceremony-file")

PREDICATE = (field("response", "$.balance", decimal(2)) >= 1000).predicate


@pytest.fixture(scope="module")
def setup() -> Setup:
    return read_powers_of_tau(Path(program("public-ceremony-file")))


def test_the_published_file_is_recognised_and_has_the_structure(setup: Setup) -> None:
    assert (setup.origin, setup.label) == (Origin.CEREMONY, "powersOfTau28_hez_final_11")
    assert setup.size_log2 == 11
    check_structure(setup.powers, setup.tau)
    with pytest.raises(Refused) as refusal:
        check_structure(setup.powers[:8], make_development_setup(3, "another secret").tau)
    assert refusal.value.reason == "zero-knowledge/setup-structure-invalid"


def test_it_is_the_same_setup_from_the_file_that_is_written_of_it(setup: Setup, tmp_path: Path) -> None:
    write_setup(tmp_path / "setup", setup)
    read = read_setup(tmp_path / "setup")
    assert read.digest == setup.digest
    assert read.digest.hex() == "ca0754e8ecdfccd2becdcac7ab37204e7ef7e8c9f20cda1e6d6ea60f35891f5a"
    assert np.array_equal(read.powers, setup.powers)


def test_the_file_with_one_bit_changed_is_of_no_ceremony(tmp_path: Path) -> None:
    octets = bytearray(Path(program("public-ceremony-file")).read_bytes())
    octets[len(octets) // 2] ^= 1
    (tmp_path / "changed.ptau").write_bytes(octets)
    with pytest.raises(Refused) as refusal:
        read_powers_of_tau(tmp_path / "changed.ptau")
    assert refusal.value.reason == "zero-knowledge/unknown-ceremony"


def test_a_predicate_is_proved_and_verified_with_it(setup: Setup) -> None:
    keys = KeyCache()
    fields = commit_all(PREDICATE, [Token(kind=NUMBER, octets=b"1000.00")])
    octets = prove(PREDICATE, fields, SETTING, setup, keys=keys)
    presented = Presented(
        received=read_proof(octets), fields=tuple(each.public for each in fields), setting=SETTING
    )
    proved = verify(presented, AcceptedSetups.of(setup), keys=keys)
    assert proved.setup.origin is Origin.CEREMONY
    with pytest.raises(Refused) as refusal:
        verify(presented, AcceptedSetups.of(), keys=keys)
    assert refusal.value.reason == "zero-knowledge/untrusted-setup"
