"""What a test may need of the machine beyond Python: the only reasons for which a test is skipped.

A test says `@requires("nginx")`; where that program is absent it is skipped and the end of the run says so.
With `MPCTLS_REQUIRED_CAPABILITIES` (names, separated by spaces or commas) an absent one fails the run.
"""

import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

import pytest

REQUIRED_VARIABLE = "MPCTLS_REQUIRED_CAPABILITIES"
CEREMONY_VARIABLE = "MPCTLS_PUBLIC_CEREMONY_FILE"
SKIP_REASON_START = "absent capability: "
ANSWER_SECONDS = 30
OTHER_PYTHON_PROBE = "import ensurepip, sys, venv; print(*sys.version_info[:2], sep='.')"
SNARKJS = Path(__file__).parent / "integration" / "snarkjs"
SOLC = Path(__file__).parent / "integration" / "evm"
TYPESCRIPT_ADAPTER = Path(__file__).parents[1] / "conformance" / "adapters" / "typescript"
SUPPORTED_PYTHONS = ("3.11", "3.12", "3.13", "3.14")


def _answer(*command: str) -> str | None:
    """What a command prints, or None when it is not there, fails or hangs."""
    try:
        finished = subprocess.run(
            command, capture_output=True, text=True, timeout=ANSWER_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return finished.stdout + finished.stderr if finished.returncode == 0 else None


def _program(*names: str, version_option: str = "--version", says: str = "") -> str | None:
    """Path of the first of these programs that starts and whose version line contains `says`."""
    # System programs are often outside an ordinary user's search path.
    search = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/local/sbin", "/usr/sbin", "/sbin"])
    for name in names:
        path = shutil.which(name, path=search)
        if path is not None:
            answer = _answer(path, version_option)
            if answer is not None and says in answer:
                return path
    return None


def _nginx() -> str | None:
    return _program("nginx", version_option="-v", says="nginx")


def _openssl() -> str | None:
    return _program("openssl", version_option="version", says="OpenSSL")


def _node() -> str | None:
    return _program("node", "nodejs")


def _jq() -> str | None:
    return _program("jq", says="jq")


def _snarkjs() -> str | None:
    """Path of snarkjs's command, which `npm ci` installs beside its tests; node runs it."""
    command = SNARKJS / "node_modules" / "snarkjs" / "build" / "cli.cjs"
    return str(command) if command.is_file() and find("node") is not None else None


def _solc() -> str | None:
    """Path of the compiler of Solidity, which `npm ci` installs beside the tests of contracts; node runs it."""
    command = SOLC / "node_modules" / "solc" / "solc.js"
    return str(command) if command.is_file() and find("node") is not None else None


def _typescript_adapter() -> str | None:
    """Path of the adapter in TypeScript as `npm ci` and `npm run build` leave it; node runs it."""
    program = TYPESCRIPT_ADAPTER / "build" / "adapter" / "main.js"
    return str(program) if program.is_file() and find("node") is not None else None


def _vyper() -> str | None:
    """Path of the compiler of Vyper, when the virtual machine that runs what it makes is there too."""
    machine, compiler = importlib.util.find_spec("pyrevm"), importlib.util.find_spec("vyper")
    return None if machine is None or compiler is None else compiler.origin


def _chromium() -> str | None:
    return _program("chromium", "chromium-browser", "google-chrome")


def _shaping() -> str | None:
    """Path of `tc`, when it can delay packets inside a network namespace of its own."""
    unshare = _program("unshare")
    control = _program("tc", version_option="-V")
    if unshare is None or control is None:
        return None
    delay = [control, "qdisc", "add", "dev", "lo", "root", "netem", "delay", "1ms"]
    return control if _answer(unshare, "--map-root-user", "--net", *delay) is not None else None


def _second_python() -> str | None:
    """A supported interpreter of another version than the one that runs the tests."""
    own = f"{sys.version_info.major}.{sys.version_info.minor}"
    for version in SUPPORTED_PYTHONS:
        path = shutil.which(f"python{version}")
        if version != own and path is not None:
            answer = _answer(path, "-c", OTHER_PYTHON_PROBE)
            if answer is not None and answer.strip() == version:
                return path
    return None


def _public_ceremony_file() -> str | None:
    """The path, by the environment, of `powersOfTau28_hez_final_11.ptau`; it is too large to lie among the tests."""
    path = os.environ.get(CEREMONY_VARIABLE, "")
    return path if path and Path(path).is_file() else None


DETECTORS: Mapping[str, Callable[[], str | None]] = MappingProxyType(
    {
        "nginx": _nginx,
        "openssl": _openssl,
        "node": _node,
        "jq": _jq,
        "snarkjs": _snarkjs,
        "vyper": _vyper,
        "solc": _solc,
        "typescript-adapter": _typescript_adapter,
        "chromium": _chromium,
        "shaping": _shaping,
        "second-python": _second_python,
        "public-ceremony-file": _public_ceremony_file,
    }
)


@cache
def find(capability: str) -> str | None:
    """Path of the program that provides a capability, or None when this machine lacks it."""
    return DETECTORS[_known(capability)]()


def program(capability: str) -> str:
    """Path of the program that provides a capability; for tests that carry `requires` for it."""
    path = find(capability)
    if path is None:
        raise LookupError(f"{SKIP_REASON_START}{capability}")
    return path


def requires(*capabilities: str) -> pytest.MarkDecorator:
    """Mark a test, a class or (as `pytestmark`) a module that needs these capabilities."""
    return pytest.mark.requires(*[_known(capability) for capability in capabilities])


def absent() -> tuple[str, ...]:
    """The capabilities that this machine lacks, in the order of `DETECTORS`."""
    return tuple(capability for capability in DETECTORS if find(capability) is None)


def required() -> frozenset[str]:
    """The capabilities without which this run fails, by the environment."""
    names = os.environ.get(REQUIRED_VARIABLE, "").replace(",", " ").split()
    return frozenset(_known(name) for name in names)


def _known(capability: str) -> str:
    if capability not in DETECTORS:
        raise ValueError(f"unknown capability {capability!r}; known: {', '.join(DETECTORS)}")
    return capability
