"""A whole wheel of three runtimes, whose extension modules are the smallest with a stamp."""

import platform
import subprocess
from dataclasses import replace

import pytest

from rtvariants.archives.wheel import Wheel
from rtvariants.config import load
from rtvariants.shim import generated, place, table
from rtvariants.targets.abi import required

MACHINE = platform.machine()
V3 = {"x86_64": "x86_64_v3", "aarch64": "aarch64"}
BASE = {"x86_64": "x86_64", "aarch64": "aarch64"}
RUNTIMES = [
    {"name": "fast", "level": V3, "index-bits": 32},
    {"name": "wide", "level": V3, "index-bits": 64, "select": "explicit"},
    {"name": "safe", "level": BASE, "index-bits": 32},
]
METADATA = """\
Metadata-Version: 2.4
Name: Sample.Pack
Version: 1.2
Summary: A sample
License-Expression: MIT
License-File: LICENSE
Requires-Python: >=3.10
Requires-Dist: archspec

# Sample

It is: this.
"""
WHEEL = "Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: {pure}\nTag: {tag}\n"
STAMP = """\
rtvariants-stamp 1
package=sample
version=1.2
runtime={name}
level={level}
target={machine}-unknown-linux-gnu
features=
index-bits={index_bits}
allocator=system
stated-by=crate
abi={abi}
page-size=
toolchain=rustc 1.95.0
commit=
end
"""
FAST = "_sample_fast/_core.abi3.so"
TAG = f"cp310-abi3-manylinux_2_17_{MACHINE}"


@pytest.fixture(scope="session")
def native(tmp_path_factory):
    """Return a function that makes a shared library with these bytes as its stamp."""
    folder = tmp_path_factory.mktemp("natives")
    made = {}

    def make(stamp, code=""):
        if (stamp, code) not in made:
            path = folder / f"{len(made)}.so"
            numbers = ",".join(map(str, stamp))
            attribute = '__attribute__((section(".rtvariants"), used))' if stamp else ""
            source = f"{attribute} const unsigned char stamp[] = {{{numbers or 0}}};"
            libc = [] if code else ["-nostdlib"]
            argv = ["cc", "-shared", "-fPIC", *libc, "-x", "c", "-o", path, "-"]
            subprocess.run(argv, input=f"{source}\n{code}", text=True, check=True)
            made[stamp, code] = path.read_bytes()
        return made[stamp, code]

    return make


@pytest.fixture
def table_of(tmp_path):
    """Return a function that makes the configuration of these runtimes."""

    def make(runtimes=RUNTIMES, **more):
        (tmp_path / "Cargo.toml").touch()
        data = {"crate": ".", "module": "sample._core", "env": "SAMPLE", "runtimes": runtimes}
        return load.parse(data | more, tmp_path)

    return make


def stamp_of(runtime, package="sample"):
    text = STAMP.replace("package=sample", f"package={package}")
    return text.format(machine=MACHINE, **runtime.as_dict()).encode()


def fat_wheel(native, config, abi="cp310-abi3"):
    """Return a fat wheel as a build writes it, for the Pythons of an ABI."""
    tag = TAG.replace("cp310-abi3", abi)
    files = {
        "sample/__init__.py": b"",
        "sample_pack-1.2.dist-info/METADATA": METADATA.encode(),
        "sample_pack-1.2.dist-info/WHEEL": WHEEL.format(pure="false", tag=tag).encode(),
        "sample_pack-1.2.dist-info/licenses/LICENSE": b"MIT",
        "sample_pack-1.2.dist-info/entry_points.txt": b"",
    }
    for unit in config.units:
        files |= parts_of(native, unit, abi)
    return Wheel("sample_pack", "1.2", tag, files).sealed()


def parts_of(native, config, abi):
    """Return what the build of one extension module adds to a wheel."""
    made = table.of(config, MACHINE, "linux", abi, "1.2")
    stamps = {r.name: stamp_of(r, config.package) for r in made.runtimes}
    texts = generated.files([table.stamped(made, stamps)])
    files = {
        name: path.read_bytes()
        for name, path in generated.copied(config.package).items()
        if "/pyinstaller/" not in name
    }
    files |= {f"{config.loader}/{name}": text.encode() for name, text in texts.items()}
    files[place.file_of(config.module)] = place.text(config.package).encode()
    suffix = required(abi).suffix(f"{MACHINE}-unknown-linux-gnu")
    for runtime in made.runtimes:
        package = runtime.module.partition(".")[0]
        files[f"{package}/__init__.py"] = b""
        files[f"{package}/{config.extension}{suffix}"] = native(stamps[runtime.name])
        files[f"{package}/rtvariants.stamp"] = stamps[runtime.name]
    return files


@pytest.fixture
def fat(native, table_of):
    """Return a fat wheel for the stable ABI."""
    return fat_wheel(native, table_of())


def rules(problems):
    return {problem.rule for problem in problems}


def text(problems):
    return "\n".join(problem.render() for problem in problems)


def with_files(wheel, files, sealed=True):
    """Return a wheel with other members; `None` takes one away."""
    every = {**wheel.files, **files}
    made = replace(wheel, files={n: d for n, d in every.items() if d is not None})
    return made.sealed() if sealed else made
