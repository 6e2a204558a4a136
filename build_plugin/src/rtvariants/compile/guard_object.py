"""The guard and the stamp as one object file, linked into a crate that does not use `module!`.

The compiler of the project makes it from the sources of the crate `rtvariants-guard`, which come
with this package, for the target and the CPU of the runtime: so the same code guards a module in
both ways, and its list of features is the compiler's own. cargo passes it to the linker of the
final crate alone, and dependencies stay as they are. Its name has a digest of all that it is made
from, because cargo does not look into files that a linker reads: another guard or stamp is another
argument, and links the module again.
"""

from __future__ import annotations

import hashlib
import re
import subprocess
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from rtvariants.errors import BuildError, MachineError
from rtvariants.files import replacing
from rtvariants.native.guard.image import ENTRIES
from rtvariants.targets import levels
from rtvariants.toolchain import msvc
from rtvariants.toolchain.probe import Toolchain

from .build import Build, Contract, GuardObject

#: The crate that a crate depends on to call `module!` itself.
CRATE = "rtvariants-guard"
#: The first rustc that compiles the guard: functions without a prologue are stable since then.
OLDEST = (1, 88)
_SOURCES = Path(__file__).parents[1] / "guard_source"
_ARGUMENTS = (
    "--crate-name=rtvariants_guard",
    "--crate-type=lib",
    "--edition=2024",
    '--cfg=feature="object"',
    "--emit=obj",
    # A newer compiler may warn of what was right when the guard was written.
    "--cap-lints=allow",
    "-Copt-level=3",
    "-Ccodegen-units=1",
    "-Cpanic=abort",
    # Distinguishes its symbols from those of a crate that some dependency brings in.
    "-Cmetadata=object",
)


def of(
    contract: Contract, env: Mapping[str, str], toolchain: Toolchain, base: Path, runtime: str
) -> GuardObject:
    """Return the object of a build: where it is, and how it is made.

    `env` are the variables from which the stamp is made. Raises `MachineError` if the compiler is
    too old for it.
    """
    release = tuple(int(part) for part in toolchain.release.split("-")[0].split(".")[:2])
    if release < OLDEST:
        raise MachineError(
            f"rustc too old for the guard: {toolchain.release}, it needs "
            f"{'.'.join(map(str, OLDEST))}",
            "rustup update stable",
        )
    flags = levels.for_target(levels.rustc_flags(contract.level), contract.target)
    # Without calls of functions that only the compiler's own library has.
    plain = ("-Ctarget-feature=-outline-atomics",) if toolchain.machine == "aarch64" else ()
    stated = {
        "RTVARIANTS_INDEX_BITS": str(contract.index_bits or ""),
        "RTVARIANTS_ALLOCATOR": contract.allocator,
    }
    given = {name: value for name, value in env.items() if name.startswith("RTVARIANTS_")} | stated
    argv = (toolchain.rustc, *_ARGUMENTS, f"--target={contract.target}", *flags, *plain)
    made_from = (toolchain.version, sources(), *argv, *(f"{k}={v}" for k, v in given.items()))
    digest = hashlib.sha256("\0".join(made_from).encode()).hexdigest()
    path = base / "guards" / f"{runtime}-{digest[:20]}.o"
    return GuardObject(path, argv, given)


def link_arguments(guard: GuardObject, contract: Contract, linker: str) -> tuple[str, ...]:
    """Return the arguments of rustc that link an object, and keep it though nothing calls it.

    `linker` is the one that the user has chosen, if any.
    """
    if msvc.is_target(contract.target):
        options = [f"/INCLUDE:{name}" for name in ENTRIES]
    else:
        kinds, mark = ["-u"], ""
        if "-apple-" in contract.target:
            # As exports, they make the room that `native/guard/macho.py` needs.
            kinds, mark = ["-u", "-exported_symbol"], "_"
        options = [word for name in ENTRIES for kind in kinds for word in (kind, f"{mark}{name}")]
        if not _is_bare(linker, contract.rustflags):
            options = [",".join(["-Wl", *options])]
    words = [str(guard.path), *options]
    return tuple(part for word in words for part in ("-C", f"link-arg={word}"))


def _is_bare(linker: str, rustflags: Sequence[str]) -> bool:
    """Return whether rustc calls the linker itself, which takes its options as they are.

    A C compiler that links passes on what stands in `-Wl,`.
    """
    text = "\x1f".join(rustflags)
    flavors = re.findall(r"(?:-C\x1f?|--codegen[=\x1f])linker-flavor=([^\x1f]+)", text)
    if flavors:
        return not re.search(r"gcc|-cc\b|^em$", flavors[-1])
    # As rustc infers it from the name.
    return Path(linker).stem.rpartition("-")[2] in ("ld", "ld64", "lld", "mold", "wild")


@cache
def sources() -> str:
    """Return a digest of the guard's sources; raises `MachineError` if they are missing."""
    files = sorted(_SOURCES.rglob("*.rs"))
    if not files:
        raise MachineError(
            f"no sources of the guard in {_SOURCES}",
            "install `rtvariants` again; in a checkout, git must be able to make symbolic links",
        )
    digest = hashlib.sha256()
    for file in files:
        digest.update(f"{file.relative_to(_SOURCES).as_posix()}\0".encode() + file.read_bytes())
    return digest.hexdigest()


def command(guard: GuardObject, path: Path) -> list[str]:
    """Return how the compiler is called to write an object to a path."""
    return [*guard.argv, "-o", str(path), str(_SOURCES / "lib.rs")]


def make(build: Build, env: Mapping[str, str]) -> None:
    """Compile the object of a build, unless it is there; `env` is cargo's environment.

    Raises `BuildError` with what the compiler has said.
    """
    guard = build.guard
    if guard is None or guard.path.is_file():
        return
    guard.path.parent.mkdir(parents=True, exist_ok=True)
    for older in guard.path.parent.glob(f"{build.runtime}-*.o"):
        older.unlink(missing_ok=True)
    with replacing(guard.path) as new:
        done = subprocess.run(
            command(guard, new),
            cwd=build.command.cwd,
            env={**env, **guard.env},
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            check=False,
        )
        if done.returncode:
            what = f"the guard of runtime `{build.runtime}` can't be compiled"
            hint = "the compiler's own words are above; another toolchain may help: `rustup update`"
            raise BuildError(build.runtime, what, hint, done.stderr)
