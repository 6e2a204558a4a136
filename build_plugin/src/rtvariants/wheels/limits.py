"""The limits of size in `[tool.rtvariants.sizes]`: of a platform's natives, and of a wheel."""

from __future__ import annotations

import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from rtvariants.config.model import Config
from rtvariants.errors import Problem, VerifyError
from rtvariants.native.sizes import recorded, shown
from rtvariants.verify import sbom

#: How many crates a hint names.
_SHOWN = 5


def within(config: Config, natives: Iterable[Path], sboms: Iterable[Path]) -> Iterator[Problem]:
    """Yield a violation where the natives of a platform take more than the limit."""
    most = config.sizes.installed
    size = sum(path.stat().st_size for path in natives)
    if most and size > most:
        yield Problem(
            f"natives of {shown(size)} together, {shown(size - most)} more than the "
            f"{shown(most)} of `tool.rtvariants.sizes.installed`",
            _hint(path.read_bytes() for path in sboms),
            rule="size",
        )


def keep(wheel: Path, config: Config) -> Path:
    """Return a wheel that is not too large.

    Raises `VerifyError` for one that is, and removes it, so that it is not uploaded by mistake.
    """
    most = config.sizes.wheel
    size = wheel.stat().st_size
    if not most or size <= most:
        return wheel
    with zipfile.ZipFile(wheel) as archive:
        sboms = [name for name in archive.namelist() if name.endswith(sbom.SUFFIX)]
        hint = _hint(archive.read(name) for name in sboms)
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
        with suppress(ValueError):  # One of another tool says nothing of natives.
            total.update(dict(recorded(sbom.read(data).properties)))
    if not total:
        return "no SBOM says what it is made of; pack less, or raise the limit"
    most = ", ".join(f"{crate} {shown(size)}" for crate, size in total.most_common(_SHOWN))
    return (
        f"most code: {most}; turn off cargo features that you do not need, or raise the limit. "
        "`rtvariants size` shows the same of a wheel that is within its limit"
    )
