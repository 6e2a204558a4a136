"""Whether this machine can run the instrumented modules of a build, and with which program."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field

from rtvariants.config.model import Config, RuntimeConfig
from rtvariants.errors import MachineError, Problem
from rtvariants.loader import host
from rtvariants.targets import levels
from rtvariants.toolchain.probe import Toolchain
from rtvariants.trial import cpus

_ELSEWHERE = "store its profile on a machine that can run it: `rtvariants pgo`"


@dataclass(frozen=True)
class Interpreter:
    """The words that start Python so that it can load a runtime, and variables for it."""

    words: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=dict)


def require(tools: Toolchain) -> None:
    """Refuse modules that can't be instrumented or do not run here; raises `MachineError`."""
    if tools.cross or tools.target != tools.host:
        what = f"no stored profile, and modules for `{tools.target}` do not run on this machine"
        hint = (
            "write `profiles` in `[tool.rtvariants.pgo]`, and fill it with `rtvariants pgo` on "
            "such a machine; or build without profiles: `RTVARIANTS_PGO_MODE=off`"
        )
        raise MachineError(what, hint)
    libraries = tools.sysroot.glob(f"lib*/rustlib/{tools.target}/lib/libprofiler_builtins*")
    if not any(libraries):
        what = f"no `profiler_builtins` in the toolchain {tools.sysroot}: it can't count what runs"
        raise MachineError(what, "take Rust from https://rustup.rs")


def interpreters(config: Config, tools: Toolchain) -> dict[str, Interpreter]:
    """Return the interpreter for each wanted runtime; raises `MachineError` for all without one."""
    found: dict[str, Interpreter] = {}
    problems: list[Problem] = []
    for runtime in config.wanted:
        lacking = _lacking(runtime, tools)
        emulated = _emulated(runtime, config, tools) if lacking else None
        if not lacking:
            found[runtime.name] = Interpreter((sys.executable,))
        elif emulated:
            found[runtime.name] = emulated
        else:
            names = "`, `".join(lacking)
            what = f"runtime `{runtime.name}` does not run on this CPU, which lacks `{names}`"
            problems.append(Problem(what, _ELSEWHERE))
    if problems:
        raise MachineError(problems)
    return found


def _lacking(runtime: RuntimeConfig, tools: Toolchain) -> list[str]:
    """Return what a runtime needs and this CPU lacks, in the names of the kernel or of archspec."""
    needs = levels.needs(runtime.levels[tools.machine], tools.system)
    here = host.kernel_host()
    if here.features is None or not here.features.issuperset(needs):
        here = host.archspec_host(here)
    return sorted(set(needs) - (here.features or frozenset()))


def _emulated(runtime: RuntimeConfig, config: Config, tools: Toolchain) -> Interpreter | None:
    """Return the interpreter on an emulated CPU, where the emulator has one."""
    program = shutil.which(f"qemu-{tools.machine}")
    cpu = cpus.oldest(runtime.levels[tools.machine])
    if not program or not cpu:
        return None
    # The kernel lists the real CPU's features to an emulated process; the guard knows better.
    return Interpreter((program, "-cpu", cpu, sys.executable), {f"{config.env}_UNSAFE": "1"})
