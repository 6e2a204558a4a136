import contextlib
import os
from pathlib import Path

import pytest

from rtvariants import pipeline
from rtvariants.archives import wheel as archives
from rtvariants.archives.wheel import Wheel
from rtvariants.errors import ConfigError, Problem, WheelError
from rtvariants.fit import make, plain, stage
from rtvariants.fit.plain import Call, Plain, PlainError
from rtvariants.toolchain.stand_in import MARK
from rtvariants.wheels import check
from rtvariants.wheels.layout import Package

LEVELS = {"v3": "x86_64_v3", "base": "x86_64"}
INFO = "fast_lib-1.0.dist-info"
KEPT = {
    "fast/__init__.py": b"from ._core import *\r\n",
    "fast_lib-1.0.data/scripts/run": b"#!python",
    f"{INFO}/METADATA": b"Metadata-Version: 2.4\nName: fast-lib\nVersion: 1.0\n",
    f"{INFO}/licenses/LICENSE": b"MIT",
    f"{INFO}/entry_points.txt": b"[console_scripts]\nrun = fast:run\n",
}
REPLACED = {
    "fast/_core.cpython-311-x86_64-linux-gnu.so": f"{MARK}0;".encode(),
    f"{INFO}/sboms/fast.cyclonedx.json": b"{}",
    f"{INFO}/WHEEL": b"Wheel-Version: 1.0\nGenerator: x\nTag: cp311-cp311-linux_x86_64\n",
    f"{INFO}/RECORD": b"",
}


@pytest.fixture
def project(tmp_path):
    """Return a project as its maintainer has it, with settings that only maturin would follow."""
    root = tmp_path / "project"
    root.mkdir()
    (root / "Cargo.toml").write_text('[package]\nname = "fast"\n')
    (root / "pyproject.toml").write_text(
        '[build-system]\nrequires = ["maturin"]\nbuild-backend = "maturin"\n'
        '[tool.maturin]\nfeatures = ["a"]\nrustc-args = ["-Cx"]\n'
    )
    return root


@pytest.fixture
def builds(monkeypatch, tmp_path):
    """Let no backend and no cargo run; returns the projects and environments of all builds."""
    seen = []

    def made(root, *_):
        call = Call(
            ("rustc", "--features", "a", "--release"), root / "Cargo.toml", ("a",), ("cdylib",),
            {"RUSTFLAGS": "--cfg x"},
        )  # fmt: skip
        return Plain(Wheel("fast_lib", "1.0", "cp311-cp311-x", KEPT | REPLACED), [call])

    class Lock:
        def release(self):
            seen.append("released")

    def build(project, version, _output, *, editable, insert):
        seen.append((project, version, editable, os.environ.get("RUSTFLAGS")))
        native = tmp_path / "native.so"
        native.write_bytes(b"ELF")
        package = Package({"_fast_v3/_core.so": native}, "cp311-cp311-manylinux_2_17_x86_64")
        assert "_fast_v3/_core.so" in insert(package).files
        return package, Lock()

    def staged(root, _cargo, below):
        below.mkdir()
        for path in root.iterdir():
            (below / path.name).write_bytes(path.read_bytes())
        return below

    monkeypatch.setattr(plain, "made", made)
    monkeypatch.setattr(stage, "staged", staged)
    monkeypatch.setattr(pipeline, "build", build)
    monkeypatch.setattr(check, "check", lambda _: [])
    monkeypatch.delenv("RUSTFLAGS", raising=False)
    return seen


def written(project, output, levels=LEVELS, config=None):
    with make.opened(str(project), levels, config) as sources:
        return archives.read(make.wheel(make.fitted(sources), output))


def test_of_the_plain_wheel_only_what_must_changes(project, builds, tmp_path):
    before = {path: path.read_bytes() for path in project.rglob("*")}
    wheel = written(project, tmp_path)
    hook = b"[pyinstaller40]"
    kept = {n: data for n, data in wheel.files.items() if n in KEPT and hook not in data}
    assert kept == {n: data for n, data in KEPT.items() if not n.endswith("entry_points.txt")}
    assert wheel.files["_fast_v3/_core.so"] == b"ELF"
    assert not any(name.endswith((".cyclonedx.json", "linux-gnu.so")) for name in wheel.files)
    assert wheel.tag == "cp311-cp311-manylinux_2_17_x86_64"
    assert {path: path.read_bytes() for path in project.rglob("*")} == before
    assert builds[-1] == "released"


def test_what_the_backend_asks_of_cargo_holds_for_every_runtime(project, builds, tmp_path):
    written(project, tmp_path)
    built, version, editable, flags = builds[0]
    assert (version, editable, flags) == ("1.0", False, "--cfg x")
    assert "RUSTFLAGS" not in os.environ
    config = built.config
    assert (config.module, config.env) == ("fast._core", "FAST_RUNTIME")
    assert [(r.name, r.features) for r in config.runtimes] == [("v3", ("a",)), ("base", ("a",))]


def test_a_wheel_that_breaks_a_rule_is_not_written(project, builds, tmp_path, monkeypatch):
    monkeypatch.setattr(check, "check", lambda _: [Problem("broken", rule="loader")])
    with pytest.raises(WheelError, match="broken"):
        written(project, tmp_path / "out")
    assert not list(tmp_path.glob("out/*"))
    assert builds[-1] == "released"


def test_the_copy_is_gone_afterwards(project, builds, tmp_path):
    with make.opened(str(project), LEVELS, None) as sources:
        assert sources.root.is_dir()
    assert not sources.root.exists()


def test_a_file_adds_its_settings_to_the_runtimes_of_the_command(project, builds, tmp_path):
    config = tmp_path / "x.toml"
    config.write_text('[tool.rtvariants]\nenv = "OTHER"\n')
    written(project, tmp_path, config=config)
    assert builds[0][0].config.env == "OTHER"


@pytest.mark.usefixtures("builds")
def test_stored_profiles_are_next_to_the_file_that_names_them(project, tmp_path):
    config = tmp_path / "x.toml"
    config.write_text('[tool.rtvariants.pgo]\nprofiles = "pgo"\n')
    with (
        pytest.raises(ConfigError, match="no folder of profiles"),
        make.opened(str(project), LEVELS, config),
    ):
        pass
    (tmp_path / "pgo").mkdir()
    (tmp_path / "pgo/v3.profdata").write_text("x")
    with make.opened(str(project), LEVELS, config) as sources:
        assert (sources.root / "pgo/v3.profdata").read_text() == "x"
    config.write_text('[tool.rtvariants.pgo]\nprofiles = "../pgo"\n')
    with make.opened(str(project), LEVELS, config) as sources:
        assert not (sources.root.parent / "pgo").exists()


@pytest.mark.usefixtures("builds")
@pytest.mark.parametrize(
    ("text", "levels", "said"),
    [
        ("[tool.x]", LEVELS, "no table `[tool.rtvariants]`"),
        ("[tool.rtvariants]\njobs = 1", {}, "no runtimes"),
        (
            "[tool.rtvariants]\njobs = 1",
            {"v3": "x86_64_v3"},
            "automatically on every x86_64",
        ),
        ('[tool.rtvariants]\nruntimes = [{ name = "a", level = "x86_64" }]', LEVELS, "two places"),
        ("[tool.rtvariants]\nx = 1", {"v3": "x86_64_v9"}, "unknown level: `x86_64_v9`"),
    ],
)
def test_runtimes_that_cannot_be_built_are_said_before_anything_runs(
    project, tmp_path, text, levels, said
):
    config = tmp_path / "x.toml"
    config.write_text(text)
    with pytest.raises(ConfigError) as caught:  # The copy is not made either.
        written(project, tmp_path, levels, config)
    assert said in str(caught.value)


def test_a_project_of_a_program_is_refused_before_it_is_compiled(project, builds, tmp_path):
    file = project / "pyproject.toml"
    file.write_text(file.read_text() + 'bindings = "bin"\n')
    with pytest.raises(
        PlainError, match=r"a program and has no extension module\nhint: .*pip wheel"
    ):
        written(project, tmp_path)
    assert not builds


def test_the_environment_is_as_it_was_also_after_an_error(monkeypatch):
    monkeypatch.setenv("A", "1")
    with contextlib.suppress(KeyError), make._environment({"A": "2", "B": "3"}):
        assert (os.environ["A"], os.environ["B"]) == ("2", "3")
        raise KeyError
    assert os.environ["A"] == "1"
    assert "B" not in os.environ


def test_the_work_happens_outside_of_the_project(project, builds, tmp_path):
    with make.opened(str(project), LEVELS, None) as sources:
        assert not sources.root.is_relative_to(Path(project))
