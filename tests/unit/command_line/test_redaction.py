"""Redactions: what is hidden by default and by name, the file, and the presentation that comes of it."""

from __future__ import annotations

import base64
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mpctls.reference.command_line.failures import ExitCode
from mpctls.reference.command_line.output import Output
from mpctls.reference.command_line.redact import outcome_document, render_outcome
from mpctls.reference.command_line.redaction import (
    MAXIMUM_SPANS,
    Action,
    Outcome,
    Redaction,
    Span,
    apply_redaction,
    choose_spans,
    default_spans,
    parse_redaction,
    render_redaction,
)
from mpctls.reference.command_line.selection import all_fields, commit_config
from mpctls.reference.foundation.artifacts import (
    ATTESTATION_FILE,
    ATTESTATION_SECRETS_FILE,
    AttestationSecrets,
    HashCommitment,
    HashSecret,
    SecretCommitment,
)
from mpctls.reference.foundation.commitments import hash_commitment_value
from mpctls.reference.foundation.errors import Refused
from mpctls.reference.foundation.identifiers import Direction, HashAlgorithm, LexicalClass, SignatureAlgorithm
from mpctls.reference.foundation.transcript import Transcript
from mpctls.reference.http.fields import find_fields
from mpctls.reference.http.rules import ExchangePolicy
from mpctls.reference.http.structure import ExchangeView, structured_view
from mpctls.reference.presentation.building import build_presentation
from mpctls.reference.presentation.verification import verify_presentation
from tests.unit.attestation import material as factory
from tests.unit.attestation.material import Material
from tests.unit.foundation.refusals import refused

from .runs import BELIEVED, EXAMPLES, NOW, Run, mpctls, reason

SENT = b"GET /account HTTP/1.1\r\nHost: server.example\r\nX-Key: k\r\nCookie: a=b\r\nCookie: c=d\r\n\r\n"
BODY = b'{"name":"Ada","balance":1250,"tags":["",true]}'
RECEIVED = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (
    len(BODY),
    BODY,
)
TRANSCRIPT = Transcript(sent=SENT, received=RECEIVED)
NAME, BALANCE = "response:json:$.name", "response:json:$.balance"


@pytest.fixture(scope="module")
def material() -> Material:
    """An attestation of which every field is committed apart, and the balance in scalars too."""
    leaves: list[SecretCommitment] = []
    for number, request in enumerate(commit_config(("fields",), HashAlgorithm.SHA256)(TRANSCRIPT)):
        blinder = bytes([number]) * 16
        unvalued = HashCommitment(
            direction=request.direction,
            ranges=request.ranges,
            lexical_class=request.lexical_class,
            algorithm=HashAlgorithm.SHA256.value,
            value=bytes(32),
        )
        commitment = replace(unvalued, value=hash_commitment_value(unvalued, TRANSCRIPT, blinder))
        leaves.append(SecretCommitment(commitment=commitment, opening=HashSecret(blinder=blinder)))
    (balance,) = (each for each in all_fields(TRANSCRIPT) if each.name == BALANCE)
    pairs = [(each.start, each.end) for each in balance.ranges]
    leaves.append(factory.encoding_secret(TRANSCRIPT, Direction.RECEIVED, pairs, 1))
    exchange, handshake = factory.identity()
    secrets = AttestationSecrets(
        server_name=factory.SERVER_NAME,
        key_exchange=exchange,
        handshake=handshake,
        sent=SENT,
        received=RECEIVED,
        commitments=tuple(leaves),
    )
    key = factory.notary_key(SignatureAlgorithm.ED25519)
    return Material(attestation=factory.sign(factory.body_for(secrets, key), key), secrets=secrets)


def outcome(
    material: Material, *spans: tuple[str, Action], identity: bool = True, default: bool = True
) -> Outcome:
    asked = tuple(Span(part=part, action=action) for part, action in spans)
    redaction = Redaction(
        attestation=material.attestation.header.attestation_id,
        spans=(*(default_spans(TRANSCRIPT) if default else ()), *asked),
    )
    return apply_redaction(redaction, material.attestation, material.secrets, identity=identity)


def shown(result: Outcome, direction: Direction) -> bytes:
    """What is revealed, each redaction as one octet."""
    return b"\xff".join(octets for _, octets in result.transcript.direction(direction).pieces)


# ── What is hidden ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_credentials_are_hidden_by_default(material: Material) -> None:
    spans = default_spans(TRANSCRIPT)
    assert [each.part for each in spans] == ["sent:63-66", "sent:76-79"]
    assert {each.action for each in spans} == {Action.REDACT}
    single = Transcript(sent=SENT.replace(b"X-Key", b"Authorization"), received=b"")
    assert default_spans(single)[0].part == "request:header:authorization"
    result = outcome(material)
    assert shown(result, Direction.SENT) == SENT.replace(b"a=b", b"\xff").replace(b"c=d", b"\xff")
    assert shown(result, Direction.RECEIVED) == RECEIVED
    assert (result.refusal, result.redactable, result.selection.structured) == (None, frozenset(), True)


@pytest.mark.parametrize(
    ("spans", "received"),
    [
        ([(BALANCE, Action.REDACT)], RECEIVED.replace(b"1250", b"\xff")),
        ([(BALANCE, Action.PROVE)], RECEIVED.replace(b"1250", b"\xff")),
        ([("received", Action.REDACT)], b""),
        ([("received", Action.REDACT), (BALANCE, Action.REVEAL)], b"1250"),
        ([(BALANCE, Action.REVEAL), ("received", Action.REDACT)], b"1250"),
        ([("received", Action.REDACT), (NAME, Action.REVEAL), (BALANCE, Action.REVEAL)], b"Ada\xff1250"),
        ([("received", Action.REVEAL), (BALANCE, Action.REDACT)], RECEIVED.replace(b"1250", b"\xff")),
        ([("received:0-5", Action.REDACT)], RECEIVED[5:]),
    ],
)  # fmt: skip
def test_the_inner_span_decides(material: Material, spans: list[tuple[str, Action]], received: bytes) -> None:
    assert shown(outcome(material, *spans), Direction.RECEIVED) == received


def test_options_beat_the_defaults_only_when_they_are_about_the_same_octets() -> None:
    spans = choose_spans(TRANSCRIPT, redact=(), reveal=("sent", "sent:63-66"), prove=())
    assert [(each.part, each.action) for each in spans] == [
        ("sent:76-79", Action.REDACT),
        ("sent", Action.REVEAL),
        ("sent:63-66", Action.REVEAL),
    ]


@pytest.mark.parametrize(
    "spans",
    [
        [(BALANCE, Action.REDACT), (BALANCE, Action.REVEAL)],
        [(BALANCE, Action.REDACT), (BALANCE, Action.REDACT)],
        [("received:0-10", Action.REDACT), ("received:5-15", Action.REVEAL)],
        [(BALANCE, Action.PROVE), ("received:96-97", Action.REVEAL)],
        [("sent", Action.REDACT), (f"sent:0-{len(SENT)}", Action.REVEAL)],
    ],
)
def test_spans_that_contradict_each_other_are_refused(
    material: Material, spans: list[tuple[str, Action]]
) -> None:
    assert RECEIVED[95:99] == b"1250"
    with refused("command/malformed-redaction"):
        outcome(material, *spans)


@pytest.mark.parametrize(
    ("part", "action", "said"),
    [
        ("response:json:$.nothing", Action.REDACT, "http/unknown-field"),
        ("response:json:$.tags[0]", Action.REDACT, "http/unknown-field"),
        ("response:json:$", Action.REDACT, "http/unknown-field"),
        ("request:header:cookie", Action.REDACT, "http/unknown-field"),
        ("received:0-99999", Action.REVEAL, "http/unknown-field"),
        ("nonsense", Action.REVEAL, "http/unknown-field"),
        (NAME, Action.PROVE, "command/not-provable"),
        ("received:95-99", Action.PROVE, "command/not-provable"),
        ("received", Action.PROVE, "command/not-provable"),
    ],
)
def test_what_is_not_there_or_cannot_be_proved_is_refused(
    material: Material, part: str, action: Action, said: str
) -> None:
    with refused(said):
        outcome(material, (part, action))


def test_nothing_is_proved_without_a_view(material: Material) -> None:
    """A Verifier that cannot place the value believes nothing about it."""
    with refused("structure/identity-required"):
        outcome(material, (BALANCE, Action.PROVE), identity=False)
    with refused("structure/redaction-outside-token"):
        outcome(material, (BALANCE, Action.PROVE), ("received:0-5", Action.REDACT))


def test_without_a_view_no_leaf_is_shown_withheld(material: Material) -> None:
    """Leaves would tell where every value of a hidden message stands."""
    result = outcome(material, ("received", Action.REDACT))
    assert result.refusal is not None and result.refusal.reason == "structure/redaction-outside-token"
    assert not result.selection.structured
    presentation = build_presentation(material.attestation, material.secrets, result.selection)
    assert presentation.transcript is not None
    assert not any(
        each.commitment.direction is Direction.RECEIVED for each in presentation.transcript.openings
    )


def test_header_fields_that_a_policy_must_allow_are_named(material: Material) -> None:
    result = outcome(material, ("request:header:x-key", Action.REDACT))
    assert (result.refusal, result.redactable) == (None, frozenset({"x-key"}))
    held = outcome(material, ("request:header:host", Action.REDACT))
    assert held.refusal is not None and held.refusal.reason == "structure/header-not-redactable"


def view(material: Material, result: Outcome) -> ExchangeView:
    """What a Verifier sees in the presentation, whose policy allows what the preview said it must."""
    verified = verify_presentation(
        build_presentation(material.attestation, material.secrets, result.selection),
        trust_store=factory.trust_store(),
        roots=factory.roots(),
        now=factory.NOW,
    )
    assert verified.transcript == result.transcript
    return structured_view(
        verified.transcript,
        verified.leaves,
        verified.closure,
        verified.server_name,
        ExchangePolicy(redactable=result.redactable),
    )


def test_a_verifier_sees_what_the_preview_showed(material: Material) -> None:
    result = outcome(material, (NAME, Action.REDACT), (BALANCE, Action.PROVE))
    seen = view(material, result)
    name, balance = (seen.field(Direction.RECEIVED, path) for path in ("$.name", "$.balance"))
    leaves = [each.commitment for each in material.secrets.commitments]
    assert name.octets is None and name.leaf is not None
    assert leaves[name.leaf].lexical_class is LexicalClass.JSON_STRING_INTERIOR
    assert (balance.octets, balance.length) == (None, 4)
    (proved,) = result.proved.values()
    assert proved == len(leaves) - 1
    assert leaves[proved].ranges.ranges == balance.ranges
    assert seen.field(Direction.RECEIVED, "$.tags[1]").octets == b"true"


REDACTABLE = ("request:header:x-key", "sent:63-66", "sent:76-79", NAME, BALANCE, "response:json:$.tags[1]")


@given(st.lists(st.sampled_from(REDACTABLE), unique=True), st.booleans())
def test_every_choice_of_values_has_its_view(material: Material, hidden: list[str], proved: bool) -> None:
    actions = {part: Action.PROVE if proved and part == BALANCE else Action.REDACT for part in hidden}
    seen = view(material, outcome(material, *actions.items(), default=False))
    tokens = [each.value for each in seen.request.fields]
    tokens += [token for _, token in seen.response.tokens()]
    redacted = {(each.direction, each.ranges) for each in tokens if each is not None and each.redacted}
    assert redacted == {(each.direction, each.ranges.ranges) for each in find_fields(TRANSCRIPT, hidden)}


# ── The file ───────────────────────────────────────────────────────────────────────────────────────────────────────

PARTS = st.sampled_from(["sent", "sent:0-1", "request:header:x"]) | st.text(max_size=8).map(
    "response:json:$".__add__
)


@given(st.lists(st.tuples(PARTS, st.sampled_from(Action)), max_size=4), st.binary(min_size=16, max_size=16))
def test_files_are_read_as_they_are_written(parts: list[tuple[str, Action]], attestation: bytes) -> None:
    spans = tuple(Span(part=part, action=action) for part, action in parts)
    redaction = Redaction(attestation=attestation, spans=spans)
    assert parse_redaction(render_redaction(redaction)) == redaction


HEAD = 'attestation = "' + "00" * 16 + '"\n'
SPAN = '[[span]]\nname = "sent"\naction = "redact"\n'


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nonsense",
        "\xff",
        SPAN,
        HEAD + "more = 1\n",
        HEAD.replace("00", "0G"),
        HEAD.replace('00"', '"'),
        "attestation = 1\n",
        HEAD + "span = 1\n",
        HEAD + "span = [1]\n",
        HEAD + '[span]\nname = "sent"\naction = "redact"\n',
        HEAD + SPAN + 'more = "x"\n',
        HEAD + SPAN.replace("action", "actions"),
        HEAD + SPAN.replace("name", "names"),
        HEAD + SPAN.replace("redact", "Redact"),
        HEAD + SPAN.replace('"redact"', "1"),
        HEAD + SPAN.replace('"redact"', "[]"),
        HEAD + SPAN.replace('"sent"', "1"),
        HEAD + SPAN.replace("name", "octets"),
        HEAD + SPAN.replace("sent", "sent:0-1"),
        HEAD + '[[span]]\naction = "redact"\n',
        HEAD + '[[span]]\nname = "sent"\n',
        HEAD + SPAN + SPAN[9:],
        HEAD + SPAN * (MAXIMUM_SPANS + 1),
        HEAD + "span = " + "[" * 100_000,
    ],
)
def test_files_of_another_form_are_refused(text: str) -> None:
    with refused("command/malformed-redaction"):
        parse_redaction(text.encode("latin-1"))
    parse_redaction((HEAD + SPAN).encode())
    parse_redaction(HEAD.encode())


@given(st.binary(max_size=60).map((HEAD + "[[span]]\n").encode().__add__))
def test_random_files_are_refused_with_their_reason(octets: bytes) -> None:
    try:
        parse_redaction(octets)
    except Refused as refusal:
        assert refusal.reason == "command/malformed-redaction"


# ── The commands ───────────────────────────────────────────────────────────────────────────────────────────────────


def redact(*arguments: object) -> Run:
    return mpctls(
        "redact", EXAMPLES / "attestation.mpctls", "--secrets", EXAMPLES / "secrets.mpctls", *arguments
    )


def present(*arguments: object) -> Run:
    return mpctls(
        "present", EXAMPLES / "attestation.mpctls", "--secrets", EXAMPLES / "secrets.mpctls", *arguments
    )


def runs(document: dict[str, Any]) -> list[bytes | None]:
    return [
        None if each["redacted"] else base64.b64decode(each["base64"])
        for each in document["received"]["runs"]
    ]


def test_what_is_previewed_is_presented(tmp_path: Path) -> None:
    file, out = tmp_path / "redaction.toml", tmp_path / "p.mpctls"
    preview = redact("--redact", "response:json:$.balance", "--out", file, "--json").document
    assert [(each["name"], each["action"]) for each in preview["spans"]] == [
        ("request:header:authorization", "redact"),
        ("response:json:$.balance", "redact"),
    ]
    assert preview["view"] == {"reason": None, "detail": None, "redactable": []}
    assert present("--redaction", file, "--out", out).code == ExitCode.FINE
    verified = mpctls("verify", out, *BELIEVED, *NOW, "--json").document
    assert verified["transcript"] == preview["transcript"]
    assert runs(verified["transcript"])[1] is None


def test_the_preview_is_plain_in_a_pipe(tmp_path: Path) -> None:
    text = redact("--redact", "received", "--reveal", "response:json:$.currency").output
    assert "⟧EUR⟦" in text
    assert "not written" in text
    assert "view          none, only octets: structure/redaction-outside-token" in text
    assert "\x1b" not in text
    assert list(tmp_path.iterdir()) == []


class Terminal(Output):
    """An output that shows styles."""

    @property
    def styled(self) -> bool:
        return True


def test_the_preview_on_a_terminal_tells_what_is_to_be_proved_about(material: Material) -> None:
    result = outcome(material, (NAME, Action.REDACT), (BALANCE, Action.PROVE))
    document = {"redaction": "x.toml", **outcome_document(result)}
    lines = render_outcome(document, Terminal(as_json=False)).splitlines()
    assert (
        '  | {"name":"\x1b[7m⟦redacted 3 octets⟧\x1b[0m","balance":'
        '\x1b[7;36m⟦redacted, to prove about, 4 octets⟧\x1b[0m,"tags":["",true]}'
    ) in lines
    assert f"prove         {BALANCE} (4 octets)" in lines


def test_what_is_to_be_proved_about_is_marked(material: Material) -> None:
    result = outcome(material, (BALANCE, Action.PROVE), (NAME, Action.REDACT))
    document = outcome_document(result)["transcript"]["received"]
    marked = [(each["start"], each["end"]) for each in document["runs"] if each.get("proved")]
    assert marked == [(95, 99)]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--redact", "response:json:$.nothing"), "http/unknown-field"),
        (("--redact", "received:0-5"), "presentation-building/range-not-covered"),
        (("--prove", "response:json:$.balance"), "command/not-provable"),
        (("--redact", "received", "--reveal", "received"), "command/malformed-redaction"),
        (
            ("--redact", "sent", "--redact", "received", "--no-identity"),
            "presentation-building/nothing-selected",
        ),
    ],
)
def test_what_cannot_be_is_refused_and_writes_nothing(
    arguments: tuple[str, ...], said: str, tmp_path: Path
) -> None:
    result = redact(*arguments, "--out", tmp_path / "redaction.toml")
    assert reason(result) == said
    assert list(tmp_path.iterdir()) == []


def test_uncovered_octets_are_named() -> None:
    result = redact("--redact", "received:0-5")
    assert "received octets 5-" in result.errors


def test_a_redaction_is_for_one_attestation(material: Material, tmp_path: Path) -> None:
    file = tmp_path / "redaction.toml"
    redact("--out", file)
    (tmp_path / "a").write_bytes(ATTESTATION_FILE.encode(material.attestation))
    (tmp_path / "s").write_bytes(ATTESTATION_SECRETS_FILE.encode(material.secrets))
    other = mpctls(
        "present", tmp_path / "a", "--secrets", tmp_path / "s", "--redaction", file, "--out", tmp_path / "p"
    )
    assert reason(other) == "command/other-attestation"
    mixed = mpctls("redact", tmp_path / "a", "--secrets", EXAMPLES / "secrets.mpctls")
    assert reason(mixed) == "presentation-building/secrets-mismatch"


def test_one_way_to_say_what_is_shown(tmp_path: Path) -> None:
    file = tmp_path / "redaction.toml"
    redact("--out", file)
    for more in (("--reveal", "sent"), ("--hide", "sent")):
        assert present("--redaction", file, *more, "--out", tmp_path / "p").code == ExitCode.USAGE
    file.write_bytes(b"nonsense")
    assert reason(present("--redaction", file, "--out", tmp_path / "p")) == "command/malformed-redaction"
    assert not (tmp_path / "p").exists()
