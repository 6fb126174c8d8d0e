"""Commands that read and write files: present, inspect, verify, keygen; and hostile files."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mpctls.reference.command_line.failures import ExitCode
from mpctls.reference.foundation.artifacts import ATTESTATION_SECRETS_FILE, PRESENTATION_FILE, WithheldOpening
from mpctls.reference.foundation.identifiers import SignatureAlgorithm
from mpctls.reference.foundation.ranges import RangeSet
from mpctls.reference.foundation.signatures import SigningKey
from mpctls.reference.presentation.building import Selection, build_presentation
from tests.unit.attestation.material import material

from .runs import BELIEVED, EXAMPLES, NOW, Run, mpctls, reason

ALGORITHMS = [each.label for each in SignatureAlgorithm]


def present(*arguments: object) -> Run:
    return mpctls(
        "present", EXAMPLES / "attestation.mpctls", "--secrets", EXAMPLES / "secrets.mpctls", *arguments
    )


# ── present ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_only_what_is_named_is_shown(tmp_path: Path) -> None:
    out = tmp_path / "p.mpctls"
    made = present("--reveal", "response:json:$.currency", "--no-identity", "--out", out, "--json")
    assert made.document["received_shown"] == 3
    assert made.document["sent_shown"] == 0
    verified = mpctls("verify", out, *BELIEVED, *NOW, "--json").document
    assert verified["server_name"] is None
    assert [run["redacted"] for run in verified["transcript"]["sent"]["runs"]] == [True]
    text = mpctls("verify", out, *BELIEVED, *NOW).output
    assert "⟧EUR⟦" in text
    assert "server        not shown" in text


def test_what_is_hidden_has_a_name_where_a_verifier_can_place_it(tmp_path: Path) -> None:
    hidden = ("--hide", "request:header:authorization", "--hide", "response:json:$.balance")
    present(*hidden, "--out", tmp_path / "p.mpctls")
    structure = mpctls("verify", tmp_path / "p.mpctls", *BELIEVED, *NOW, "--json").document["structure"]
    named = [each["name"] for each in structure["parts"] if each["redacted"]]
    assert named == ["request header authorization", "response $.balance"]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--hide", "received"), "structure/redaction-outside-token"),
        (("--hide", "request:header:authorization", "--no-identity"), "structure/identity-required"),
    ],
)
def test_without_a_view_no_leaf_of_what_is_hidden_is_shown(
    more: tuple[str, ...], said: str, tmp_path: Path
) -> None:
    """Where it cannot be placed, its leaf would only tell where values are."""
    present(*more, "--out", tmp_path / "p.mpctls")
    transcript = PRESENTATION_FILE.decode((tmp_path / "p.mpctls").read_bytes()).transcript
    assert transcript is not None
    assert not [each for each in transcript.openings if isinstance(each.opening, WithheldOpening)]
    structure = mpctls("verify", tmp_path / "p.mpctls", *BELIEVED, *NOW, "--json").document["structure"]
    assert structure["reason"] == said


@pytest.mark.parametrize(
    ("selection", "said"),
    [
        (("--reveal", "response:json:$.nothing"), "http/unknown-field"),
        (("--reveal", "nonsense"), "http/unknown-field"),
        (("--reveal", "received:0-5"), "presentation-building/range-not-covered"),
        (("--reveal", "received:0-99999"), "http/unknown-field"),
        (("--hide", "sent", "--hide", "received", "--no-identity"), "presentation-building/nothing-selected"),
    ],
)
def test_what_cannot_be_shown_is_refused_and_writes_nothing(
    selection: tuple[str, ...], said: str, tmp_path: Path
) -> None:
    result = present(*selection, "--out", tmp_path / "p.mpctls")
    assert result.code == ExitCode.REFUSED
    assert reason(result) == said
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    result = present("--reveal", "sent", "--out", tmp_path / "absent" / "p.mpctls")
    assert reason(result) == "command/unwritable-file"
    assert list(tmp_path.iterdir()) == []


def test_an_attestation_without_holder_key_cannot_be_bound(tmp_path: Path) -> None:
    key = tmp_path / "holder.pem"
    mpctls("keygen", "--out", key)
    binding = ("--audience", "a", "--nonce", "00" * 16, "--holder-key", key)
    result = present("--reveal", "sent", *binding, "--out", tmp_path / "p.mpctls")
    assert reason(result) == "presentation-building/holder-key-mismatch"
    assert not (tmp_path / "p.mpctls").exists()


# ── inspect ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("attestation.mpctls", "attestation"),
        ("presentation.mpctls", "presentation"),
        ("bound-presentation.mpctls", "presentation"),
        ("secrets.mpctls", "secrets"),
        ("trust-store.json", "trust-store"),
    ],
)
def test_inspect_tells_every_kind_of_file(name: str, kind: str) -> None:
    assert mpctls("inspect", EXAMPLES / name, "--json").document["type"] == kind
    assert mpctls("inspect", EXAMPLES / name).output.splitlines()[0].split() == ["type", kind]


def test_inspect_shows_no_secret() -> None:
    secrets = ATTESTATION_SECRETS_FILE.decode((EXAMPLES / "secrets.mpctls").read_bytes())
    token = secrets.sent.partition(b"Bearer ")[2].partition(b"\r\n")[0].decode()
    hidden = [token, "2718.28", secrets.handshake.blinder.hex(), secrets.key_exchange.blinder.hex()]
    hidden += [each.opening.blinder.hex() for each in secrets.commitments]
    for more in ((), ("--json",)):
        shown = mpctls("inspect", EXAMPLES / "secrets.mpctls", *more).output
        assert not [each for each in hidden if each in shown]


def test_inspect_tells_both_kinds_of_commitments_and_what_is_withheld(tmp_path: Path) -> None:
    made = material(encoding=True)
    chosen = Selection(sent=RangeSet.of([(0, 23)]), structured=True)
    presentation = build_presentation(made.attestation, made.secrets, chosen)
    (tmp_path / "presentation").write_bytes(PRESENTATION_FILE.encode(presentation))
    (tmp_path / "secrets").write_bytes(ATTESTATION_SECRETS_FILE.encode(made.secrets))
    openings = mpctls("inspect", tmp_path / "presentation", "--json").document["openings"]
    assert [(each["index"], each["withheld"], each["commitment"]["kind"]) for each in openings] == [
        (0, False, "hash"),
        (5, True, "encoding"),
    ]
    last = made.secrets.commitments[5]
    shown = mpctls("inspect", tmp_path / "secrets", "--json")
    assert shown.document["commitments"][5] == openings[1]["commitment"]
    assert last.opening.blinder.hex() not in shown.output


# ── Hostile files ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("hostile")


HOSTILE = st.one_of(
    st.binary(max_size=300),
    st.tuples(st.sampled_from([1, 2, 3, 4, 0]), st.binary(max_size=300)).map(
        lambda parts: b"mpctls" + bytes([parts[0]]) + b"\x01\x00" + parts[1]
    ),
    st.tuples(
        st.sampled_from(sorted(path.name for path in EXAMPLES.glob("*.mpctls"))),
        st.integers(0, 3000),
        st.binary(max_size=9),
    ).map(lambda parts: (EXAMPLES / parts[0]).read_bytes()[: parts[1]] + parts[2]),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["notaries", "name", "key"]), inner),
    ).map(lambda value: json.dumps(value).encode()),
)


@given(HOSTILE)
def test_no_file_makes_a_traceback(folder: Path, octets: bytes) -> None:
    file = folder / "file"
    file.write_bytes(octets)
    known = {path.read_bytes() for path in EXAMPLES.iterdir() if path.is_file()}
    for arguments in (
        ("inspect", file),
        ("verify", file, *BELIEVED, *NOW),
        ("verify", EXAMPLES / "presentation.mpctls", "--trust-store", file, *BELIEVED[2:]),
        ("verify", EXAMPLES / "presentation.mpctls", *BELIEVED[:2], "--roots", file),
        (
            "present",
            file,
            "--secrets",
            EXAMPLES / "secrets.mpctls",
            "--reveal",
            "sent",
            "--out",
            folder / "out",
        ),
        (
            "present",
            EXAMPLES / "attestation.mpctls",
            "--secrets",
            file,
            "--reveal",
            "sent",
            "--out",
            folder / "out",
        ),
        ("keygen", "--out", folder / "key", "--trust-store", file),
    ):
        result = mpctls(*arguments)
        if octets in known:
            continue
        assert result.code in (ExitCode.REFUSED, ExitCode.PEER) or arguments[0] in ("inspect", "keygen")
        assert "Traceback" not in result.errors
        assert "command/bug" not in result.errors
        (folder / "key").unlink(missing_ok=True)
    if octets in known:
        (folder / "out").unlink(missing_ok=True)
    assert {path.name for path in folder.iterdir()} == {"file"}


@pytest.mark.parametrize("command", ["inspect", "verify"])
def test_absent_files_and_folders_are_refused(command: str, tmp_path: Path) -> None:
    more = () if command == "inspect" else BELIEVED
    assert reason(mpctls(command, tmp_path / "absent", *more)) == "command/unreadable-file"


# ── keygen ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_keygen_writes_a_private_key_and_its_entry(algorithm: str, tmp_path: Path) -> None:
    key, store = tmp_path / "key.pem", tmp_path / "store.json"
    span = ("--not-before", "2026-01-01", "--not-after", "1800000000")
    arguments = ("--algorithm", algorithm, "--out", key, "--trust-store", store, "--name", "n")
    document = mpctls("keygen", *arguments, *span, "--json").document
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    signing = SigningKey.from_pem(
        next(each for each in SignatureAlgorithm if each.label == algorithm), key.read_bytes()
    )
    assert document["key"] == signing.verifying_key.key.hex()
    assert json.loads(store.read_bytes())["notaries"] == [
        {
            "name": "n",
            "algorithm": algorithm,
            "key": document["key"],
            "not_before": 1767225600,
            "not_after": 1800000000,
        }
    ]


def test_keygen_adds_to_a_trust_store_and_overwrites_no_key(tmp_path: Path) -> None:
    store = tmp_path / "store.json"
    for name in ("a", "b"):
        assert mpctls("keygen", "--out", tmp_path / name, "--trust-store", store, "--name", name).code == 0
    assert [each["name"] for each in json.loads(store.read_bytes())["notaries"]] == ["a", "b"]
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    assert reason(mpctls("keygen", "--out", tmp_path / "a", "--trust-store", store)) == "command/file-exists"
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_keygen_says_nothing_of_the_private_key(tmp_path: Path) -> None:
    result = mpctls("keygen", "--out", tmp_path / "k", "--json", "--debug")
    secret = (tmp_path / "k").read_text(encoding="ascii").splitlines()[1]
    assert secret not in result.output + result.errors
