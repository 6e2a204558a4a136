"""The hatchling build hook `rtvariants`.

```toml
[build-system]
requires = ["hatchling", "rtvariants"]
build-backend = "hatchling.build"

[tool.hatch.build.hooks.rtvariants]
```
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from hatchling.builders.config import BuilderConfig
from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from hatchling.plugin import hookimpl

from rtvariants.errors import RtvariantsError, exit_on_error
from rtvariants.toolchain.cargo_path import installer, readers

from .settings import applied

# The rest is imported when something is built: frontends ask for requirements first, in a process
# of their own and an environment where no module is compiled.
if TYPE_CHECKING:
    from rtvariants.config.model import Config
    from rtvariants.locking import Lock
    from rtvariants.project.tree import Project

# `require-runtime-…`, `dependencies` and `enable-by-default` are hatchling's own.
_OWN_KEYS = {
    "dependencies",
    "enable-by-default",
    "require-runtime-dependencies",
    "require-runtime-features",
}


class RtvariantsHook(BuildHookInterface[BuilderConfig]):
    """Builds the runtimes of `[tool.rtvariants]` and adds them to the wheel.

    `pyproject.toml`:

    ```toml
    [build-system]
    requires = ["hatchling", "rtvariants"]
    build-backend = "hatchling.build"

    [project]
    name = "fastlib"
    version = "1.0.0"
    requires-python = ">=3.10"
    dependencies = ["archspec>=0.2.7,<0.3"]

    [tool.hatch.build.hooks.rtvariants]

    [tool.hatch.build.targets.wheel]
    packages = ["python/fastlib"]

    [tool.hatch.build.targets.sdist]
    include = ["/Cargo.toml", "/Cargo.lock", "/src", "/python"]

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

    `src/lib.rs`:

    ```rust
    use pyo3::prelude::*;

    #[pymodule(gil_used = false)]
    #[pyo3(name = "_core")]
    mod core {
        use pyo3::prelude::*;

        /// Add up the squares.
        #[pyfunction]
        fn sum_of_squares(values: Vec<f64>) -> f64 {
            values.iter().map(|value| value * value).sum()
        }
    }
    ```

    The hook has no settings of its own. `-C` settings of the frontend override
    `[tool.rtvariants]`. Errors that a user can fix end the build with their text alone, without a
    traceback.
    """

    PLUGIN_NAME = "rtvariants"

    _lock: Lock | None = None
    _project: Project | None = None

    def dependencies(self) -> list[str]:
        """Ask for `puccinialin`, which fetches Rust, and for readers of another system's files."""
        if self.target_name != "wheel":
            return []
        return [*installer(), *readers()]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Run the build before hatchling writes the archive."""
        with exit_on_error(), applied():
            self._initialize(version, build_data)

    def _initialize(self, version: str, build_data: dict[str, Any]) -> None:
        unknown = sorted(set(self.config) - _OWN_KEYS)
        if unknown:
            raise RtvariantsError(
                f"unknown key in `[tool.hatch.build.hooks.rtvariants]`: `{unknown[0]}`",
                "put settings into `[tool.rtvariants]`",
            )
        if self.target_name not in ("wheel", "sdist"):
            return
        from rtvariants.project import tree

        self._project = tree.read(Path(self.root))
        if self.target_name == "wheel":
            self._build(self._project, build_data, editable=version == "editable")

    def _build(self, project: Project, build_data: dict[str, Any], *, editable: bool) -> None:
        from rtvariants.shim import pyinstaller

        config = project.config
        theirs = self._checked_contents(config)
        from rtvariants.pipeline import build

        output = Path(self.directory)
        made, self._lock = build(project, self.metadata.version, output, editable=editable)
        key = "force_include_editable" if editable else "force_include"
        build_data.setdefault(key, {})
        places = {name: path for name, path in made.places.items() if name not in theirs}
        files = made.files | places
        build_data[key].update({str(path): name for name, path in files.items()})
        # They go to `.dist-info/sboms` of the wheel, also of an editable one.
        build_data["sbom_files"] += [str(path) for path in made.sboms]
        pyinstaller.enter(self.metadata.core.entry_points, config.loader)
        build_data["pure_python"] = False
        build_data["tag"] = made.tag
        if editable:
            # hatchling ignores `tag` here and asks this method, which says `py3-none-any`.
            builder: Any = self.build_config.builder
            builder.get_default_tag = lambda: made.tag

    def _checked_contents(self, config: Config) -> dict[str, Path]:
        """Return the project's own files by their path in the wheel."""
        from .wheel_contents import check

        builder: Any = self.build_config.builder
        files = {
            Path(file.distribution_path).as_posix(): Path(file.path)
            for file in builder.recurse_included_files()
        }
        check(config, files)
        return files

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Release the lock; an sdist gets what hatchling's rules left out of it."""
        del version, build_data
        if self._lock is not None:
            self._lock.release()
        if self._project is None:
            return
        if self.target_name == "sdist":
            from rtvariants.project import sdist

            excludes = self.build_config.exclude_spec
            with exit_on_error():
                sdist.complete(
                    Path(artifact_path),
                    self._project,
                    lambda name: excludes is not None and excludes.match_file(name),
                )
        elif self._project.config.sizes.wheel:
            from rtvariants.wheels import limits

            with exit_on_error():
                limits.keep(Path(artifact_path), self._project.config)


@hookimpl
def hatch_register_build_hook() -> type[RtvariantsHook]:
    """Give hatchling the hook; the entry point of group `hatch` names this module."""
    return RtvariantsHook
