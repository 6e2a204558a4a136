"""Adds the runtimes to what setuptools builds; found by its entry point, so installing is enough.

```toml
[build-system]
requires = ["setuptools>=77", "rtvariants"]
build-backend = "setuptools.build_meta"

[tool.setuptools.packages.find]
where = ["python"]

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

Wheels, editable ones too, are setuptools' own with the runtimes added and the tag set; the sdist
gets the crates. A project without `[tool.rtvariants]` is left alone.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import setuptools
from setuptools import Command, Distribution
from setuptools.errors import ModuleError

from rtvariants.config import pyproject
from rtvariants.errors import RtvariantsError, exit_on_error

from .settings import applied

# The rest is imported when something is built: setuptools calls `finalize` for every project.

__all__ = ["finalize"]


def finalize(distribution: Distribution) -> None:
    """Wrap the commands that write archives, where the project has `[tool.rtvariants]`.

    setuptools calls this for every project that is built where this package is installed, whatever
    calls setuptools: `setuptools.build_meta`, a backend that wraps it, or `setup.py`.
    """
    root = Path.cwd()
    if not (root / "pyproject.toml").is_file():
        return
    with exit_on_error():
        if "rtvariants" not in pyproject.read(root).get("tool", {}):
            return
        commands = {name: _command(distribution, name) for name in _MIXINS}
    for name, mixin in _MIXINS.items():
        base = commands[name]
        if not issubclass(base, mixin):
            distribution.cmdclass[name] = type(name, (mixin, base), {})
    for name in _WITHOUT:
        with contextlib.suppress(ModuleError):  # Some setuptools have it no more.
            base = distribution.get_command_class(name)
            distribution.cmdclass[name] = type(name, (base,), {"run": _refusing(base.run)})


def _command(distribution: Distribution, name: str) -> Any:
    """Return a command of setuptools; raises `RtvariantsError` for one that is too old."""
    try:
        return distribution.get_command_class(name)
    except ModuleError as error:
        what = f"setuptools {setuptools.__version__} is too old: it has no command `{name}`"
        hint = 'write `"setuptools>=77"` into `requires` of `[build-system]`; without isolation, '
        raise RtvariantsError(what, f"{hint}`python -m pip install -U setuptools`") from error


class _Natives(Command):  # type: ignore[misc]
    """Lets setuptools write its wheel into a folder of our own, and writes ours from it."""

    editable = False
    dist_dir: Any

    def run(self) -> None:
        with exit_on_error(), applied(_SETTINGS):
            self._run()

    def _run(self) -> None:
        from rtvariants.archives import wheel as archives
        from rtvariants.files import temporary_folder
        from rtvariants.pipeline import build
        from rtvariants.project import tree
        from rtvariants.wheels import limits
        from rtvariants.wheels.insert import added, insert

        from . import rust_extensions
        from .build_lib import renewed
        from .wheel_contents import check, check_tree

        project = tree.read(Path.cwd())
        config = project.config
        rust_extensions.replace(self.distribution, project)
        packages = self.get_finalized_command("build_py")
        check_tree(config, lambda package: Path(packages.get_package_dir(package)))
        output = Path(self.dist_dir)
        version = self.distribution.get_version()
        made, lock = build(project, version, output, editable=self.editable)
        try:
            # Not the system's temporary folder, which may be full by now.
            native = next(p for n, p in made.files.items() if n.endswith((".so", ".pyd")))
            with temporary_folder(native.parent) as self.dist_dir:
                with contextlib.nullcontext() if self.editable else renewed(self):
                    super().run()
                (path,) = self.dist_dir.glob("*.whl")
                wheel = archives.read(path)
            if not self.editable:
                check(config, wheel.files)
            files = added(wheel, made, config.loader)
            top_level = _top_level(wheel.metadata("top_level.txt"), {**made.files, **made.places})
            files[f"{wheel.dist_info}/top_level.txt"] = top_level
            written = insert(wheel, files, made.tag, lambda _: True).write(output)
            limits.keep(written, config)
        finally:
            self.dist_dir = output
            lock.release()
        # Old frontends read from here what to upload.
        self.distribution.dist_files = [
            (kind, python, str(written) if Path(file).name == path.name else file)
            for kind, python, file in self.distribution.dist_files
        ]


def _top_level(theirs: str, files: Iterable[str]) -> bytes:
    """Return setuptools' list of top-level packages, with those of these files in it."""
    ours = (name.split("/")[0] for name in files if not name.endswith(".pth"))
    every = sorted({*theirs.split(), *(name.removesuffix(".py") for name in ours)})
    return "".join(f"{name}\n" for name in every).encode()


class _Wheel(_Natives):
    description = "create a wheel that holds every runtime of `[tool.rtvariants]`"


class _Editable(_Natives):
    description = "create an editable wheel that holds every runtime of `[tool.rtvariants]`"
    editable = True


class _Sdist(Command):  # type: ignore[misc]
    """Adds what setuptools leaves out of the sdist: it knows nothing of crates."""

    archive_files: list[str]

    def run(self) -> None:
        from rtvariants.project import sdist, tree

        with exit_on_error(), applied(_SETTINGS):
            project = tree.read(Path.cwd())
        super().run()
        with exit_on_error():
            for archive in self.archive_files:
                if archive.endswith(".tar.gz"):
                    sdist.complete(Path(archive), project)


class _Info(Command):  # type: ignore[misc]
    """Puts into the metadata what ours adds, so that a prepared one says what the wheel's does."""

    egg_info: str

    def run(self) -> None:
        from rtvariants.config import load
        from rtvariants.shim import pyinstaller

        with exit_on_error(), applied(_SETTINGS):
            config = load.read(Path.cwd())
            text = _entry_points(self.distribution.entry_points)
            self.distribution.entry_points = pyinstaller.entered(text, config.loader)
        super().run()
        path = Path(self.egg_info, "top_level.txt")
        names = [
            name
            for unit in config.units
            for name in (
                unit.loader,
                unit.module.partition(".")[0],
                *(unit.runtime_package(runtime.name) for runtime in unit.wanted),
            )
        ]
        path.write_bytes(_top_level(path.read_text(encoding="utf-8"), names))


def _entry_points(found: Mapping[str, str | Iterable[str]] | str | None) -> str:
    r"""Return entry points as the text of their file, in whichever form the project has them.

    >>> _entry_points({"console_scripts": ["a = b:c"], "plugins": "d = e"})
    '[console_scripts]\na = b:c\n\n[plugins]\nd = e\n'
    """
    if found is None or isinstance(found, str):
        return found or ""
    lines = []
    for group, each in found.items():
        lines += [f"[{group}]", *([each] if isinstance(each, str) else each), ""]
    return "\n".join(lines)


def _refusing(run: Callable[[Any], None]) -> Callable[[Any], None]:
    """Return the `run` of a command, which refuses what a user has asked for by its name."""

    def refuse(command: Any) -> None:
        name = command.get_command_name()
        # Writing a wheel runs `install` too.
        if name in command.distribution.commands:
            with exit_on_error():
                what = f"`setup.py {name}` leaves the runtimes out"
                hint = "run `python -m pip install .`, `python -m pip install -e .` or "
                raise RtvariantsError(what, f"{hint}`python -m build`")
        run(command)

    return refuse


_MIXINS = {"bdist_wheel": _Wheel, "editable_wheel": _Editable, "egg_info": _Info, "sdist": _Sdist}
# The settings of setuptools itself: `setuptools.build_meta`.
_SETTINGS = (
    "--build-option", "--global-option", "editable-mode", "editable_mode", "quiet", "tag-build",
    "tag-date", "verbose",
)  # fmt: skip
_WITHOUT = ("install", "develop", "bdist", "bdist_dumb", "bdist_egg", "bdist_rpm")
