"""Profile-guided builds of greeter, from the command to the wheel."""

import json
import os
import subprocess
import sys
import zipfile
from dataclasses import replace

import pytest
import sample_crates
from folders import scratch

from rtvariants.archives.wheel import Wheel
from rtvariants.config import load
from rtvariants.errors import MachineError
from rtvariants.toolchain import probe, profdata
from rtvariants.wheels.contents import contents
from rtvariants.wheels.rules import natives

pytestmark = pytest.mark.slow

TABLE = """
[tool.rtvariants.pgo]
command = "python train.py >> ran.txt"
profiles = "pgo"
"""
TRAIN = """
import greeter
for i in range(2000):
    greeter.greet("x" * (i % 40))
print("ran")
"""
# Whatever the profile says about the old function is wrong for this one.
OLD = 'format!("Hello, {name}!")'
NEW = """if name.len() % 7 == 3 { return name.to_uppercase(); }
        let mut text = String::new();
        for letter in name.chars() { if letter.is_ascii() { text.push(letter); } }
        text"""


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """Return greeter with a command; the folder is the same in all sessions."""
    folder = scratch("greeter-profiled")
    for old in ("pgo", "ran.txt", "dist"):
        subprocess.run(["rm", "-rf", folder / old], check=True)
    sample_crates.write(folder)
    (folder / "train.py").write_text(TRAIN)
    with (folder / "pyproject.toml").open("a") as file:
        file.write(TABLE)
    config = load.read(folder)
    try:
        profdata.find(profdata.of(probe.inspect(config)[0]))
    except MachineError as error:
        pytest.skip(f"NOT RUN: {error}")
    return folder


@pytest.fixture(scope="module")
def rtvariants(project):
    """Return a function that runs a command in the project; gives its status and its output."""

    def rtvariants(*words, **env):
        done = subprocess.run(
            [sys.executable, "-m", "rtvariants", *words], cwd=project, text=True, check=False,
            env=os.environ | {"CARGO_TARGET_DIR": str(project / "target")} | env,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        return done.returncode, done.stdout

    return rtvariants


@pytest.fixture(scope="module")
def stored(project, rtvariants):
    """Return what `rtvariants pgo` says; only one runtime, which is enough."""
    status, said = rtvariants("pgo", "--runtime", "safe")
    assert status == 0, said
    return said


def wheel(project, **env):
    """Build a wheel as a frontend does, and return its files."""
    done = subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", project],
        env=os.environ | {"CARGO_TARGET_DIR": str(project / "target")} | env,
        text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    (path,) = (project / "dist").glob("*.whl")
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    path.unlink()
    return done.stdout, files


def properties(files):
    (sbom,) = (data for name, data in files.items() if name.endswith("greeter-safe.cdx.json"))
    found = json.loads(sbom)["metadata"]["component"]["properties"]
    return {each["name"].removeprefix("rtvariants:"): each["value"] for each in found}


def test_the_command_stores_a_profile_and_its_note(project, stored):
    assert "safe: pgo/" in stored
    (note,) = (project / "pgo").glob("*/safe.json")
    hot = dict(json.loads(note.read_text())["hot"])
    assert any(
        "greeter" in name and "greet" in name and count >= 2000 for name, count in hot.items()
    )
    assert (project / "ran.txt").read_text().count("\n") == 1


def test_a_wheel_has_no_counters_and_names_its_profile(project, stored):
    said, files = wheel(project, RTVARIANTS_RUNTIMES="safe", RTVARIANTS_PGO_MODE="stored")
    (note,) = (project / "pgo").glob("*/safe.json")
    facts = properties(files)
    assert facts["profile"] == f"sha256:{json.loads(note.read_text())['sha256']}"
    assert "profile-use" not in facts["rustflags"]
    (native,) = (data for name, data in files.items() if name.endswith(".so"))
    assert b"__llvm_prf_" not in native
    assert "runs `python" not in said
    # Nothing is left to do, and the same bytes come out.
    said, again = wheel(project, RTVARIANTS_RUNTIMES="safe", RTVARIANTS_PGO_MODE="stored")
    assert again == files
    assert "nothing to compile" in said


def test_the_command_runs_once_until_something_changes(project, rtvariants, stored):
    before = (project / "ran.txt").read_text().count("\n")
    for _ in range(2):
        status, said = rtvariants("build", "--runtime", "safe", RTVARIANTS_PGO_MODE="run")
        assert status == 0, said
    assert (project / "ran.txt").read_text().count("\n") == before
    assert said.count("nothing to compile") == 2
    with (project / "train.py").open("a") as file:
        file.write("# another\n")
    status, said = rtvariants("build", "--runtime", "safe", RTVARIANTS_PGO_MODE="run")
    assert status == 0, said
    assert (project / "ran.txt").read_text().count("\n") == before + 1


def test_a_stale_profile_and_one_of_another_compiler_are_refused(project, rtvariants, stored):
    source = project / "src/lib.rs"
    text = source.read_text()
    assert text.count(OLD) == 1
    source.write_text(text.replace(OLD, NEW))
    try:
        status, said = rtvariants("build", "--runtime", "safe", RTVARIANTS_PGO_MODE="stored")
    finally:
        source.write_text(text)
    assert status == 1
    assert "error: [profile] runtime `safe`: stale profile: " in said
    assert "`greeter::native::__pyfunction_greet`" in said
    (note,) = (project / "pgo").glob("*/safe.json")
    whole = note.read_text()
    said = json.loads(whole)
    said["subject"]["rustc"] = "rustc 1.0.0"
    note.write_text(json.dumps(said))
    try:
        status, said = rtvariants("build", "--runtime", "safe", RTVARIANTS_PGO_MODE="stored")
    finally:
        note.write_text(whole)
    assert status == 1
    assert "the stored profile does not fit: it is for rustc `rustc 1.0.0`, not `rustc " in said


def test_a_command_that_does_not_use_the_package_is_refused(rtvariants, stored):
    status, said = rtvariants(
        "build", "--runtime", "safe", "--pgo", "echo hello", RTVARIANTS_PGO_MODE="run"
    )
    assert status == 1
    assert "error: runtime `safe`: no profile: `echo hello` has not loaded the runtime" in said
    assert "Traceback" not in said


def test_a_module_with_counters_in_a_wheel_is_refused(project, stored):
    _, files = wheel(project, RTVARIANTS_RUNTIMES="safe", RTVARIANTS_PGO_MODE="stored")
    (counting,) = (project / "target/rtvariants").glob("*/instrumented/safe/native.so")
    (name,) = (name for name in files if name.endswith(".so"))
    made = Wheel("greeter", "1.4.0", "cp310-abi3-linux_x86_64", files)
    assert list(natives.instrumented(contents(made))) == []
    made = replace(made, files=files | {name: counting.read_bytes()})
    ((what, _),) = natives.instrumented(contents(made))
    assert what == (f"module that counts what runs, for a profile: `{name}` has `__llvm_prf_names`")
