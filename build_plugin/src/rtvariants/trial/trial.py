"""What is to be shown of installed wheels: which runs, and what each must come to. Nothing runs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from email.parser import HeaderParser
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement

from rtvariants.archives.wheel import Wheel, normal
from rtvariants.errors import Problem, WheelError
from rtvariants.loader.stamp import target_system
from rtvariants.loader.types import Runtime, Table
from rtvariants.wheels.contents import Contents, contents

from . import cpus

CPUINFO = Path("/proc/cpuinfo")
#: What the probe's process ends with where the loader or the guard refused in words.
REFUSED = 3
_MARK = "rtvariants-probe "
# The loader is asked first: what it says of itself must hold before the package adds its own.
_PROBE = """
import hashlib, importlib, importlib.metadata, json, sys
loader = importlib.import_module({loader!r})
try:
    core = loader.load()
except ImportError as error:
    print("{mark}" + json.dumps({{"refused": str(error), "kind": type(error).__name__}}))
    sys.exit({refused})
chosen = loader.decision().chosen
with open(core.__file__, "rb") as file:
    digest = hashlib.sha256(file.read()).hexdigest()
facts = {{name: getattr(chosen, name) for name in {fields!r}}}
facts["version"] = importlib.metadata.version({project!r})
print("{mark}" + json.dumps({{"facts": facts, "native": digest}}), flush=True)
importlib.import_module({package!r})
exec(compile({code!r}, "<tool.rtvariants.test>", "exec"), {{"__name__": "__main__"}})
"""
_FIELDS = ("name", "level", "allocator", "index_bits", "abi")


@dataclass(frozen=True)
class Set:
    """Wheels that are installed together: one fat or variant wheel, or a base and its runtimes."""

    wheels: tuple[Wheel, ...]
    table: Table

    @property
    def name(self) -> str:
        """Return the file name of what a user asks for."""
        return self.wheels[0].filename

    @property
    def shown(self) -> str:
        """Return the name, with the platform where several sets share the file."""
        return self.name if len(self.wheels) == 1 else f"{self.name} ({self.platforms})"

    @property
    def platforms(self) -> str:
        """Return the platform part of the tag that has natives."""
        return self.wheels[-1].tag.rpartition("-")[2]

    def native(self, runtime: Runtime) -> bytes | None:
        """Return the runtime's native; `None` where the set does not have it."""
        package = runtime.module.rpartition(".")[0]
        for wheel in self.wheels:
            found = contents(wheel)
            name = found.native(package) if package in found.runtimes else None
            if name is not None:
                return wheel.files[name]
        return None

    @property
    def runtimes(self) -> tuple[Runtime, ...]:
        """Return the runtimes that the set has."""
        return tuple(r for r in self.table.runtimes if self.native(r) is not None)


@dataclass(frozen=True)
class Run:
    """One process: a runtime, forced, on this CPU or an emulated one, and what it must come to."""

    runtime: Runtime
    cpu: str
    refuses: bool = False


@dataclass(frozen=True)
class Outcome:
    """What a run came to; `failure` is empty where that is what it must be.

    `lacking` is said of a runtime that this machine's CPU, which nobody chose, can't run.
    """

    run: Run
    failure: str = ""
    lacking: str = ""


def sets(wheels: Sequence[Wheel]) -> list[Set]:
    """Return the sets of wheels that are installed together.

    Raises `WheelError` where a base has no runtimes or a runtime no base, or where what one
    requires is there in another version.
    """
    found = [contents(wheel) for wheel in wheels]
    made = [_whole(c) for c in found if c.kind in ("fat", "variant")]
    bases = {(c.wheel.project, c.wheel.version): c for c in found if c.kind == "base"}
    groups: dict[tuple[tuple[str, str], str], list[Contents]] = {}
    problems = []
    for each in (c for c in found if c.kind == "runtime"):
        version = each.wheel.version
        owner = next(
            (k for k, b in bases.items() if (b.package, k[1]) == (each.package, version)), None
        )
        if owner is None:
            hint = f"give the base wheel of `{each.package}` {version} too"
            problems.append(Problem("runtime without its base", hint, each.wheel.filename))
        else:
            groups.setdefault((owner, each.wheel.tag), []).append(each)
    for key, base in bases.items():
        if not any(owner == key for owner, _ in groups):
            hint = f"give the wheels of its runtimes, of version {key[1]}, too"
            problems.append(Problem("base without a runtime", hint, base.wheel.filename))
    made += [_parts(bases[owner], group) for (owner, _), group in groups.items()]
    problems += [p for each in made for p in (*_unmet(each), *_misplaced(each))]
    if problems:
        raise WheelError(problems)
    return made


def _whole(found: Contents) -> Set:
    return Set((found.wheel,), found.tables[0])


def _parts(base: Contents, group: Sequence[Contents]) -> Set:
    """Return the set of a base, with its table for the platform of these runtimes."""
    stamp = group[0].stamp(next(iter(group[0].runtimes))) or {}
    target = stamp.get("target", "")
    wanted = (target.partition("-")[0], target_system(target))
    table = next((t for t in base.tables if (t.machine, t.system) == wanted), base.tables[0])
    return Set((base.wheel, *(each.wheel for each in group)), table)


def _unmet(each: Set) -> Iterator[Problem]:
    """Find what a wheel of the set requires of another one in it, and does not get."""
    versions = {wheel.project: wheel.version for wheel in each.wheels}
    for wheel in each.wheels:
        for requirement in requirements(wheel):
            version = versions.get(requirement.name)
            if version is not None and not requirement.specifier.contains(version):
                what = f"requires `{requirement}`, the set has {version}"
                yield Problem(what, "test the wheels of one release together", wheel.filename)


def _misplaced(each: Set) -> Iterator[Problem]:
    """Find a wheel that holds another runtime than the one that its distribution is for."""
    owners = {r.name: r.install.partition("==")[0] for r in each.table.runtimes if r.install}
    for wheel in each.wheels[1:]:
        found = contents(wheel)
        for name in map(found.runtime_name, found.runtimes):
            if owners.get(name, wheel.project) != wheel.project:
                what = f"holds the runtime `{name}`, which `{owners[name]}` is for"
                hint = "build the wheel anew, or fetch it again from where it was published"
                yield Problem(what, hint, wheel.filename, "runtimes")


def requirements(wheel: Wheel) -> list[Requirement]:
    """Return what a wheel requires without any extra, in this environment."""
    said = HeaderParser().parsestr(wheel.metadata("METADATA")).get_all("Requires-Dist", [])
    found = [Requirement(text) for text in said]
    return [r for r in found if r.marker is None or r.marker.evaluate({"extra": ""})]


def left_out(each: Set) -> list[str]:
    """Return the requirements that no wheel of the set is for."""
    own = {wheel.project for wheel in each.wheels}
    found = {str(r) for wheel in each.wheels for r in requirements(wheel) if r.name not in own}
    return sorted(found)


def here(each: Set) -> list[Run]:
    """Return the runs on this machine's CPU: each runtime, forced."""
    return [Run(runtime, "") for runtime in each.runtimes]


def emulated(each: Set) -> list[Run]:
    """Return the runs on emulated CPUs: the oldest of each runtime's level, and one below it."""
    runs = []
    for runtime in each.runtimes:
        if cpu := cpus.oldest(runtime.level):
            runs.append(Run(runtime, cpu))
        if cpu := cpus.below(runtime.needs):
            runs.append(Run(runtime, cpu, refuses=True))
    return runs


def probe(each: Set, code: str) -> str:
    """Return the Python program of every run; it says what was loaded, then runs `code`."""
    return _PROBE.format(
        loader=f"_{each.table.package}_loader",
        mark=_MARK,
        refused=REFUSED,
        fields=_FIELDS,
        project=each.wheels[0].project,
        # The package that binds the natives: above it may be a namespace, which imports nothing.
        package=each.table.alias.rpartition(".")[0],
        code=code,
    )


def judge(each: Set, run: Run, status: int, out: str, digest: str) -> Outcome:
    """Compare what a process came to with what it must; `digest` is the wheel's native's."""
    said = _said(out)
    if run.refuses:
        refused = status == REFUSED and said.get("refused")
        return Outcome(run, "" if refused else f"must refuse, but {_ended(status)}")
    if status == REFUSED:
        words = said.get("refused", "")
        lacking = words.partition("\n")[0] if _may_lack(run, said) else ""
        return Outcome(run, "" if lacking else f"refused: {words}", lacking)
    if "facts" not in said:
        return Outcome(run, f"{_ended(status)}: {_last(out)}")
    failure = _untrue(each, run, said["facts"])
    if not failure and said["native"] != digest:
        failure = "the loaded native is not the wheel's"
    return Outcome(run, failure or (f"{_ended(status)}: {_last(out)}" if status else ""))


def _may_lack(run: Run, said: Mapping[str, Any]) -> bool:
    """Tell whether the loader says that this CPU can't run the runtime, and may be right.

    Where the kernel lists all that the runtime needs, it is not.
    """
    if run.cpu or not run.runtime.needs or said.get("kind") != "UnrunnableRuntimeError":
        return False
    try:
        listed = set(CPUINFO.read_text(encoding="utf-8", errors="replace").split())
    except OSError:
        return True
    return not set(run.runtime.needs) <= listed


def _untrue(each: Set, run: Run, facts: dict[str, object]) -> str:
    """Return the first fact of the loaded runtime that differs from the wheel's."""
    wanted = {name: getattr(run.runtime, name) for name in _FIELDS}
    wanted["version"] = each.wheels[0].version
    facts = {**facts, "version": normal(str(facts.get("version", "")))}
    differing = (name for name, value in wanted.items() if facts.get(name) != value)
    name = next(differing, None)
    return f"{name}: `{facts.get(name)}`, the wheel says `{wanted[name]}`" if name else ""


def _said(out: str) -> dict[str, Any]:
    lines = [line for line in out.splitlines() if line.startswith(_MARK)]
    found: dict[str, Any] = json.loads(lines[0].removeprefix(_MARK)) if lines else {}
    return found


def _ended(status: int) -> str:
    if status < 0 or status > 128:
        return f"died of signal {-status if status < 0 else status - 128}"
    return "it runs" if status == 0 else f"exit status {status}"


def _last(out: str) -> str:
    lines = [line for line in out.splitlines() if line.strip() and not line.startswith(_MARK)]
    return lines[-1].strip() if lines else "nothing said"
