"""Each Python finds what was compiled for it, and what does not depend on Python is copied."""

import zlib
from dataclasses import replace

import pytest
from builds import build_of

from rtvariants.compile import reuse
from rtvariants.compile.parking import park
from rtvariants.compile.reuse import FINGERPRINTS, record

PLACE = "x86_64-unknown-linux-gnu/release"


@pytest.fixture
def build(tmp_path):
    """Return a function for the build of a runtime with a Python; empty: the stable ABI."""

    def made(python, runtime="fast"):
        of_python = ("pyo3-ffi", "pyo3") if python else ()
        return build_of(
            runtime=runtime, target_dir=tmp_path / "v3" / runtime, for_python=python,
            dependencies=f"x {python}".rstrip(), anyway="x", of_python=of_python, own=("g",),
        )  # fmt: skip

    return made


def compiled(build, *crates):
    """Compile crates as cargo does, for the Python of the build, and end successfully."""
    place = build.sharing.target_dir / PLACE
    for crate in crates:
        name = f"{crate}-{zlib.crc32(crate.encode()):016x}"
        unit = place / FINGERPRINTS / name
        unit.mkdir(parents=True, exist_ok=True)
        (unit / "lib-x").write_text("done")
        (unit / "lib-x.json").write_text("{}")
        deps = place / "deps"
        deps.mkdir(exist_ok=True)
        (deps / f"lib{name}.rlib").write_text(build.sharing.for_python)
    record(build)


def held(build):
    """Return what the directory holds: by crate, the Python that it was compiled for."""
    deps = build.sharing.target_dir / PLACE / "deps"
    return {
        path.name[3:].partition("-")[0]: path.read_text()
        for path in (deps.iterdir() if deps.exists() else ())
    }


def test_each_python_finds_its_own_again(build):
    first, second = build("cp311-cp311"), build("cp312-cp312")
    for each in (first, second):
        park([each])
        assert held(each) == {}
        compiled(each, "g", "libc")
    for each in (first, second, second, first):
        park([each])
        assert held(each) == dict.fromkeys(("g", "libc"), each.sharing.for_python)


def test_a_directory_of_the_stable_abi_is_parked_too(build):
    stable, one = build(""), build("cp311-cp311")
    park([stable])
    compiled(stable, "g")
    park([one])
    assert held(one) == {}
    park([stable])
    assert held(stable) == {"g": ""}


def test_what_does_not_depend_on_python_is_copied_for_a_new_one(build):
    first, second = build("cp311-cp311"), build("cp312-cp312")
    park([first])
    compiled(first, "g", "libc", "pyo3", "pyo3-ffi")
    park([second])
    reuse.restore(second)
    assert held(second) == {"libc": "cp311-cp311"}


def test_a_runtime_of_another_python_that_is_not_built_now_gives_no_more(build):
    first, second = build("cp311-cp311"), build("cp312-cp312", "safe")
    park([first])
    compiled(first, "g", "libc", "pyo3")
    park([second])
    reuse.restore(second)
    assert held(second) == {"libc": "cp311-cp311"}


def test_other_flags_or_another_lock_file_give_nothing(build):
    first, second = build("cp311-cp311"), build("cp312-cp312")
    park([first])
    compiled(first, "libc")
    park([second])
    second = replace(second, sharing=replace(second.sharing, anyway="y", dependencies="y cp312"))
    reuse.restore(second)
    assert held(second) == {}


def test_builds_without_a_lock_file_share_nothing(build):
    first, second = build("cp311-cp311"), build("cp312-cp312")
    for each in (first, second):
        object.__setattr__(each.sharing, "dependencies", "")
        object.__setattr__(each.sharing, "anyway", "")
    park([first])
    compiled(first, "libc")
    park([second])
    reuse.restore(second)
    assert held(second) == {}
