"""What this process runs on: the runtime, and why it was chosen."""

from __future__ import annotations

from mydf._native import core, decision, facts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Runtime:
    """The native runtime of this process.

    Attributes:
        name: `rt32`, `rt64` or `rtcompat`.
        level: The CPU level that it was compiled for, as archspec spells it.
        index_bits: The width of row numbers in bits.
        allocator: `jemalloc`, `mimalloc` or `system`.
        why: Why this one was chosen.
        rejected: For each other runtime, why it was not chosen.
        build: What the binary says about itself.

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
        """Return all facts as plain values, those of `python -m mydf runtime --json`.

        What each source said of this machine, the request, for each runtime the verdict and which
        installed distributions own it, and what the import took.

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


def runtime() -> Runtime:
    """Return which runtime this process has, and why.

    Examples:
        >>> import mydf
        >>> mydf.runtime().name in ("rt32", "rt64", "rtcompat")
        True
    """
    made = decision()
    build = core.build_info()
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
        return f"asked for by {made.request.origin}"
    if made.host.features is None:
        return "the first that needs nothing beyond the baseline"
    return f"the first that this CPU can run, by {made.host.source}"


def show_versions() -> None:
    """Print what a bug report should hold: mydf, its runtime, Python, and optional dependencies."""
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
