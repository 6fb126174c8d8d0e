"""Rules of every run: Hypothesis profiles, skips that name a capability, no network beyond loopback."""

import ipaddress
import socket
import sys
from collections import Counter
from collections.abc import Generator, Iterator
from typing import Any

import pytest
from _pytest.terminal import TerminalReporter
from hypothesis import HealthCheck, settings

from tests import capabilities

# py_ecc raises the limit for the whole process when it is imported, and a text that is nested deeply then ends the
# process instead of being refused: import it here once, and put the limit back.
_LIMIT = sys.getrecursionlimit()
import py_ecc.optimized_bn128  # noqa: E402, F401

sys.setrecursionlimit(_LIMIT)

SKIP_IS_FAILURE = "a skip must name a capability: use @requires(...) of tests/capabilities.py; skipped with: "


class NetworkRefused(AssertionError):
    """A test tried to reach something beyond this machine."""


# --- Hypothesis -------------------------------------------------------------------------------------------


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Register the profiles `default` (random), `ci` (derandomised, or with the given seed) and `soak`."""
    seeded = config.getoption("--hypothesis-seed", default=None) is not None
    # The first example may compile kernels, so no time limit on examples; pytest-timeout limits the test.
    common: dict[str, Any] = {
        "deadline": None,
        "print_blob": True,
        "suppress_health_check": [HealthCheck.too_slow],
    }
    settings.register_profile("default", max_examples=25, derandomize=False, **common)
    # A derandomised test ignores a seed; a seeded one must not depend on examples stored by earlier runs.
    settings.register_profile("ci", max_examples=50, derandomize=not seeded, database=None, **common)
    settings.register_profile("soak", max_examples=2000, derandomize=False, **common)
    if not config.getoption("--hypothesis-profile", default=None):
        settings.load_profile("default")
    try:
        capabilities.required()
    except ValueError as error:
        raise pytest.UsageError(f"{capabilities.REQUIRED_VARIABLE}: {error}") from None


# --- order ------------------------------------------------------------------------------------------------


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put modules that take long first, so that none of them begins when the other processes have nothing left.

    A module stays together and its tests keep their order. What takes long is guessed: by the tests that are
    marked so, then by the number of all tests. Every process of a distributed run comes to the same order.
    """
    long: Counter[str] = Counter()
    every: Counter[str] = Counter()
    for item in items:
        module = item.nodeid.partition("::")[0]
        every[module] += 1
        long[module] += any(item.get_closest_marker(name) for name in ("slow", "end_to_end"))

    def place(item: pytest.Item) -> tuple[int, int, str]:
        module = item.nodeid.partition("::")[0]
        return -long[module], -every[module], module

    items.sort(key=place)


# --- skips and capabilities -------------------------------------------------------------------------------


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a test that needs what this machine lacks."""
    for mark in item.iter_markers("requires"):
        for capability in mark.args:
            if capabilities.find(capability) is None:
                pytest.skip(capabilities.SKIP_REASON_START + capability)


def _skip_reason(report: pytest.TestReport | pytest.CollectReport) -> str | None:
    """Why something was skipped, or None when it was not or is an expected failure."""
    if not report.skipped or hasattr(report, "wasxfail"):
        return None
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    return reason.removeprefix("Skipped: ")


def _fail_unnamed_skip(report: pytest.TestReport | pytest.CollectReport) -> None:
    reason = _skip_reason(report)
    if reason is not None and not reason.startswith(capabilities.SKIP_REASON_START):
        report.outcome = "failed"
        report.longrepr = SKIP_IS_FAILURE + reason


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn a skip without a capability into a failure."""
    report = yield
    _fail_unnamed_skip(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """The same for a module that skips itself while it is collected."""
    report = yield
    _fail_unnamed_skip(report)
    return report


def _absent_and_required() -> list[str]:
    return [name for name in capabilities.absent() if name in capabilities.required()]


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Fail the run when a required capability is absent."""
    controller = not hasattr(session.config, "workerinput")
    if controller and exitstatus == pytest.ExitCode.OK and _absent_and_required():
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: TerminalReporter) -> None:
    """End every run with the capabilities that were absent and the number of tests each of them cost."""
    reasons = [_skip_reason(report) for report in terminalreporter.stats.get("skipped", [])]
    skipped = Counter(reason.removeprefix(capabilities.SKIP_REASON_START) for reason in reasons if reason)
    terminalreporter.section("absent capabilities")
    for name in capabilities.absent():
        required = ", REQUIRED: this run fails" if name in capabilities.required() else ""
        terminalreporter.line(f"{name}: {skipped[name]} tests skipped{required}")
    if not capabilities.absent():
        terminalreporter.line("none")


# --- network ----------------------------------------------------------------------------------------------


def _refuse_beyond_loopback(address: object) -> None:
    """Let through loopback, Unix sockets and whatever is not an internet address."""
    if not isinstance(address, tuple) or not address or not isinstance(address[0], str):
        return
    host = address[0].partition("%")[0]
    if host == "localhost":
        return
    try:
        loopback = ipaddress.ip_address(host).is_loopback
    except ValueError:
        loopback = False
    if not loopback:
        raise NetworkRefused(f"tests reach loopback only, not {address!r}")


def _refuse_foreign_name(host: object) -> None:
    """Let through numbers and `localhost`: any other name would be asked of a name server."""
    name = host.decode("ascii", "replace") if isinstance(host, bytes) else host
    if name in (None, "", "localhost"):
        return
    try:
        ipaddress.ip_address(str(name).partition("%")[0])
    except ValueError:
        raise NetworkRefused(f"tests ask no name server, not for {name!r} either") from None


@pytest.fixture(scope="session", autouse=True)
def loopback_only() -> Iterator[None]:
    """No test of this process reaches beyond loopback: connections, datagrams and name look-ups are refused.

    Processes that a test starts are not covered; they take loopback addresses from their command line.
    """
    connect, connect_ex, look_up = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo
    send_to = socket.socket.sendto

    def guarded_connect(self: socket.socket, address: Any) -> None:
        _refuse_beyond_loopback(address)
        connect(self, address)

    def guarded_connect_ex(self: socket.socket, address: Any) -> int:
        _refuse_beyond_loopback(address)
        return connect_ex(self, address)

    def guarded_send_to(self: socket.socket, *arguments: Any) -> int:
        _refuse_beyond_loopback(arguments[-1])
        return send_to(self, *arguments)

    def guarded_look_up(host: Any, *arguments: Any, **options: Any) -> Any:
        _refuse_foreign_name(host)
        return look_up(host, *arguments, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded_connect)
        patch.setattr(socket.socket, "connect_ex", guarded_connect_ex)
        patch.setattr(socket.socket, "sendto", guarded_send_to)
        patch.setattr(socket, "getaddrinfo", guarded_look_up)
        yield
