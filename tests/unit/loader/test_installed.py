"""Which of several packages of one name is the runtime's: the one next to the loader, first."""

import os
import shutil
import sys

import pytest

from rtvariants.loader import installed

#: Requests that take the quick way, and the long way to the same runtime.
WAYS = ["", "auto", "fast"]


@pytest.fixture
def planted(sample, tmp_path):
    """Return a folder with a package `_sample_fast` that says it is the runtime."""
    folder = tmp_path / "planted"
    shutil.copytree(sample.folder / "_sample_fast", folder / "_sample_fast")
    (folder / "_sample_fast" / "_core.py").write_text("NAME = 'planted'")
    (folder / "_sample_fast" / "__init__.py").write_text("print('planted')")
    return folder


@pytest.fixture
def apart(sample, planted, tmp_path):
    """Return the folder where the runtime `fast` of split packages is, away from its loader."""
    sample.write(install="sample-{}==1.2.3")
    folder = tmp_path / "apart"
    shutil.move(sample.folder / "_sample_fast", folder / "_sample_fast")
    return folder


def found(sample, way, *, path=(), flags=(), program="", **places):
    """Return what the import finds in a process with these folders on `PYTHONPATH`."""
    env = {"SAMPLE_RUNTIME": way} if way else {}
    code = f"{program}\nimport sample\nprint(sample.core.NAME)\n"
    paths = os.pathsep.join(map(str, path))
    if "script" in places:
        (places["script"] / "program.py").write_text(code)
        words = [str(places["script"] / "program.py")]
    elif "module" in places:
        (places["module"] / "program.py").write_text(code)
        words = ["-m", "program"]
    else:
        words = ["-c", code]
    cwd = places.get("module") or places.get("cwd")
    done = sample.python(*words, flags=flags, cwd=cwd, PYTHONPATH=paths, **env)
    return done.stdout.strip() or done.stderr


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("door", ["cwd", "module", "script"])
def test_a_package_where_the_program_starts_is_not_taken(sample, planted, way, door):
    assert found(sample, way, path=[sample.folder], **{door: planted}) == "fast"


@pytest.mark.parametrize("way", WAYS)
def test_a_package_earlier_on_the_path_is_not_taken(sample, planted, way):
    assert found(sample, way, path=[planted, sample.folder]) == "fast"


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    "line",
    [
        "",
        "import _sample_fast",
        "import _sample_fast._core",
        "import site; site.addsitedir({!r})",
        "sys.modules['_sample_fast'] = types.ModuleType('x')",
        "m = sys.modules['_sample_fast'] = types.ModuleType('x'); m.__path__ = [{!r}]",
        "sys.modules['_sample_fast._core'] = types.ModuleType('x')",
    ],
    ids=["path", "package", "native", "pth", "empty", "its path", "empty native"],
)
def test_what_a_program_has_imported_from_elsewhere_is_not_taken(sample, planted, way, line):
    (planted / "more.pth").write_text(f"{planted}\n")
    program = "import sys, types; sys.path.insert(0, {!r}); sys.stdout = None; "
    program = f"{(program + line).format(*[str(planted)] * 2)}\nsys.stdout = sys.__stdout__"
    assert found(sample, way, path=[sample.folder], program=program) == "fast"


@pytest.mark.parametrize("way", WAYS)
def test_a_native_that_was_imported_from_next_to_the_loader_is_the_same_module(sample, way):
    program = "import _sample_fast._core as direct"
    code = f"{program}\nimport sample\nassert direct is sample.core, (direct, sample.core)"
    env = {"SAMPLE_RUNTIME": way} if way else {}
    sample.lines(code, **env)


def test_the_packages_of_the_runtimes_are_not_imported(sample):
    (sample.folder / "_sample_fast" / "__init__.py").write_text("raise SystemExit('imported')")
    for way in WAYS:
        assert found(sample, way, path=[sample.folder]) == "fast"


@pytest.mark.parametrize("way", WAYS)
def test_a_folder_without_files_next_to_the_loader_does_not_hide_the_package(sample, apart, way):
    (sample.folder / "_sample_fast" / "__pycache__").mkdir(parents=True)
    assert found(sample, way, path=[sample.folder, apart]) == "fast"


@pytest.mark.parametrize("way", WAYS)
def test_a_runtime_in_another_folder_of_the_path_is_found(sample, apart, planted, way):
    assert found(sample, way, path=[sample.folder, apart]) == "fast"
    for door in ("cwd", "module", "script"):
        assert found(sample, way, path=[sample.folder, apart], **{door: planted}) == "fast"


@pytest.mark.parametrize("door", ["cwd", "module", "script"])
def test_a_package_where_the_program_starts_is_no_absent_runtime(sample, apart, planted, door):
    assert found(sample, "", path=[sample.folder], **{door: planted}) == "plain"
    error = found(sample, "fast", path=[sample.folder], **{door: planted})
    assert (
        f"AbsentRuntimeError: `SAMPLE_RUNTIME=fast`: not installed: no package `_sample_fast`; "
        f"`{planted / '_sample_fast'}`, in the folder where this program starts, does not count\n"
    ) in error


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("door", ["cwd", "module", "script"])
def test_a_folder_that_is_also_named_on_purpose_counts(sample, apart, way, door):
    assert found(sample, way, path=[sample.folder, apart], **{door: apart}) == "fast"


@pytest.mark.skipif(sys.version_info < (3, 11), reason="`-P` is new in Python 3.11")
def test_without_a_folder_of_the_program_all_of_the_path_counts(sample, apart):
    assert found(sample, "", path=[sample.folder, apart], flags=["-P"], cwd=apart) == "fast"


def test_a_working_directory_that_is_gone_is_no_error(monkeypatch, tmp_path):
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    monkeypatch.setattr(sys, "path", ["", "relative", str(tmp_path)])
    searched, own = installed._searched()
    assert (searched, own) == (["relative", str(tmp_path)], [""])
