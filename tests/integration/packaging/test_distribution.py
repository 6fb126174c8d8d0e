"""The distribution as others get it: built from the project's files, installed, run from another folder."""

import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

from tests.unit.packaging.checkout import ROOMS, ROOT, project_files

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

WHEEL_BYTES_AT_MOST = 15 * 2**20
NOT_INSTALLED = ("conformance/adapters/typescript/", "conformance/action/")
"""Folders for others' tools, which no module reads."""
PROGRAMS = {"mpctls": "reference", "mpctls-conformance": "conformance"}


def run(*command: str | Path, folder: Path) -> str:
    """Run a command in a folder, without the checkout on its search path; gives its output."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    finished = subprocess.run(
        [str(word) for word in command],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.returncode == 0, f"{command}\n{finished.stdout}\n{finished.stderr}"
    return finished.stdout


def copy_of_the_project(folder: Path) -> Path:
    """The project's files alone, links kept: what a fresh clone of the present state holds."""
    for name in project_files():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, folder / name, follow_symlinks=False)
    return folder


def build(source: Path, output: Path, kind: str) -> Path:
    """Build one archive with the locked setuptools; nothing is fetched."""
    run(
        sys.executable,
        "-m",
        "build",
        f"--{kind}",
        "--no-isolation",
        "--outdir",
        output,
        source,
        folder=source,
    )
    suffix = ".whl" if kind == "wheel" else ".tar.gz"
    (archive,) = output.glob(f"*{suffix}")
    return archive


def modules_of_project() -> set[str]:
    """The modules that the project's files promise."""
    rooms = {f"mpctls/{name}" for name in project_files() if name.parts[0] in ROOMS and name.suffix == ".py"}
    return rooms | {"mpctls/__init__.py"}


def contents(wheel: Path) -> set[str]:
    """Every file that a wheel installs, its metadata aside."""
    with zipfile.ZipFile(wheel) as archive:
        return {name for name in archive.namelist() if ".dist-info/" not in name}


def modules(names: set[str]) -> set[str]:
    """The Python modules among some files."""
    return {name for name in names if name.endswith(".py")}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_of_the_project(tmp_path_factory.mktemp("project"))


@pytest.fixture(scope="module")
def wheel(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(project, tmp_path_factory.mktemp("wheel"), "wheel")


@pytest.fixture(scope="module")
def source_distribution(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(project, tmp_path_factory.mktemp("sdist"), "sdist")


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with the wheel alone; its dependencies are lent by the environment that runs the tests.

    A lent folder adds its modules only: path files in it (of an editable installation) do not count.
    """
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=False, symlinks=True)
    paths = sysconfig.get_paths(vars={"base": str(folder), "platbase": str(folder)}, scheme="venv")
    Path(paths["purelib"], "lender.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    options = ["--quiet", "--no-deps", "--no-index", "--force-reinstall", "--disable-pip-version-check"]
    run(folder / "bin/python", "-m", "pip", "install", *options, wheel, folder=folder)
    return folder


def test_wheel_holds_every_module_and_no_other(wheel: Path) -> None:
    assert modules(contents(wheel)) == modules_of_project()


def test_wheel_holds_every_file_that_modules_read(wheel: Path) -> None:
    promised = {
        f"mpctls/{name}"
        for name in project_files()
        if name.parts[0] in ROOMS and name.suffix != ".py" and not str(name).startswith(NOT_INSTALLED)
    }
    assert contents(wheel) - modules(contents(wheel)) == promised | {"mpctls/py.typed"}


def test_wheel_is_typed_small_and_ours_alone(wheel: Path) -> None:
    names = contents(wheel)
    assert "mpctls/py.typed" in names
    assert {name.partition("/")[0] for name in names} == {"mpctls"}
    assert wheel.stat().st_size <= WHEEL_BYTES_AT_MOST


def test_wheel_from_the_source_distribution_is_the_same(
    wheel: Path, source_distribution: Path, tmp_path: Path
) -> None:
    with tarfile.open(source_distribution) as archive:
        archive.extractall(tmp_path / "unpacked", filter="data")
    (source,) = (tmp_path / "unpacked").iterdir()
    again = build(source, tmp_path / "again", "wheel")
    with zipfile.ZipFile(wheel) as first, zipfile.ZipFile(again) as second:
        for name in contents(wheel) | contents(again):
            assert first.read(name) == second.read(name), name


def test_licences_travel_with_the_wheel(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = {Path(name).name for name in archive.namelist() if ".dist-info/" in name}
    assert {"LICENSE-MIT", "LICENSE-APACHE"} <= names


def test_a_copy_that_lost_its_links_is_not_built(project: Path, tmp_path: Path) -> None:
    broken = shutil.copytree(project, tmp_path / "broken", symlinks=True)
    (broken / "src/mpctls/spec").unlink()
    (broken / "src/mpctls/spec").write_text("../../spec", encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "build",
        "--wheel",
        "--no-isolation",
        "--outdir",
        str(tmp_path),
        str(broken),
    ]
    finished = subprocess.run(command, cwd=broken, capture_output=True, text=True, check=False)
    assert finished.returncode != 0
    assert "lost its symbolic links" in finished.stdout + finished.stderr


def test_the_rooms_are_imported_from_the_installation(installed: Path, tmp_path: Path) -> None:
    code = "import mpctls.spec, mpctls.reference, mpctls.conformance as last; print(last.__file__)"
    printed = run(installed / "bin/python", "-c", code, folder=tmp_path).strip()
    assert Path(printed).is_relative_to(installed)


def test_every_module_can_be_imported(installed: Path, tmp_path: Path) -> None:
    names = sorted(
        name.removesuffix("/__init__.py").removesuffix(".py").replace("/", ".")
        for name in modules_of_project()
        if not name.endswith("__main__.py")
    )
    code = "import importlib, sys\nfor name in sys.argv[1:]: importlib.import_module(name)"
    run(installed / "bin/python", "-c", code, *names, folder=tmp_path)


def test_programs_run_from_another_folder(installed: Path, tmp_path: Path) -> None:
    for program, room in PROGRAMS.items():
        command_line = {f"mpctls/{room}/command_line.py", f"mpctls/{room}/command_line/__init__.py"}
        if command_line & modules_of_project():
            assert "usage" in run(installed / "bin" / program, "--help", folder=tmp_path).lower()
