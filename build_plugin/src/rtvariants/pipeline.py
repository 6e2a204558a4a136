"""The one flow that every adapter runs: table → plan → cargo → checks → files of a wheel."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from .compile.diagnosis import told
from .compile.plan import flag_sets, plan
from .config import load, model, tool_maturin
from .config.overrides import current
from .errors import RtvariantsError
from .locking import Lock
from .project import sources
from .toolchain import probe

if TYPE_CHECKING:
    from .compile.cargo import Artifact
    from .verify.cached import Checked
    from .wheels.layout import Package

# What an unpacked sdist holds beside sources, or what never belongs to them.
_NO_SOURCE = {".git", "target", "dist", "__pycache__", ".venv"}


def build(root: Path, version: str, output: Path, *, editable: bool) -> tuple[Package, Lock]:
    """Build every runtime of `root`'s table and return the files of its wheel.

    `output` is the folder that the wheel will go to. The lock is to be released once the files are
    in the wheel. Raises `RtvariantsError`; `MachineError` among them where the target
    directory can't be written.
    """
    config = load.read(root)
    base = None if editable else _home_target(root, output)
    if base is not None:
        root = _stage(root, base / "rtvariants" / "sdist" / config.package)
        config = load.read(root)
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(probe.inspect, config, flag_sets(config))
        # While cargo and rustc answer: in a fresh environment no module is compiled.
        from .compile import cargo, progress, shared_target  # noqa: F401
        from .project import uv_cache
        from .verify import cached  # noqa: F401
        from .wheels import layout

        if base is None:
            uv_cache.warn(config)
        tools, crate = asked.result()
    layout.supported(tools.target)
    probe.require_std(tools)
    tools = replace(tools, cpus=jobs(config, tools), target_base=base or tools.target_base)
    folder = tools.target_base / "rtvariants" / tools.target
    lock = Lock(folder)
    try:
        with told(folder):
            return _locked(config, tools, crate, version, editable=editable), lock
    except BaseException:
        lock.release()
        raise


def jobs(config: model.Config, tools: probe.Toolchain) -> int:
    """Return how many compilers may run at once."""
    return config.build.jobs or (1 if config.build.frugal else tools.cpus)


def _locked(
    config: model.Config,
    tools: probe.Toolchain,
    crate: probe.Crate,
    version: str,
    *,
    editable: bool,
) -> Package:
    from .compile import cargo, shared_target
    from .compile.progress import Progress
    from .verify import cached
    from .wheels import layout

    if editable:
        from .wheels import (
            editable as editables,  # not for a wheel: what is imported takes its time
        )

        before = editables.state(config)
    builds = plan(config, tools, crate, version, editable=editable)
    progress = Progress(tuple(b.runtime for b in builds), events=config.build.events)
    private = {
        config.root,
        crate.workspace,
        tools.target_base,
        tools.cargo_home,
        tools.sysroot,
        Path.home(),
        *crate.outside,
    }
    # A home such as `/` would be found in every path there is.
    private_paths = sorted(p for p in private if len(p.parts) > 1)

    def check(artifact: Artifact) -> Checked:
        found = cached.check(artifact, private_paths, crate.graph)
        progress.checked(artifact.build.runtime, len(found.problems))
        return found

    shared_target.settle(builds, config)
    if not editable:  # That one has looked at its sources already.
        read = sources.find(config)
        times = read.times()
    done = cargo.run(builds, tools.cpus, progress, check, frugal=config.build.frugal)
    made = layout.assemble(config, tools, done, version)
    if not editable:
        _whole(config)
        _unchanged(times, read.times())
        return made
    from .shim import table as tables

    # Also what is not built today: its absence has a name then, and it may come later.
    frozen = tables.of(config, tools.machine, tools.system, crate.abi, version)
    return editables.complete(
        made, config, frozen, before, builds[0].output_dir.parent / "editable"
    )


def _whole(config: model.Config) -> None:
    """Say which runtimes a wheel lacks, unless a command's option has just left them out."""
    asked = current(os.environ).take("runtimes")
    wanted = {runtime.name for runtime in config.wanted}
    left = [f"`{r.name}`" for r in config.runtimes if r.name not in wanted]
    if left and not (asked and asked.name.startswith("--")):
        place = asked.name if asked else "tool.rtvariants.build.runtimes"
        sys.stderr.write(
            f"warning: {place}: built without {', '.join(left)}: for development alone\n"
        )


def _unchanged(before: Mapping[str, object], after: Mapping[str, object]) -> None:
    """Say which sources have changed under the compilers: each runtime has read them by itself."""
    changed = sorted(name for name in {**before, **after} if before.get(name) != after.get(name))
    if changed:
        more = f", and {len(changed) - 1} more" if len(changed) > 1 else ""
        sys.stderr.write(
            f"warning: changed while the build was on: `{changed[0]}`{more}\n"
            "hint: build again, so that no runtime is older than another\n"
        )


def _home_target(root: Path, output: Path) -> Path | None:
    """Find a lasting target directory for an sdist that a frontend unpacked somewhere.

    `python -m build` and `uv build` make the sdist first, unpack it into a fresh folder and build
    the wheel there, which would compile everything anew each time. The wheel goes back to the tree
    that the sdist came from; where that is the same project, its target directory serves.
    """
    if not (root / "PKG-INFO").is_file() or (root / ".git").exists():
        return None
    if os.environ.get("CARGO_TARGET_DIR"):
        return Path.cwd() / os.environ["CARGO_TARGET_DIR"]
    mine = (root / "pyproject.toml").read_bytes()
    for tree in list(output.resolve().parents)[:3]:
        with contextlib.suppress(OSError, ValueError):
            theirs = (tree / "pyproject.toml").read_bytes()
            if tree != root and (theirs == mine or tool_maturin.alike(theirs, mine)):
                return _workspace(tree) / "target"
    return None


def _workspace(tree: Path) -> Path:
    """Return where cargo itself would put its files: version control ignores them there."""
    try:
        return sources.find(load.read(tree)).workspace
    except RtvariantsError:
        return tree


def _stage(root: Path, stage: Path) -> Path:
    """Bring `stage` to the state of `root`, touching only what differs.

    cargo tells crates by their path and changes by time; both stay the same here between builds.
    """
    wanted = dict(_sources(root))
    for path, _ in list(_sources(stage)) if stage.is_dir() else []:
        if path not in wanted:
            (stage / path).unlink()
    for path, source in wanted.items():
        kept = stage / path
        if kept.is_file() and kept.read_bytes() == source.read_bytes():
            continue
        kept.parent.mkdir(parents=True, exist_ok=True)
        # Not the time of the source: archives carry old ones, and cargo must see a newer file.
        shutil.copyfile(source, kept)
    return stage


def _sources(root: Path) -> Iterator[tuple[Path, Path]]:
    for folder, names, files in os.walk(root, followlinks=True):
        names[:] = [n for n in names if n not in _NO_SOURCE]
        for name in files:
            path = Path(folder, name)
            yield path.relative_to(root), path
