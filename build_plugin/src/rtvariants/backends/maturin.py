"""A build backend for projects that keep maturin's metadata.

```toml
[build-system]
requires = ["maturin>=1.9,<2", "rtvariants"]
build-backend = "rtvariants.backends.maturin"

[tool.maturin]
python-source = "python"
module-name = "fastlib._core"
features = ["simd"]

[tool.rtvariants]
crate = "."
module = "fastlib._core"
env = "FASTLIB_RUNTIME"

[[tool.rtvariants.runtimes]]
name = "v3"
level = { x86_64 = "x86_64_v3", aarch64 = "aarch64" }

[[tool.rtvariants.runtimes]]
name = "base"
level = { x86_64 = "x86_64", aarch64 = "aarch64" }
```

maturin itself writes the metadata, the sdist and the wheel; this module replaces the extension
module in that wheel with the runtimes. maturin compiles nothing: the cargo that it calls returns a
runtime that is already built. If a later maturin calls cargo differently, the real cargo answers,
and builds get slower, not wrong.
"""

from __future__ import annotations

import contextlib
import json
import os
import shlex
import sys
from collections.abc import Iterable, Iterator, Mapping
from email.parser import HeaderParser
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

import maturin

from rtvariants.errors import exit_on_error
from rtvariants.toolchain.cargo_path import readers, require_cargo

# The rest is imported when something is built: frontends ask for requirements first, in a process
# of their own.
if TYPE_CHECKING:
    from rtvariants.config.model import Config

__all__ = [
    "build_editable",
    "build_sdist",
    "build_wheel",
    "get_requires_for_build_editable",
    "get_requires_for_build_sdist",
    "get_requires_for_build_wheel",
    "prepare_metadata_for_build_editable",
    "prepare_metadata_for_build_wheel",
]

Settings = Mapping[str, Any] | None

# Answers with what is already compiled, from the file next to it. All else goes to cargo.
_STUB = """#!/bin/sh
case "$1" in
build | rustc) cat "$0.json" ;;
*) exec {cargo} "$@" ;;
esac
"""
_STUB_OF_WINDOWS = """@echo off
if "%1"=="build" goto built
if "%1"=="rustc" goto built
"{cargo}" %*
exit /b %errorlevel%
:built
type "%~dp0cargo.json"
"""


def get_requires_for_build_wheel(config_settings: Settings = None) -> list[str]:
    """Return what maturin asks for: `puccinialin` where there is no cargo."""
    del config_settings  # They are read, or refused, when something is built.
    return [*maturin.get_requires_for_build_wheel(), *readers()]


get_requires_for_build_editable = get_requires_for_build_wheel


def get_requires_for_build_sdist(config_settings: Settings = None) -> list[str]:
    """Return what maturin asks for: `puccinialin` where there is no cargo."""
    del config_settings
    return list(maturin.get_requires_for_build_sdist())


def prepare_metadata_for_build_wheel(
    metadata_directory: str, config_settings: Settings = None
) -> str:
    """Write maturin's metadata, with what the wheel adds to it; returns the name of the folder."""
    from rtvariants.config import load
    from rtvariants.project import tree
    from rtvariants.shim import pyinstaller

    with exit_on_error(), load.overriding(config_settings):
        project = tree.read(Path.cwd())
        require_cargo()
        name = str(maturin.prepare_metadata_for_build_wheel(metadata_directory))
        path = Path(metadata_directory, name, "entry_points.txt")
        text = path.read_text(encoding="utf-8") if path.is_file() else ""
        said = pyinstaller.entered(text, project.config.loader)
        path.write_text(said, encoding="utf-8", newline="\n")
        return name


prepare_metadata_for_build_editable = prepare_metadata_for_build_wheel


def build_wheel(
    wheel_directory: str, config_settings: Settings = None, metadata_directory: str | None = None
) -> str:
    """Build every runtime and write one wheel; returns its file name."""
    del metadata_directory  # maturin writes the same metadata again
    from rtvariants.config import load

    with exit_on_error(), load.overriding(config_settings):
        return _build(Path(wheel_directory), editable=False)


def build_editable(
    wheel_directory: str, config_settings: Settings = None, metadata_directory: str | None = None
) -> str:
    """Build every runtime and write a wheel that points at the tree for everything else."""
    del metadata_directory
    from rtvariants.config import load

    with exit_on_error(), load.overriding(config_settings):
        return _build(Path(wheel_directory), editable=True)


def build_sdist(sdist_directory: str, config_settings: Settings = None) -> str:
    """Let maturin write the sdist and add what it left out; returns its file name."""
    from rtvariants.config import load
    from rtvariants.project import sdist, tree

    with exit_on_error(), load.overriding(config_settings):
        project = tree.read(Path.cwd())
        require_cargo()
        _announce("sdist")
        name = str(maturin.build_sdist(sdist_directory))
        sdist.complete(Path(sdist_directory, name), project)
        return name


def _build(output: Path, *, editable: bool) -> str:
    from rtvariants.archives import wheel as archives
    from rtvariants.config import tool_maturin
    from rtvariants.files import temporary_folder
    from rtvariants.pipeline import build
    from rtvariants.project import tree
    from rtvariants.wheels import limits
    from rtvariants.wheels.insert import added, insert, top_level

    from .wheel_contents import check, check_tree

    project = tree.read(Path.cwd())
    config, data = project.config, project.pyproject
    source = tool_maturin.python_source(project.root, data, config.package)
    check_tree(config, lambda package: source / package.replace(".", "/"))
    cargo = require_cargo()
    made, lock = build(project, _version(), output, editable=editable)
    try:
        native = next(p for n, p in made.files.items() if n.endswith((".so", ".pyd")))
        # Not in the system's temporary folder, which may be full, or forbid to run programs.
        with temporary_folder(native.parent) as folder, _compiled(folder, cargo, config, native):
            _announce("wheel around the runtimes")
            wheel = archives.read(folder / maturin.build_wheel(str(folder)))
        theirs = _kept(wheel.files, config, in_tree=False)
        check(config, {name: wheel.files[name] for name in theirs})
        files = added(wheel, made, config.loader) | top_level(wheel, data.get("project", {}))
        # maturin writes the package itself where the tree has only Rust.
        in_tree = editable and (source / config.package.replace(".", "/")).is_dir()
        if in_tree:
            pth = config.loader.removesuffix("loader") + "editable.pth"
            files[pth] = _path_line(source)
        keep = _kept(wheel.files, config, in_tree=in_tree)
        written = insert(wheel, files, made.tag, keep.__contains__).write(output)
        return limits.keep(written, config).name
    finally:
        lock.release()


def _announce(what: str) -> None:
    """Say why maturin warns: it looks for its own name in pyproject.toml."""
    sys.stderr.write(
        f"rtvariants: maturin writes the {what}; a warning of it that `build-backend` is not "
        "`maturin` does not matter here\n"
    )


def _path_line(source: Path) -> bytes:
    r"""Return the line of a `.pth` file, whose encoding depends on Python's version and the system.

    >>> _path_line(Path("/home/Jürgen/python"))
    b"import sys; sys.path.append('/home/J\\xfcrgen/python')\n"
    """
    text = str(source)
    plain = text.isascii() and text.isprintable()
    line = text if plain else f"import sys; sys.path.append({text!a})"
    return f"{line}\n".encode()


def _kept(contents: Iterable[str], config: Config, *, in_tree: bool) -> frozenset[str]:
    """Return what stays of maturin's wheel: all but its extension module and its list of crates.

    Where an editable install takes the Python files from the tree, none of them stays.
    """
    package = PurePosixPath(*config.module.split(".")[:-1])

    def stays(name: str) -> bool:
        path = PurePosixPath(name)
        if path.parent == package and path.name.split(".")[0] == config.extension:
            return path.suffix not in (".so", ".pyd", ".dylib")
        if path.parts[0].endswith(".dist-info"):
            # maturin's list of crates is that of one build, with this machine's paths in it.
            return path.parts[1:2] != ("sboms",) or not path.name.endswith(".cyclonedx.json")
        return not in_tree or path.parts[0].endswith(".data")

    return frozenset(filter(stays, contents))


def _version() -> str:
    """Return the version that maturin puts into the metadata: pyproject.toml's or Cargo.toml's."""
    from rtvariants.files import temporary_folder

    with temporary_folder() as folder:
        written = maturin.prepare_metadata_for_build_wheel(str(folder))
        text = (folder / written / "METADATA").read_text(encoding="utf-8")
    return str(HeaderParser().parsestr(text)["Version"])


def _stub(cargo: str, *, windows: bool) -> str:
    r"""Return the program that stands in for cargo, whatever characters its path has.

    >>> _stub("/home/o'neil/cargo", windows=False).splitlines()[3]
    '*) exec \'/home/o\'"\'"\'neil/cargo\' "$@" ;;'
    >>> _stub(r"C:\100%\cargo.exe", windows=True).splitlines()[3]
    '"C:\\100%%\\cargo.exe" %*'
    """
    if windows:
        return _STUB_OF_WINDOWS.format(cargo=cargo.replace("%", "%%"))
    return _STUB.format(cargo=shlex.quote(cargo))


@contextlib.contextmanager
def _compiled(folder: Path, cargo: str, config: Config, native: Path) -> Iterator[None]:
    """Make `CARGO` a program that answers with what is already compiled, while maturin runs."""
    from rtvariants.toolchain import stand_in
    from rtvariants.toolchain.commands import run

    manifest = config.crate / "Cargo.toml"
    argv = [cargo, "metadata", "--no-deps", "--format-version=1", "--manifest-path", str(manifest)]
    packages = json.loads(run(argv, config.root))["packages"]
    package = next(p for p in packages if Path(p["manifest_path"]) == manifest)
    target = stand_in.library(package)
    assert target is not None  # The runtimes are built from it.
    said = stand_in.artifact(package, target, str(folder / "native.so"))
    (folder / "native.so").write_bytes(native.read_bytes())
    windows = os.name == "nt"
    stub = folder / ("cargo.cmd" if windows else "cargo")
    stub.write_bytes(os.fsencode(_stub(cargo, windows=windows)))
    stub.chmod(0o755)
    stub.with_name("cargo.json").write_text(said, encoding="utf-8")
    before = dict(os.environ)
    # maturin writes temporary files, and the system's folder for them may be unusable.
    os.environ.update(CARGO=str(stub), TMPDIR=str(folder))
    try:
        yield
    finally:
        for name in ("CARGO", "TMPDIR"):
            os.environ.pop(name)
            os.environ.update({name: before[name]} if name in before else {})
