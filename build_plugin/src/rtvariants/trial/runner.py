"""Installs wheels into a clean environment and runs each of their runtimes, on old CPUs too.

Each wheel is checked first, and only one that breaks no rule is installed. Then each of its
runtimes is forced: what is loaded must be what the wheel says, and the project's own code must
succeed. With qemu-user the same is repeated on the oldest CPU of the runtime's level, and on one
below it, where the runtime must refuse to load and say why.
"""

from __future__ import annotations

import hashlib
import itertools
import shlex
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from rtvariants.errors import Problem, RtvariantsError
from rtvariants.files import temporary_folder
from rtvariants.targets import platforms
from rtvariants.toolchain import cross, interpreters
from rtvariants.toolchain.interpreter import this
from rtvariants.wheels import check

from . import dependencies, environment, probe, pythons, runs, sets
from .dependencies import Needs
from .judge import Outcome, ended, judge
from .runs import Run
from .sets import WheelSet

_SECONDS = 600.0
Say = Callable[[str], None]


@dataclass(frozen=True)
class Request:
    """How wheels are tried.

    `code` runs after each import. `needs` are the packages that it runs with. `pythons` are the
    versions or paths of Pythons of this machine; without any, one that fits is taken for each
    wheel. `interpreters` run wheels for other platforms, by a part of their platform tag. With
    `strict`, a run that is not possible on this machine is a failure.
    """

    code: str = ""
    needs: Needs = field(default_factory=Needs)
    pythons: tuple[str, ...] = ()
    interpreters: Mapping[str, Sequence[str]] = field(default_factory=dict)
    emulation: bool = True
    strict: bool = False


@dataclass
class Tally:
    """Reports each run as it ends, and counts."""

    say: Say
    strict: bool
    python: str = ""
    ran: int = 0
    failed: int = 0

    @property
    def passed(self) -> bool:
        """Return whether something ran and nothing failed."""
        return bool(self.ran) and not self.failed

    def ended(self, each: WheelSet, outcome: Outcome) -> None:
        """Report the outcome of a run."""
        run = outcome.run
        if outcome.unrunnable:
            self.skipped(f"{each.shown}: {run.runtime.name}: {outcome.unrunnable}")
            return
        self.ran += 1
        self.failed += bool(outcome.failure)
        must = "refuses" if run.refuses else "runs"
        where = (run.cpu or "this CPU") + (f", Python {self.python}" if self.python else "")
        verdict = "FAILED" if outcome.failure else "ok"
        tail = f": {outcome.failure}" if outcome.failure else ""
        self.say(f"{verdict:7} {run.runtime.name} {must} on {where}: {each.shown}{tail}")

    def skipped(self, what: str) -> None:
        """Report a run that is not possible here."""
        self.failed += self.strict
        self.say(f"NOT RUN {what}")


def given(texts: Sequence[str]) -> tuple[tuple[str, ...], dict[str, list[str]]]:
    """Return Pythons of this machine, and commands by platform, of the values of `--python`."""
    named = tuple(text for text in texts if "=" not in text)
    return named, dict(interpreter(text) for text in texts if "=" in text)


def interpreter(text: str) -> tuple[str, list[str]]:
    """Return the platform and the command of `PLATFORM=COMMAND`; raises `RtvariantsError`."""
    platform, equals, command = text.partition("=")
    try:
        words = shlex.split(command)
    except ValueError:  # a quotation mark that is not closed
        words = []
    if not equals or not words:
        raise RtvariantsError(
            Problem(f"no interpreter: `--python {text}`", "write `--python PLATFORM=COMMAND`")
        )
    return platform, words


def run(wheels: Sequence[Path], request: Request, say: Say) -> Tally:
    """Check, install and run wheels; raises `WheelError` if one breaks a rule."""
    request.needs.check()
    found = sets.group(check.all_checked(wheels))
    for part in request.interpreters:
        if not any(part in each.platforms for each in found):
            tags = ", ".join(sorted({f"`{each.platforms}`" for each in found}))
            hint = f"write a part of a wheel's platform tag; here there are {tags}"
            raise RtvariantsError(Problem(f"no wheel for `--python {part}=…`", hint))
    tally = Tally(say, request.strict)
    named = [interpreters.find(name) for name in request.pythons]
    for python in named:
        if not any(pythons.fitting(each.abi, [python.executable]) for each in found):
            tags = ", ".join(sorted({f"`{each.abi.tag}`" for each in found}))
            hint = f"name a Python that loads one of these: {tags}"
            raise RtvariantsError(Problem(f"no wheel for `--python {python.shown}`", hint))
    # The modules of one distribution are next to each other, and run in one environment.
    for _, modules in itertools.groupby(found, lambda each: [w.filename for w in each.wheels]):
        with temporary_folder() as folder:
            for each in modules:
                _tried(_Trial(each, request, folder, tally))
    return tally


def _tried(one: _Trial) -> None:
    if not pythons.is_for_this_machine(one.each):
        one.elsewhere()
        return
    one.on_this_machine()
    if unused := [part for part in one.request.interpreters if part in one.each.platforms]:
        one.tally.say(f"note: this machine's own Python, not `{unused[0]}=…`: {one.each.shown}")


@dataclass(frozen=True)
class _Trial:
    """The runs of one set of wheels, in one folder."""

    each: WheelSet
    request: Request
    folder: Path
    tally: Tally

    def on_this_machine(self) -> None:
        """Run wheels with each Python that is asked for, or with one that fits."""
        found = pythons.fitting(self.each.abi, self.request.pythons)
        for python in found:
            same = python == this()
            self.tally.python = "" if same else python.shown
            folder = self.folder / python.shown.replace(" ", "-")
            replace(self, folder=folder)._here(sys.executable if same else python.executable)
        self.tally.python = ""
        if not found:
            wanted = self.each.abi.version + (" or newer" if self.each.abi.stable else "")
            hint = f"no Python {wanted} on this machine"
            if self.request.pythons:
                hint = "no Python that is asked for loads it"
            self.tally.skipped(f"{self.each.shown}: {hint}")

    def _here(self, program: str) -> None:
        """Install wheels with a Python of this machine and run them, on emulated CPUs too."""
        each, needs = self.each, self.request.needs
        interpreter = environment.install(each.wheels, self.folder, program)
        left = dependencies.install(interpreter, sets.missing(each), needs, each.name)
        python = str(interpreter)
        self._run(runs.here(each), [python, "-I"])
        if self.request.emulation:
            self._emulated(python)
        if left:
            absent = ", ".join(f"`{text}`" for text in left)
            self.tally.say(f"note: installed without {absent}: {each.shown}")

    def _emulated(self, python: str) -> None:
        name = f"qemu-{self.each.table.machine}"
        emulator = shutil.which(name)
        if emulator is None:
            hint = f"`{name}` not found; on Debian `apt-get install qemu-user`"
            self.tally.skipped(f"{self.each.shown}: old CPUs: {hint}")
            return
        self._on_old_cpus([emulator], [python, "-I"])

    def _on_old_cpus(self, head: Sequence[str], tail: Sequence[str], **env: str) -> None:
        """Run each runtime by an emulator, `head`, on the oldest CPU of its level and one below."""
        emulated = runs.emulated(self.each)
        for one in emulated:
            # The kernel lists the real CPU's features to an emulated process; the guard knows
            # better.
            unsafe = {f"{self.each.table.env}_UNSAFE": "1"} if one.runtime.needs else {}
            self._run([one], [*head, "-cpu", one.cpu, *tail], **env, **unsafe)
        for runtime in self.each.runtimes:
            if not any(one.runtime is runtime and not one.refuses for one in emulated):
                what = f"{runtime.name}: no emulated CPU of level `{runtime.level}`"
                self.tally.skipped(f"{self.each.shown}: {what}")

    def elsewhere(self) -> None:
        """Run wheels for another platform with the interpreter that is given or prepared for it.

        The prepared one runs by an emulator, so that it can be an old CPU.
        """
        tag = self.each.platforms
        given = next((c for part, c in self.request.interpreters.items() if part in tag), None)
        command, hint = (given, "") if given is not None else _prepared(tag)
        if not command:
            self.tally.skipped(f"{self.each.shown}: {hint}")
            return
        site = {"PYTHONPATH": str(environment.unpack(self.each.wheels, self.folder))}
        if given is not None:
            self._run(runs.here(self.each), command, **site)
            return
        if _starts_here(tag):
            self._run(runs.here(self.each), command[-1:], **site)
        self._on_old_cpus(command[:1], command[1:], **site)

    def _run(self, planned: Sequence[Run], command: Sequence[str], **env: str) -> None:
        home = self.folder / "home"
        home.mkdir(exist_ok=True)
        program = probe.program(self.each, self.request.code)
        for one in planned:
            forced = {**env, self.each.table.env: one.runtime.name}
            status, out = environment.run(command, program, home, forced, _SECONDS)
            digest = hashlib.sha256(self.each.native(one.runtime) or b"").hexdigest()
            outcome = judge(self.each, one, status, out, digest)
            if outcome.failure and one.cpu and not one.refuses and (why := self._foreign(command)):
                what = (
                    f"{one.runtime.name} on {one.cpu}: what it requires does not run there: {why}"
                )
                self.tally.skipped(f"{self.each.shown}: {what}")
                continue
            self.tally.ended(self.each, outcome)

    def _foreign(self, command: Sequence[str]) -> str:
        """Return why packages that the wheel needs can't be imported, as on an emulated old CPU."""
        names = self.request.needs.names(sets.missing(self.each))
        if not names:
            return ""
        status, out = environment.run(
            command, probe.imports(names), self.folder / "home", {}, _SECONDS
        )
        return ended(status, out) if status else ""


def _prepared(tag: str) -> tuple[Sequence[str], str]:
    """Return the Python that is prepared for a wheel's platform; without one, why not."""
    platform = platforms.of_tag(tag)
    tools = cross.prepared(platform) if platform else None
    if platform is None or not platform.emulator:
        return [], f"no interpreter for `{tag}`; `--python` names one"
    if tools is None or not tools.python:
        hint = f"`rtvariants toolchain prepare {platform.name}` gets one, `--python` names one"
        return [], f"no interpreter for `{tag}`; {hint}"
    if not shutil.which(tools.python[0]):
        return [], f"`{tools.python[0]}` not found; on Debian `apt-get install qemu-user`"
    return tools.python, ""


def _starts_here(tag: str) -> bool:
    """Return whether this CPU runs the programs of a wheel's platform, with its own C library."""
    mine, other = platforms.PLATFORMS.get(platforms.host()), platforms.of_tag(tag)
    return mine is not None and other is not None and mine.machine == other.machine
