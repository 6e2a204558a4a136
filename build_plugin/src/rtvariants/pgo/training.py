"""From instrumented modules to profiles: compile, run the command in each runtime, merge."""

from __future__ import annotations

import hashlib
import shlex
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from rtvariants.archives.wheel import Wheel
from rtvariants.compile import cargo, freshness
from rtvariants.compile.plan import jobs, plan
from rtvariants.compile.profile import refuse_foreign
from rtvariants.config.model import Config
from rtvariants.errors import BuildError, RtvariantsError
from rtvariants.files import temporary_folder
from rtvariants.project.tree import Project
from rtvariants.toolchain import profdata
from rtvariants.toolchain.crate import Crate
from rtvariants.toolchain.probe import Toolchain
from rtvariants.toolchain.profdata import Profdata
from rtvariants.wheels import layout
from rtvariants.wheels.layout import Package

from . import instrumented, machine, site
from . import note as notes
from .command import Run
from .instrumented import Instrumented
from .machine import Interpreter
from .note import Note

#: Makes a wheel with the files of runtimes, with a folder for what it writes.
Insert = Callable[[Package, Path], Wheel]


@dataclass(frozen=True)
class Task:
    """What profiles are made of: a project, the tools, and the runtimes that need one.

    `insert` makes a wheel with the files that it gets; it may write into a folder. Without it, the
    project's backend does.
    """

    project: Project
    tools: Toolchain
    crate: Crate
    version: str
    runtimes: tuple[str, ...]
    insert: Insert | None = None

    @property
    def config(self) -> Config:
        """Return the configuration of the instrumented builds: of these runtimes, nothing else.

        Entries of the audit would be reported as unused, and counters may exceed limits of sizes.
        """
        whole = self.project.config
        sizes = replace(whole.sizes, wheel=0, installed=0)
        build = replace(whole.build, runtimes=self.runtimes)
        return replace(whole, allow_instructions=(), sizes=sizes, build=build)

    def subject(self, runtime: str) -> notes.Subject:
        """Return what the profile of a runtime must be for."""
        (level,) = (r.levels[self.tools.machine] for r in self.config.wanted if r.name == runtime)
        return notes.subject(runtime, level, self.tools, self.crate)

    def kept(self, runtime: str) -> Path:
        """Return where the profile of a runtime is kept between builds."""
        folder = self.tools.target_base / "rtvariants" / self.tools.target / "profiles"
        return folder / self.project.config.package / f"{runtime}{notes.SUFFIX}"


def train(task: Task, *, again: bool = False) -> dict[str, Path]:
    """Return a profile, with its note next to it, for each runtime of a task.

    The command runs only where the instrumented module, the command or a file that it names has
    changed since, unless `again`. Raises `MachineError` before anything is compiled if this machine
    can't do it, and `BuildError` where the command fails.
    """
    if not task.config.pgo.command:
        hint = 'write `command = "…"` in `[tool.rtvariants.pgo]`, or use `--pgo COMMAND`'
        raise RtvariantsError("no command that makes profiles", hint)
    machine.require(task.tools)
    refuse_foreign(task.tools.ambient)
    tool = profdata.find(profdata.of(task.tools))
    interpreters = machine.interpreters(task.config, task.tools)
    done = _compiled(task)
    stale = [each for each in done if again or not _is_kept(task, each)]
    if stale:
        with temporary_folder() as folder:
            _Trial(task, tool, interpreters, folder).run(stale)
    return {each.runtime: task.kept(each.runtime) for each in done}


def _compiled(task: Task) -> tuple[Instrumented, ...]:
    """Compile the instrumented modules, or find them compiled."""
    config, tools = task.config, task.tools
    builds = plan(config, tools, task.crate, task.version, instrumented=True)
    sys.stderr.write("rtvariants: instrumented modules, for profiles\n")
    freshness.settle(builds, task.project.root, task.crate)
    return cargo.run(builds, jobs(config, tools), instrumented.check, frugal=config.build.frugal)


def _key(config: Config, module: Instrumented) -> str:
    """Return a digest of what decides the profile, as far as that is known."""
    key = hashlib.sha256(module.checked.native.read_bytes())
    key.update(config.pgo.command.encode())
    for file in _named(config.pgo.command, config.root):
        key.update(file.read_bytes())
    return key.hexdigest()


def _named(command: str, root: Path) -> list[Path]:
    """Return the files of the project that a command names."""
    try:
        words = shlex.split(command)
    except ValueError:
        return []
    return [root / word for word in words if word and (root / word).is_file()]


def _is_kept(task: Task, module: Instrumented) -> bool:
    """Return whether a profile of an earlier build is still the one of this build."""
    try:
        note, _ = notes.read(task.kept(module.runtime))
    except notes.NoteError:
        return False
    return note.key == _key(task.config, module) and note.subject == task.subject(module.runtime)


@dataclass(frozen=True)
class _Trial:
    """The runs of the command with the modules of one build, in a temporary folder."""

    task: Task
    tool: Profdata
    interpreters: Mapping[str, Interpreter]
    folder: Path

    def run(self, modules: Sequence[Instrumented]) -> None:
        """Run the command with each module, and keep the profiles."""
        config, project = self.task.config, self.task.project
        checked = [module.checked for module in modules]
        made = layout.assemble(config, self.task.tools, checked, self.task.version)
        # Nobody reads SBOMs of these modules, so none were written.
        made = replace(made, sboms=())
        insert = self.task.insert or partial(site.wheel, project)
        whole = insert(made, self.folder)
        more = site.requirements(whole, config.pgo.requires, self.folder / "requires")
        for module in modules:
            place = self.folder / module.runtime
            interpreter = self.interpreters[module.runtime]
            run = Run(
                runtime=module.runtime,
                command=config.pgo.command,
                cwd=project.root,
                site=site.lay_out(whole, project.config, module.runtime, place),
                more=more,
                python=interpreter.words,
                forced={**interpreter.env, config.env: module.runtime},
                timeout=config.pgo.timeout,
            )
            self._keep(module, run.start(place), place)

    def _keep(self, module: Instrumented, raw: list[Path], place: Path) -> None:
        """Merge what a module has counted."""
        own = [file for file in raw if module.owns(self.tool.counts(file))]
        if not own:
            what = f"runtime `{module.runtime}`: only other programs have written profiles"
            hint = f"let the command import the package, and leave `{self.task.config.env}` alone"
            raise BuildError(module.runtime, what, hint)
        merged = place / "merged"
        self.tool.merge(own, merged)
        data = merged.read_bytes()
        note = Note(
            self.task.subject(module.runtime),
            hashlib.sha256(data).hexdigest(),
            notes.hottest(self.tool.counts(merged)),
            self.task.config.pgo.command,
            # After the run: the command may write a file that it names.
            _key(self.task.config, module),
        )
        notes.write(self.task.kept(module.runtime), data, note)
