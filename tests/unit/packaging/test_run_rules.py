"""The rules that `tests/conftest.py` lays on every run, each seen at work in a run of its own."""

import asyncio
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests import capabilities
from tests.conftest import NetworkRefused

from .checkout import ROOT

# Addresses set aside for documentation (RFC 5737, RFC 3849): nobody answers there.
FOREIGN = ("192.0.2.1", 443)
FOREIGN_SIX = ("2001:db8::1", 443)

SUBJECT = """
import pytest
from hypothesis import given, settings, strategies
from tests.capabilities import requires

@requires("nginx")
def test_named_skip():
    pass

@pytest.mark.skip(reason="no time")
def test_marked_skip():
    pass

def test_skip_inside():
    pytest.skip("no time")

@pytest.mark.xfail(reason="known")
def test_expected_failure():
    assert False

@given(strategies.integers())
def test_property(value):
    with open("values", "a") as values:
        print(value, settings().max_examples, file=values)
"""
WORKERS = [
    pytest.param([], id="alone"),
    pytest.param(["--numprocesses", "1"], id="distributed", marks=pytest.mark.slow),
]
WITHOUT_NGINX = """
from tests import capabilities
capabilities.find.cache_clear()
capabilities.find = lambda name: None if name == "nginx" else name
from tests.conftest import *
"""


def run(folder: Path, *arguments: str, required: str = "") -> subprocess.CompletedProcess[str]:
    """Run the subject's tests under this project's rules, on a machine that seems to lack nginx alone."""
    (folder / "conftest.py").write_text(WITHOUT_NGINX, encoding="utf-8")
    (folder / "test_subject.py").write_text(SUBJECT, encoding="utf-8")
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        capabilities.REQUIRED_VARIABLE: required,
        "PYTEST_ADDOPTS": "",
    }
    environment = {name: value for name, value in environment.items() if not name.startswith("PYTEST_XDIST")}
    markers = ["-c", str(ROOT / "pyproject.toml"), "--rootdir", str(folder), "-p", "no:cacheprovider"]
    command = [sys.executable, "-m", "pytest", *markers, *arguments, str(folder)]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("workers", WORKERS)
def test_skips_without_a_capability_fail_and_absent_ones_are_listed(
    tmp_path: Path, workers: list[str]
) -> None:
    finished = run(tmp_path, *workers)
    assert "1 failed, 1 passed, 1 skipped, 1 xfailed, 1 error" in finished.stdout
    assert finished.stdout.count("a skip must name a capability") >= 2
    closing = finished.stdout.partition("absent capabilities")[2]
    assert "nginx: 1 tests skipped\n" in closing
    assert finished.returncode == pytest.ExitCode.TESTS_FAILED


@pytest.mark.parametrize("workers", WORKERS)
@pytest.mark.parametrize(("required", "status"), [("", 0), ("openssl, node", 0), ("openssl nginx", 1)])
def test_an_absent_required_capability_fails_the_run(
    tmp_path: Path, workers: list[str], required: str, status: int
) -> None:
    finished = run(tmp_path, *workers, "-k", "named_skip or property", required=required)
    assert "1 passed, 1 skipped" in finished.stdout
    assert ("REQUIRED" in finished.stdout) == (status == 1)
    assert finished.returncode == status


def test_an_unknown_required_capability_stops_the_run(tmp_path: Path) -> None:
    finished = run(tmp_path, required="ngnix")
    assert finished.returncode == pytest.ExitCode.USAGE_ERROR
    assert "unknown capability 'ngnix'" in finished.stderr


def drawn_values(folder: Path, *arguments: str) -> list[str]:
    """The examples of one run of the subject's property, each with the number of examples asked for."""
    (folder / "values").unlink(missing_ok=True)
    assert run(folder, "-k", "property", *arguments).returncode == 0
    return (folder / "values").read_text(encoding="utf-8").splitlines()


@pytest.mark.slow
def test_profile_for_ci_repeats_itself_and_follows_a_seed(tmp_path: Path) -> None:
    derandomised = drawn_values(tmp_path, "--hypothesis-profile", "ci")
    assert derandomised == drawn_values(tmp_path, "--hypothesis-profile", "ci")
    seeded = drawn_values(tmp_path, "--hypothesis-profile", "ci", "--hypothesis-seed", "7")
    assert seeded == drawn_values(tmp_path, "--hypothesis-profile", "ci", "--hypothesis-seed", "7")
    assert seeded != derandomised


@pytest.mark.slow
def test_default_profile_draws_anew(tmp_path: Path) -> None:
    first = drawn_values(tmp_path)
    assert len(first) == 25
    assert first != drawn_values(tmp_path)


def test_an_unknown_capability_cannot_be_required() -> None:
    with pytest.raises(ValueError, match="unknown capability"):
        capabilities.requires("ngnix")


@pytest.mark.parametrize("address", [FOREIGN, FOREIGN_SIX], ids=["four", "six"])
def test_connections_beyond_loopback_are_refused(address: tuple[str, int]) -> None:
    family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
    with socket.socket(family) as stream:
        with pytest.raises(NetworkRefused):
            stream.connect(address)
        with pytest.raises(NetworkRefused):
            stream.connect_ex(address)
    with socket.socket(family, socket.SOCK_DGRAM) as datagrams, pytest.raises(NetworkRefused):
        datagrams.sendto(b"", address)


def test_connections_of_an_event_loop_are_refused_too() -> None:
    with pytest.raises(NetworkRefused):
        asyncio.run(asyncio.wait_for(asyncio.open_connection(*FOREIGN), timeout=5))


def test_names_are_not_looked_up() -> None:
    with pytest.raises(NetworkRefused):
        socket.create_connection(("server.example", 443), timeout=5)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_loopback_is_reached(host: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = server.getsockname()
        with socket.create_connection((host, address[1]), timeout=5) as client:
            assert client.getpeername() == address
