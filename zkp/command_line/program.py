"""The commands, and the one place where failures become exit codes."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from enum import IntEnum
from pathlib import Path
from typing import Any, Final, TypeVar

import click

from mpctls.reference.foundation.errors import Refused

from .bridge_circuit import bridge_circuit
from .files import read_text, require_file, require_writable, write_together
from .output import Invocation, complain, plain, progress
from .predicate_key import predicate_key

_SYSTEMS: Final = ("plonk", "groth16")
_FILE: Final = click.Path(dir_okay=False, path_type=Path)
_KEY: Final = "zero-knowledge/malformed-key"
_PROOF: Final = "zero-knowledge/malformed-proof"

C = TypeVar("C", bound=Callable[..., Any])


class ExitCode(IntEnum):
    """What the program's exit code says."""

    FINE = 0
    REFUSED = 1
    USAGE = 2
    BUG = 70
    INTERRUPTED = 130


_EPILOG: Final = """\b
A circuit of circom, from the source to a verified proof:
  circom circuit.circom --r1cs --wasm
  snarkjs groth16 setup circuit.r1cs powers.ptau first.zkey
  snarkjs zkey contribute first.zkey circuit.zkey
  node circuit_js/generate_witness.js circuit_js/circuit.wasm input.json witness.wtns
  python -m mpctls.zkp prove groth16 circuit.zkey witness.wtns proof.json public.json
  python -m mpctls.zkp export-key circuit.zkey key.json
  python -m mpctls.zkp verify groth16 key.json public.json proof.json
  python -m mpctls.zkp contract vyper key.json --out Circuit.vy

\b
Exit codes:
  0   done; a proof that was to be verified is valid
  1   refused, with the reason on standard error
  2   the command line itself is wrong
  70  a bug in this program
  130 interrupted"""


def _set(name: str) -> Callable[[click.Context, click.Parameter, bool], None]:
    def callback(context: click.Context, _parameter: click.Parameter, value: bool) -> None:
        if value:
            setattr(context.find_root().obj, name, True)

    return callback


def _shared_options(command: C) -> C:
    """Give a command `--json` and `--debug`, which it finds in its `Invocation`."""
    options = (
        ("--json", "as_json", "Print the result, or the refusal, as one JSON object."),
        ("--debug", "debug", "Print a traceback when the program itself is at fault."),
    )
    for option, name, text in reversed(options):
        command = click.option(
            option, is_flag=True, expose_value=False, is_eager=True, callback=_set(name), help=text
        )(command)
    return command


@click.group(
    name="python -m mpctls.zkp",
    epilog=_EPILOG,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
def program() -> None:
    """Prove and verify with PLONK and Groth16 over BN254, with the files of circom and snarkjs.

    Files and order of arguments are those of snarkjs; proofs of either program pass the other's verifier. A valid proof
    says nothing about a web page: for proofs about attested sessions use the program mpctls.
    """


@program.command("prove")
@click.argument("system", type=click.Choice(_SYSTEMS))
@click.argument("zkey", metavar="CIRCUIT.zkey", type=_FILE)
@click.argument("witness", metavar="WITNESS.wtns", type=_FILE)
@click.argument("proof_argument", metavar="[PROOF.json]", type=_FILE, required=False)
@click.argument("public_argument", metavar="[PUBLIC.json]", type=_FILE, required=False)
@click.option("--proof", type=_FILE, help="File for the proof.  [default: proof.json]")
@click.option("--public", type=_FILE, help="File for the public inputs.  [default: public.json]")
@_shared_options
@click.pass_obj
def _prove(
    invocation: Invocation,
    /,
    system: str,
    zkey: Path,
    witness: Path,
    proof_argument: Path | None,
    public_argument: Path | None,
    proof: Path | None,
    public: Path | None,
) -> None:
    """Prove that a witness satisfies a circuit.

    Like `snarkjs plonk prove` and `snarkjs groth16 prove`. The key is checked when it is read, and a proof of Groth16
    before it is written. Both files appear at the end, whole; a run that is interrupted leaves none.
    """
    proof_path = _one(proof, proof_argument, "proof", Path("proof.json"))
    public_path = _one(public, public_argument, "public", Path("public.json"))
    require_writable([public_path, proof_path])
    require_file(zkey)
    require_file(witness)
    from . import systems

    with progress(invocation) as line:
        proof_text, public_text = systems.prove(system, zkey, witness, line.say)
    write_together([(public_path, public_text), (proof_path, proof_text)])
    document = {
        "event": "proved",
        "system": system,
        "proof": str(proof_path),
        "public": str(public_path),
    }
    invocation.write(document, f"proved: {plain(str(proof_path))}, {plain(str(public_path))}")


@program.command("verify")
@click.argument("system", type=click.Choice(_SYSTEMS))
@click.argument("key", metavar="KEY.json", type=_FILE)
@click.argument("public", metavar="PUBLIC.json", type=_FILE)
@click.argument("proof", metavar="PROOF.json", type=_FILE)
@click.option(
    "--accept-development",
    is_flag=True,
    help="Accept keys of Groth16 whose secret everyone knows; for tests.",
)
@_shared_options
@click.pass_obj
def _verify(
    invocation: Invocation, /, system: str, key: Path, public: Path, proof: Path, accept_development: bool
) -> None:
    """Verify a proof.

    Like `snarkjs plonk verify` and `snarkjs groth16 verify`, but stricter: numbers must be canonical and points in
    their groups. What the key stands for you must know yourself: take it from whoever made the circuit's setup.
    """
    texts = (read_text(key, _KEY), read_text(public, _PROOF), read_text(proof, _PROOF))
    from . import systems

    with progress(invocation) as line:
        line.say("verifying")
        publics = systems.verify(system, *texts, accept_development=accept_development)
    document = {"event": "verified", "system": system, "public": [str(number) for number in publics]}
    invocation.write(document, f"valid: a {system} proof for {len(publics)} public inputs")


@program.command("export-key")
@click.argument("zkey", metavar="CIRCUIT.zkey", type=_FILE)
@click.argument("key", metavar="[KEY.json]", type=_FILE, default=Path("verification_key.json"))
@_shared_options
@click.pass_obj
def _export_key(invocation: Invocation, /, zkey: Path, key: Path) -> None:
    """Write the verifying key of a circuit's key file.

    Like `snarkjs zkey export verificationkey`; the default file is verification_key.json. Prints the key's digest, by
    which a Verifier of hash bridges names it.
    """
    require_writable([key])
    require_file(zkey)
    from . import systems

    with progress(invocation) as line:
        line.say("reading and checking the key")
        system, text = systems.exported_key(zkey)
        digest = systems.read_verifying_key(text).digest().hex()
    write_together([(key, text)])
    document = {"event": "exported", "system": system, "key": str(key), "digest": digest}
    invocation.write(document, f"exported: {plain(str(key))}, a key for {system}\ndigest {digest}")


@program.command("contract")
@click.argument("language", type=click.Choice(["vyper", "solidity"]))
@click.argument("key", metavar="KEY.json", type=_FILE)
@click.option("--name", default="Circuit", show_default=True, help="What the contract's name begins with.")
@click.option("--out", type=_FILE, help="File for the source.  [default: standard output]")
@click.option(
    "--accept-development",
    is_flag=True,
    help="Accept keys of Groth16 whose secret everyone knows; for tests.",
)
@_shared_options
@click.pass_obj
def _contract(
    invocation: Invocation, /, language: str, key: Path, name: str, out: Path | None, accept_development: bool
) -> None:
    """Write a contract for Ethereum that verifies proofs under a key.

    The contract verifies a proof and nothing else: what its public inputs stand for, whoever calls it must check.
    """
    if out is not None:
        require_writable([out])
    text = read_text(key, _KEY)
    from ..evm import Language, render
    from . import systems

    source = render(
        Language(language),
        systems.read_verifying_key(text),
        name=name,
        accept_development=accept_development,
    )
    if out is not None:
        write_together([(out, source)])
        invocation.write({"event": "written", "contract": str(out)}, f"written: {plain(str(out))}")
    else:
        invocation.write({"event": "contract", "source": source}, source.removesuffix("\n"))


for command in (predicate_key, bridge_circuit):
    program.add_command(_shared_options(command))


def _one(option: Path | None, argument: Path | None, name: str, default: Path) -> Path:
    """An output that is given as an option, as an argument, or not at all."""
    if option is not None and argument is not None and option != argument:
        raise click.UsageError(f"--{name} and an argument name different files")
    return option or argument or default


def run(arguments: Sequence[str]) -> int:
    """Run the program; returns its exit code. Nothing but a bug under `--debug` prints a traceback."""
    invocation = Invocation()
    try:
        return _run(arguments, invocation)
    except BrokenPipeError:
        # Whoever read the output has gone: closing standard output must not fail again.
        sys.stdout = None
        return ExitCode.REFUSED


def _run(arguments: Sequence[str], invocation: Invocation) -> int:
    try:
        program.main(list(arguments), prog_name="python -m mpctls.zkp", standalone_mode=False, obj=invocation)
    except Refused as refused:
        invocation.write({"event": "refused", "reason": refused.reason, "detail": refused.detail}, "")
        complain(refused)
        return ExitCode.REFUSED
    except click.exceptions.Exit as ended:
        return ended.exit_code
    except click.ClickException as error:
        error.show()
        return ExitCode.USAGE
    except (KeyboardInterrupt, click.Abort):
        complain(Refused("command/interrupted", "stopped before the end; nothing was written"))
        return ExitCode.INTERRUPTED
    except BrokenPipeError:
        raise
    except OSError as error:
        complain(Refused("command/system-error", str(error)))
        return ExitCode.REFUSED
    except Exception as error:
        # Whatever arrives here is a bug of this program, and its user should not have to read a traceback.
        if invocation.debug:
            raise
        complain(Refused("command/bug", f"{type(error).__name__}; run again with --debug and report it"))
        return ExitCode.BUG
    return ExitCode.FINE
