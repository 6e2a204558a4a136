"""The instrumented module of a runtime, with the files that the loader reads next to it.

It is checked by no rule, since it goes into no wheel that anybody gets: LLVM's counters add
constructors, functions and names of files. The loader and the guard work as usual.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from rtvariants.compile.artifact import Artifact
from rtvariants.errors import VerifyError
from rtvariants.files import write_bytes
from rtvariants.native import binary, codesign
from rtvariants.native import stamp as stamps
from rtvariants.verify.cached import Checked


@dataclass(frozen=True)
class Instrumented:
    """A module that counts what runs; `names` are its symbols with a NUL byte around each."""

    checked: Checked
    names: bytes

    @property
    def problems(self) -> list[object]:
        """Return no violations: nothing is checked."""
        return []

    @property
    def runtime(self) -> str:
        """Return the name of the runtime."""
        return self.checked.build.runtime

    def owns(self, functions: Iterable[str]) -> bool:
        """Return whether one of these functions is in the module, by a name that Rust gave it."""
        mangled = (name for name in functions if name.startswith(("_R", "_ZN")))
        return any(b"\0%b\0" % name.encode() in self.names for name in mangled)


def check(artifact: Artifact) -> Instrumented:
    """Write the module and its stamp; raises `VerifyError` for a file that can't be read."""
    build = artifact.build
    native, stamp = build.output_dir / "native.so", build.output_dir / stamps.FILE_NAME
    try:
        file = binary.read(artifact.path)
        text = stamps.with_commit(file.stamp or b"", build.contract.commit)
        data = stamps.with_commit(artifact.path.read_bytes(), build.contract.commit)
    except ValueError as error:
        raise VerifyError(f"runtime `{build.runtime}`: {error}") from error
    _keep(native, codesign.renewed(data) if file.system == "macos" else data)
    _keep(stamp, text)
    checked = Checked(build, native, stamp, Path(), file.floor, [])
    return Instrumented(checked, file.symbol_names or b"")


def _keep(path: Path, data: bytes) -> None:
    if not path.is_file() or path.read_bytes() != data:
        write_bytes(path, data)
