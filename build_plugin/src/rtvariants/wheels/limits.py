"""The limits in `[tool.rtvariants.sizes]`: for extension modules together, and for a wheel."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from rtvariants.archives import members
from rtvariants.config.model import Config
from rtvariants.config.overrides import INSTRUMENTED
from rtvariants.errors import Problem, VerifyError
from rtvariants.native.sizes import recorded, shown
from rtvariants.verify import sbom

#: How many crates a hint names.
_SHOWN = 5


def within(config: Config, natives: Iterable[Path], sboms: Iterable[Path]) -> Iterator[Problem]:
    """Yield a violation if the extension modules of a platform take more than the limit."""
    most = config.sizes.installed
    size = sum(path.stat().st_size for path in natives)
    if most and size > most:
        yield Problem(
            f"extension modules of {shown(size)} together, {shown(size - most)} more than the "
            f"{shown(most)} of `tool.rtvariants.sizes.installed`",
            _hint(path.read_bytes() for path in sboms),
            rule="size",
        )


def keep(wheel: Path, config: Config) -> Path:
    """Return the path of a wheel within its limit.

    Raises `VerifyError` for a larger wheel and removes it, so nobody uploads it by mistake.
    """
    most = config.sizes.wheel
    size = wheel.stat().st_size
    # Modules that count what runs are larger, and their wheel is for one run.
    if not most or size <= most or os.environ.get(INSTRUMENTED):
        return wheel
    found = members.read(wheel)
    hint = _hint(data for name, data in found.items() if name.endswith(sbom.SUFFIX))
    wheel.unlink()
    raise VerifyError(
        Problem(
            f"{shown(size)}, {shown(size - most)} more than the {shown(most)} of "
            "`tool.rtvariants.sizes.wheel`",
            hint,
            wheel.name,
            "size",
        )
    )


def _hint(sboms: Iterable[bytes]) -> str:
    total: Counter[str] = Counter()
    for data in sboms:
        with suppress(ValueError):  # The SBOM of another tool does not list code by crate.
            total.update(dict(recorded(sbom.read(data).properties)))
    if not total:
        return "no SBOM lists its code by crate; package less, or raise the limit"
    most = ", ".join(f"{crate} {shown(size)}" for crate, size in total.most_common(_SHOWN))
    return (
        f"most code: {most}; turn off cargo features that you do not need, or raise the limit. "
        "`rtvariants size` shows the same of a wheel that is within its limit"
    )
