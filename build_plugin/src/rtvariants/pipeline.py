"""The one flow that every build runs: project → plan → compile → verify → layout."""

from __future__ import annotations

import os
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from .compile import diagnosis
from .compile.plan import jobs, plan
from .config.overrides import INSTRUMENTED
from .errors import ConfigError, MachineError
from .locking import Lock
from .project import python_notes, staging
from .project.tree import Project
from .toolchain import probe

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .compile.build import Build
    from .compile.profile import Profile
    from .config.model import Config
    from .pgo.training import Insert
    from .toolchain.crate import Crate
    from .toolchain.probe import Toolchain
    from .verify.cached import Checked
    from .wheels.layout import Package


def build(
    project: Project,
    version: str,
    output: Path,
    *,
    editable: bool,
    insert: Insert | None = None,
) -> tuple[Package, Lock]:
    """Build every runtime of a project and return the files of its wheel.

    `output` is the folder that the wheel will go to. The lock is to be released once the files are
    in the wheel. `insert` makes a wheel with such files, where not the project's backend does.
    Raises `RtvariantsError`; `MachineError` among them where one of the two folders can't be
    written.
    """
    _require_temporary()
    if handed := _handed(output):
        return handed
    _require_names(project)
    home = lock = None
    if not editable:
        project, home, lock = staging.staged(project, output)
    try:
        machine = _inspected(project)
        python_notes.say(project, *machine[0], editable=editable)
        base = home or machine[0][0].target_base
        machine = tuple((replace(tools, target_base=base), crate) for tools, crate in machine)
        folder = base / "rtvariants" / machine[0][0].target
        lock = Lock(folder, lock)
        _require_programs(folder)
        diagnosis.require_writable(output)
        with diagnosis.of_writing(folder):
            if editable:
                return _editable(project, machine, version), lock
            return _built(project, machine, version, insert), lock
    except BaseException:
        if lock:
            lock.release()
        raise


def _handed(output: Path) -> tuple[Package, Lock] | None:
    """Return the instrumented modules in a build that another one calls, and a lock of its own."""
    if not os.environ.get(INSTRUMENTED):
        return None
    from .pgo import site

    made = site.handed()
    return (made, Lock(output)) if made else None


def profiles(project: Project, version: str) -> Mapping[str, Path]:
    """Run the command of a project with each runtime, and store the profiles in its folder.

    Raises `RtvariantsError`.
    """
    from .pgo import profiles
    from .pgo.training import Task

    _require_temporary()
    tools, crate = probe.ready(project.config)
    folder = tools.target_base / "rtvariants" / tools.target
    lock = Lock(folder)
    try:
        _require_programs(folder)
        with diagnosis.of_writing(folder):
            names = tuple(runtime.name for runtime in project.config.wanted)
            return profiles.store(Task(project, tools, crate, version, names))
    finally:
        lock.release()


def _require_temporary() -> None:
    """Refuse a machine without a temporary folder: build tools write their archive there, last."""
    try:
        tempfile.gettempdir()
    except OSError as error:
        hint = "set `TMPDIR` to a folder that this user can write to, with space in it"
        raise MachineError(f"no usable temporary folder: {error.strerror}", hint) from error


def _require_names(project: Project) -> None:
    """Refuse names of split packages that are taken, before anything is compiled."""
    name = project.pyproject.get("project", {}).get("name", "")
    if project.config.packaging != "split" or not name:
        return
    from packaging.utils import canonicalize_name

    from .wheels import distributions

    own = canonicalize_name(name)
    if found := [*distributions.problems(distributions.of(project.config, own).names, own)]:
        raise ConfigError(found)


def _require_programs(folder: Path) -> None:
    """Refuse a target directory from which no program may run: cargo runs build scripts there."""
    if hasattr(os, "statvfs") and os.statvfs(folder).f_flag & os.ST_NOEXEC:
        raise MachineError(
            f"target directory from which no program may run: {folder} (mounted `noexec`)",
            "set `CARGO_TARGET_DIR` to a folder elsewhere",
        )


def _inspected(project: Project) -> tuple[tuple[Toolchain, Crate], ...]:
    """Return what this machine builds each extension module with."""
    first, *others = project.config.units
    with ThreadPoolExecutor(1) as pool:
        # A thread has no settings of its own: it gets those of this build, such as `-C python`.
        asked = pool.submit(copy_context().run, probe.ready, first)
        # While cargo and rustc answer: in a fresh environment no module is compiled.
        from .compile import cargo, freshness  # noqa: F401
        from .project import uv_cache
        from .verify import cached  # noqa: F401
        from .wheels import layout  # noqa: F401

        uv_cache.warn(project)
        return (asked.result(), *map(probe.ready, others))


def _built(
    project: Project,
    machine: Sequence[tuple[Toolchain, Crate]],
    version: str,
    insert: Insert | None,
) -> Package:
    from .wheels import layout

    units = project.config.units
    # A profile is of one extension module; the configuration allows no further ones then.
    found: Mapping[str, Profile] = {}
    if project.config.pgo.on:
        found = _profiled(project, *machine[0], version, insert)
    plans = [
        plan(unit, tools, crate, version, profiles=found)
        for unit, (tools, crate) in zip(units, machine, strict=True)
    ]
    before = project.sources.times()
    done = _all_verified(project, machine, plans)
    made = [
        layout.assemble(unit, tools, checked, version)
        for unit, (tools, _), checked in zip(units, machine, done, strict=True)
    ]
    layout.warn_of_absent(project.config)
    whole = layout.together(made, plans[0][0].output_dir.parent)
    project.sources.warn_of_edits(before)
    return whole


def _profiled(
    project: Project, tools: Toolchain, crate: Crate, version: str, insert: Insert | None
) -> Mapping[str, Profile]:
    from .pgo import profiles
    from .pgo.training import Task

    # What the last build needs is looked for before the first one.
    _look_ahead(plan(project.config, tools, crate, version), tools)
    names = tuple(runtime.name for runtime in project.config.wanted)
    return profiles.of(Task(project, tools, crate, version, names, insert))


def _editable(
    project: Project, machine: Sequence[tuple[Toolchain, Crate]], version: str
) -> Package:
    from .compile import freshness
    from .shim import table
    from .wheels import editable, layout

    before = editable.State.of(project)
    units = project.config.units
    plans = [
        plan(unit, tools, crate, version, editable=True)
        for unit, (tools, crate) in zip(units, machine, strict=True)
    ]
    done = _all_verified(project, machine, plans)
    state = before.after_build(freshness.known([build for builds in plans for build in builds]))
    made = []
    for unit, (tools, crate), builds, checked in zip(units, machine, plans, done, strict=True):
        part = layout.assemble(unit, tools, checked, version)
        # Also what is not built today: its absence has a name then, and it may come later.
        whole = table.of(unit, tools.machine, tools.system, crate.abi, version)
        folder = builds[0].output_dir.parent / unit.loader / "editable"
        made.append(editable.complete(part, unit, whole, state, folder))
    return layout.together(made, plans[0][0].output_dir.parent)


def _all_verified(
    project: Project,
    machine: Sequence[tuple[Toolchain, Crate]],
    plans: Sequence[Sequence[Build]],
) -> list[tuple[Checked, ...]]:
    """Compile and verify each extension module; raises `VerifyError` with all violations."""
    from .wheels import layout

    done = [
        _verified(project, unit, tools, crate, builds)
        for unit, (tools, crate), builds in zip(project.config.units, machine, plans, strict=True)
    ]
    layout.judge(project.config, [each for checked in done for each in checked])
    return done


def _verified(
    project: Project, config: Config, tools: Toolchain, crate: Crate, builds: Sequence[Build]
) -> tuple[Checked, ...]:
    """Compile all builds of an extension module, and verify each while others still compile."""
    from .compile import cargo, freshness
    from .verify import cached

    if config.modules:
        sys.stderr.write(f"rtvariants: extension module {config.module}\n")
    freshness.settle(builds, project.root, crate)
    return cargo.run(
        builds,
        jobs(config, tools),
        partial(cached.check, graph=crate.graph),
        before=partial(_look_ahead, builds, tools),
        frugal=config.build.frugal,
        events=config.build.events,
        more=config.is_further,
    )


def _look_ahead(builds: Sequence[Build], tools: Toolchain) -> None:
    """Look for what the end of a build needs, unless every runtime has been built before."""
    from .verify import cached

    if not all(cached.is_there(build) for build in builds):
        from .verify import tools as needed

        needed.require(builds[0], tools)
