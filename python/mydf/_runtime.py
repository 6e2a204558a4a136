"""The runtime of this process, and why it was chosen."""

from __future__ import annotations

from mydf._guided import guided
from mydf._native import core, decision, facts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Runtime:
    """The runtime of this process.

    Attributes:
        name: `rt32`, `rt64` or `rtcompat`.
        level: The CPU level that it was compiled for, as archspec spells it.
        index_bits: The width of row numbers in bits.
        allocator: `jemalloc`, `mimalloc` or `system`.
        why: Why this runtime was chosen.
        rejected: For each other runtime, why it was not chosen.
        build: What the binary reports about its build, and the number of threads that it uses.

    Examples:
        >>> import mydf
        >>> mydf.runtime().index_bits in (32, 64)
        True
    """

    __slots__ = ("allocator", "build", "index_bits", "level", "name", "rejected", "why")

    name: str
    level: str
    index_bits: int
    allocator: str
    why: str
    rejected: dict[str, str]
    build: dict[str, Any]

    def report(self) -> dict[str, Any]:
        """Return all facts as plain values, as `python -m mydf runtime --json` prints them.

        They are: what each source reports about this machine, the request, the verdict on each
        runtime and the installed distributions that own it, and how long the import took.

        Examples:
            >>> import mydf
            >>> facts = mydf.runtime().report()
            >>> facts["chosen"] == mydf.runtime().name
            True
            >>> [layer["source"] for layer in facts["host"]["layers"]][0]
            'interpreter'
        """
        return facts()

    def __repr__(self) -> str:
        return (
            f"Runtime(name={self.name!r}, level={self.level!r}, index_bits={self.index_bits}, "
            f"allocator={self.allocator!r}, why={self.why!r})"
        )


@guided
def runtime() -> Runtime:
    """Return the runtime of this process, and why it was chosen.

    Examples:
        >>> import mydf
        >>> mydf.runtime().name in ("rt32", "rt64", "rtcompat")
        True
    """
    made = decision()
    build = core.build_info() | {"threads": core.threads()}
    found = Runtime()
    found.name = build["runtime"]
    found.level = build["level"]
    found.index_bits = build["index_bits"]
    found.allocator = build["allocator"]
    found.rejected = {each.runtime: each.reason for each in made.rejections}
    found.why = _why(made)
    found.build = build
    return found


def _why(made: Any) -> str:
    if made.request.name is not None:
        return f"requested by {made.request.origin}"
    if made.host.features is None:
        return "the first that needs no feature above the baseline"
    return f"the first that this CPU can run, according to {made.host.source}"


@guided
def show_versions() -> None:
    """Print the facts for a bug report: mydf, its runtime, Python, and optional dependencies.

    Examples:
        >>> import mydf
        >>> import contextlib, io
        >>> with contextlib.redirect_stdout(io.StringIO()) as text:
        ...     mydf.show_versions()
        >>> text.getvalue().splitlines()[0].startswith("mydf: ")
        True
    """
    import platform
    import sys
    from importlib.metadata import distributions

    this = runtime()
    known = {found.name.lower(): found.version for found in distributions() if found.name}
    lines = [
        f"mydf: {this.build['version']}",
        f"runtime: {this.name} ({this.level}, {this.index_bits}-bit index, {this.allocator})",
        f"chosen: {this.why}",
        f"cpu: {this.report()['host']['cpu'] or 'unknown to archspec'}",
        f"threads: {this.build['threads']}",
        f"toolchain: {this.build['toolchain']}",
        f"python: {sys.version.split()[0]} on {platform.platform()}",
        *(
            f"{name}: {known.get(name, 'not installed')}"
            for name in ("archspec", "numpy", "pandas", "polars", "pyarrow")
        ),
    ]
    sys.stdout.write("\n".join(lines) + "\n")
