"""A second package, built by the plugin as a stranger's would be: nothing reusable knows mydf."""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile

import pytest
from folders import scratch

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def greeter(root, tmp_path_factory):
    """Return a copy of the package and the wheel that was built of it."""
    folder = tmp_path_factory.mktemp("greeter") / "source"
    shutil.copytree(root / "tests/packages/greeter", folder)
    done = build(folder, root)
    assert done.returncode == 0, done.stdout + done.stderr
    (wheel,) = (folder / "dist").glob("*.whl")
    return folder, wheel


def build(folder, root, **extra):
    env = os.environ | {"CARGO_TARGET_DIR": str(scratch("greeter"))} | extra
    return subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", folder],
        env=env, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_the_wheel_holds_each_runtime_its_stamp_and_the_loader(greeter):
    _, wheel = greeter
    names = zipfile.ZipFile(wheel).namelist()
    for runtime in ("fast", "wide", "safe"):
        assert f"_greeter_{runtime}/_hello.abi3.so" in names
        assert f"_greeter_{runtime}/rtvariants.stamp" in names
    assert "_greeter_loader/table.py" in names
    assert wheel.name.startswith("greeter-1.4.0-cp310-abi3-manylinux_2_")


def test_trees_that_share_a_target_directory_keep_their_own_code(greeter, root, tmp_path):
    folder, wheel = greeter
    before = wheel.read_bytes()
    other = tmp_path / "other"
    shutil.copytree(root / "tests/packages/greeter", other)
    source = other / "src/lib.rs"
    text = source.read_text()
    assert "Hello" in text

    def built(tree):
        done = build(tree, root)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stderr

    # Equal trees are one: a build of the second compiles nothing.
    assert built(other).count("nothing to compile") == 3
    source.write_text(text.replace("Hello", "Goodbye"))
    assert "nothing to compile" not in built(other)
    assert b"Goodbye" in zipfile.ZipFile(*(other / "dist").glob("*.whl")).read(
        "_greeter_safe/_hello.abi3.so"
    )
    # To cargo, this tree's older files are what was built last.
    assert "nothing to compile" not in built(folder)
    assert wheel.read_bytes() == before


def test_the_package_chooses_by_its_own_variable(greeter, tmp_path):
    _, wheel = greeter
    zipfile.ZipFile(wheel).extractall(tmp_path)

    def run(**env):
        code = "from greeter import _hello as core; print(core.greet('you'), core.most())"
        return subprocess.run(
            [sys.executable, "-c", code], env=os.environ | {"PYTHONPATH": str(tmp_path)} | env,
            capture_output=True, text=True, check=False,
        )  # fmt: skip

    assert run().stdout.strip() == f"Hello, you! {2**32 - 1}"
    assert run(GREETER_RUNTIME="wide").stdout.strip() == f"Hello, you! {2**64 - 1}"
    refused = run(GREETER_RUNTIME="wild")
    assert refused.returncode == 1
    assert "fast, wide, safe" in refused.stderr.replace("`", "")


@pytest.mark.parametrize(
    ("old", "new", "text"),
    [
        ('env = "GREETER_RUNTIME"', 'envv = "GREETER_RUNTIME"', "envv"),
        ("x86_64_v3", "x86_64_v33", "x86_64_v33"),
        ('name = "wide"', 'name = "fast"', "fast"),
        ('module = "greeter._hello"', 'module = "greeter._hallo"', "PyInit__hallo"),
    ],
    ids=["misspelt key", "unknown level", "runtime named twice", "another init"],
)
def test_a_problem_of_the_configuration_is_one_clear_error(root, tmp_path, old, new, text):
    folder = tmp_path / "source"
    shutil.copytree(root / "tests/packages/greeter", folder)
    settings = folder / "pyproject.toml"
    assert old in settings.read_text()
    settings.write_text(settings.read_text().replace(old, new))
    done = build(folder, root)
    said = done.stdout + done.stderr
    assert done.returncode != 0
    assert text in said
    assert "hint:" in said
    assert not list(folder.glob("dist/*.whl"))


def test_ambient_flags_that_change_the_cpu_are_refused(greeter, root):
    folder, _ = greeter
    done = build(folder, root, RUSTFLAGS="-Ctarget-cpu=native")
    assert done.returncode != 0
    assert "target-cpu" in done.stdout + done.stderr


def test_a_missing_cargo_is_one_clear_error(greeter, root, tmp_path):
    folder, _ = greeter
    done = build(
        folder, root, PATH=str(tmp_path), HOME=str(tmp_path), RTVARIANTS_NO_INSTALL_RUST="1"
    )
    assert done.returncode != 0
    assert "cargo" in done.stdout + done.stderr


def test_a_commit_is_in_binary_and_file_and_compiles_nothing(greeter, root, tmp_path):
    folder, _ = greeter
    git = ["git", "-c", "user.name=n", "-c", "user.email=e@x", "-c", "commit.gpgsign=false"]
    (folder / ".gitignore").write_text("dist\ntarget\n__pycache__\n")

    def said_of_a_build():
        done = build(folder, root)
        assert done.returncode == 0, done.stdout + done.stderr
        (wheel,) = (folder / "dist").glob("*.whl")
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(tmp_path)
        code = "from greeter import _hello as core; print(core.stamp(), end='')"
        native = subprocess.run(
            [sys.executable, "-c", code], env=os.environ | {"PYTHONPATH": str(tmp_path)},
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        assert native.stdout == (tmp_path / "_greeter_fast/rtvariants.stamp").read_text()
        return done.stderr + done.stdout, native.stdout

    # The tests above leave other trees' builds in the target directory that they share.
    said_of_a_build()
    for message in ("one", "two"):
        for words in (["init", "-q"], ["add", "-A"], ["commit", "-q", "--allow-empty", "-m"]):
            subprocess.run(
                [*git, *words, *([message] if words[0] == "commit" else [])], cwd=folder, check=True
            )
        head = subprocess.run([*git, "rev-parse", "HEAD"], cwd=folder, capture_output=True)
        log, stamp = said_of_a_build()
        assert f"commit={head.stdout.decode().strip()}" in stamp
        assert not re.search(r"crates? compiled", log)


def test_each_runtime_has_the_sbom_of_its_own_build(greeter):
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    folder, wheel = greeter
    archive = zipfile.ZipFile(wheel)
    judge = JsonStrictValidator(SchemaVersion.V1_6)
    sboms = {}
    for runtime in ("fast", "wide", "safe"):
        text = archive.read(f"greeter-1.4.0.dist-info/sboms/greeter-{runtime}.cdx.json").decode()
        assert judge.validate_str(text) is None
        assert str(folder) not in text
        assert "target/greeter" not in text
        sboms[runtime] = json.loads(text)
        native = sboms[runtime]["metadata"]["component"]
        digest = hashlib.sha256(archive.read(f"_greeter_{runtime}/_hello.abi3.so")).hexdigest()
        assert native["hashes"] == [{"alg": "SHA-256", "content": digest}]
        scopes = {c["name"]: c["scope"] for c in sboms[runtime]["components"]}
        assert scopes["pyo3"] == scopes["greeter"] == "required"
        assert scopes["pyo3-macros"] == scopes["heck"] == "excluded"
    said = {name: properties(sbom) for name, sbom in sboms.items()}
    assert said["wide"]["cargo-features"] == "wide"
    assert said["fast"]["cargo-features"] == ""
    assert said["safe"]["rustflags"] == "-Ctarget-cpu=x86-64"
    assert "XGETBV" in said["safe"]["instructions-allowed"]
    assert judge.validate_str('{"bomFormat": "CycloneDX", "specVersion": "1.6", "clock": 1}')


def properties(sbom):
    found = sbom["metadata"]["component"]["properties"]
    return {p["name"].removeprefix("rtvariants:"): p["value"] for p in found}


def inspect(*words, **env):
    done = subprocess.run(
        [sys.executable, "-m", "rtvariants", "inspect", *map(str, words)],
        env=os.environ | env, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


def test_a_wheel_a_package_and_a_file_are_inspected_without_loading(greeter, tmp_path):
    _, wheel = greeter
    code, said = inspect(wheel, "--json")
    reports = {r["stamp"]["runtime"]: r for r in json.loads(said)}
    assert code == 0
    assert set(reports) == {"fast", "wide", "safe"}
    assert reports["wide"]["stamp"]["index-bits"] == "64"
    assert reports["safe"]["init"] == ["PyInit__hello", "PyInit__hello_unguarded"]
    assert reports["safe"]["audit"][0].startswith("recorded at the build: no instruction above")
    zipfile.ZipFile(wheel).extractall(tmp_path)
    code, installed = inspect("greeter", "--json", PYTHONPATH=str(tmp_path))
    assert (code, json.loads(installed)) == (0, json.loads(said))
    code, text = inspect(tmp_path / "_greeter_fast/_hello.abi3.so")
    assert code == 0
    assert "level       x86_64_v3" in text
    assert "rustflags   -Ctarget-cpu=x86-64-v3" in text
    code, text = inspect(tmp_path / "_greeter_safe", "--audit")
    assert "instructions above `x86_64`, in functions without names" in text
    assert "`xsave`" in text


def test_a_contradiction_is_an_error(greeter, tmp_path):
    _, wheel = greeter
    zipfile.ZipFile(wheel).extractall(tmp_path)
    stamp = tmp_path / "_greeter_fast/rtvariants.stamp"
    stamp.write_bytes(stamp.read_bytes().replace(b"index-bits=32", b"index-bits=64"))
    native = tmp_path / "_greeter_wide/_hello.abi3.so"
    native.write_bytes(native.read_bytes() + b"\0")
    code, said = inspect(tmp_path)
    assert code == 1
    assert said.count("violation ") == 2
    assert "the stamp file next to it differs from the stamp in it" in said
    assert "its SBOM is of other bytes" in said
    code, said = inspect(tmp_path / "greeter")
    assert code == 1
    assert said.startswith("error: no extension module with a stamp in")
    code, said = inspect("absent")
    assert code == 1
    assert "error: nothing to inspect: `absent` is not a file" in said
    (tmp_path / "x.so").write_text("hello")
    code, said = inspect(tmp_path / "x.so")
    assert code == 1
    assert "error: not an extension module that can be read" in said
