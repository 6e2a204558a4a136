"""A package with the loader in it, made in a temporary folder and imported by a new process.

Its natives are Python files, in which a test can plant every error of an installation. The loader
is copied, as into a wheel, so a name of the plugin's in it would show.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import rtvariants.loader
from rtvariants.loader.host import interpreter, kernel_host
from rtvariants.loader.types import Runtime, Table
from rtvariants.shim import generated
from rtvariants.shim.table import changed, stamped

MACHINE, SYSTEM = interpreter()
# A flag that this machine has: a need that the kernel's list confirms.
HAS = min(kernel_host().features or {"nothing-known"})
LACKS = "no_such_flag"

STAMP = """\
rtvariants-stamp 1
package={package}
version={version}
runtime={runtime}
level={level}
target={target}
features=
index-bits={index_bits}
allocator={allocator}
stated-by=crate
abi={abi}
page-size={page_size}
toolchain=
commit=
end
"""
# Python files have no section with a stamp.
STAND_IN = """

_of_natives = {0}


def {0}(path, stamp):
    return path.endswith(".py") or _of_natives(path, stamp)
"""
TRIPLES = {"linux": "unknown-linux-gnu", "macos": "apple-darwin", "windows": "pc-windows-msvc"}


def stamp(**changes):
    facts = {
        "package": "sample",
        "version": "1.2.3",
        "runtime": "fast",
        "level": "x86_64_v3",
        "target": f"{MACHINE}-{TRIPLES[SYSTEM]}",
        "index_bits": 32,
        "allocator": "system",
        "abi": "cp310-abi3",
        "page_size": "",
    }
    return STAMP.format(**facts | changes).encode()


class Sample:
    """The installed package `sample`: runtimes `fast`, `wide` (64-bit, explicit) and `plain`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.write()

    def write(self, fast=(HAS,), wide=(HAS,), plain=(), install="", allocators=("system",) * 3):
        source = Path(rtvariants.loader.__file__).parent
        loader = self.folder / "_sample_loader"
        loader.mkdir(exist_ok=True)
        for file in source.glob("*.py"):
            shutil.copy(file, loader)
        rows = [
            ("fast", "x86_64_v3", "auto", 32, fast),
            ("wide", "x86_64_v3", "explicit", 64, wide),
            ("plain", "x86_64", "auto", 32, plain),
        ]
        runtimes = []
        for (name, level, select, bits, needs), allocator in zip(rows, allocators, strict=True):
            facts = {"level": level, "index_bits": bits, "allocator": allocator}
            runtimes.append(Runtime(
                name=name, module=f"_sample_{name}._core", select=select, abi="cp310-abi3",
                needs=tuple(needs), install=install.format(name), **facts,
            ))  # fmt: skip
            package = self.folder / f"_sample_{name}"
            package.mkdir(exist_ok=True)
            (package / "__init__.py").touch()
            self.native(name, f"NAME = {name!r}")
            self.stamp(name, stamp(runtime=name, **facts))
        self.table = Table(
            package="sample", version="1.2.3", alias="sample._core", env="SAMPLE_RUNTIME",
            machine=MACHINE, system=SYSTEM, runtimes=tuple(runtimes),
        )  # fmt: skip
        self.freeze()
        (self.folder / "sample").mkdir(exist_ok=True)
        (self.folder / "sample" / "__init__.py").write_text("from . import _core as core\n")
        (self.folder / "sample" / "_core.py").write_text(
            "import _sample_loader\n\n_sample_loader.bind()\n"
        )

    def freeze(self, **changes):
        """Write the loader's table, and its first file of the same facts."""
        self.table = changed(self.table, **changes)
        loader = self.folder / "_sample_loader"
        for name, text in generated.files([self.table]).items():
            (loader / name).write_text(text)
        section = Path(rtvariants.loader.__file__).with_name("section.py").read_text()
        (loader / "section.py").write_text(section + STAND_IN.format("contains"))
        with (loader / "__init__.py").open("a") as file:
            file.write(STAND_IN.format("carries"))

    def state(self):
        """Freeze what the stamps say now, as a wheel does that brings natives and loader."""
        folders = {name: self.folder / f"_sample_{name}" for name in self.table.names()}
        stamps = {name: (each / "rtvariants.stamp").read_bytes() for name, each in folders.items()}
        self.table = stamped(self.table, stamps)
        self.freeze()

    def native(self, name, source):
        (self.folder / f"_sample_{name}" / "_core.py").write_text(source)

    def stamp(self, name, text):
        (self.folder / f"_sample_{name}" / "rtvariants.stamp").write_bytes(text)

    def remove(self, name):
        shutil.rmtree(self.folder / f"_sample_{name}")

    def python(self, *arguments, flags=(), cwd=None, stdout=subprocess.PIPE, **env):
        """Run Python with the package on its path and no request but those of `env`."""
        ours = ("SAMPLE_RUNTIME", "SAMPLE_RUNTIME_UNSAFE", "PYTHONPATH")
        clean = {k: v for k, v in os.environ.items() if k not in ours}
        return subprocess.run(
            [sys.executable, *flags, *arguments], text=True, check=False,
            stdout=stdout, stderr=subprocess.PIPE, timeout=120,
            env=clean | {"PYTHONPATH": str(self.folder)} | env, cwd=cwd or self.folder,
        )  # fmt: skip

    def lines(self, code, **env):
        """Run a program that must end well; return its lines of output."""
        done = self.python("-c", code, **env)
        assert done.returncode == 0, done.stderr
        return done.stdout.splitlines()

    def chosen(self, flags=(), **env):
        """Return the runtime that an import takes, or the last lines of its error."""
        done = self.python("-c", "import sample; print(sample.core.NAME)", flags=flags, **env)
        if done.returncode == 0:
            assert not done.stderr, done.stderr
            return done.stdout.strip()
        assert done.returncode == 1, (done.returncode, done.stderr)
        return done.stderr[done.stderr.rindex("_sample_loader.errors.") :].removeprefix(
            "_sample_loader.errors."
        )


@pytest.fixture
def sample(tmp_path):
    return Sample(tmp_path)
