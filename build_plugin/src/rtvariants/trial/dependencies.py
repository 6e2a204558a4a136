"""The packages that a wheel needs at run time: from the caller's index, or from folders.

Only pip gets the caller's settings here; the processes that run the wheel get none.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement

from rtvariants.errors import Problem, RtvariantsError

# Where pip would put packages elsewhere, or not at all.
_UNSET = ("PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_USER", "PIP_DRY_RUN", "PIP_REQUIRE_HASHES")
_UNREACHED = re.compile(
    r"NewConnectionError|ConnectTimeout|ReadTimeout|ProxyError|NameResolutionError|SSLError|"
    r"Connection(Error|Refused|Reset)|Temporary failure in name resolution"
)


@dataclass(frozen=True)
class Needs:
    """Which packages a wheel is tried with, and where pip finds them.

    `more` are requirements in addition to those of the wheel, as pip takes them. Without `wanted`,
    the wheel's own requirements are not installed. Without `index`, packages only come from the
    folders `links`.
    """

    more: tuple[str, ...] = ()
    links: tuple[Path, ...] = ()
    index: bool = True
    wanted: bool = True

    def check(self) -> None:
        """Refuse a folder that does not exist, and text that is no requirement."""
        for links in self.links:
            if not links.is_dir():
                hint = "name a folder with the wheels that the package requires"
                raise RtvariantsError(Problem(f"no folder: `--find-links {links}`", hint))
        for text in self.more:
            if not Path(text).exists() and not _is_requirement(text):
                what = f"no requirement: `--with {text}`"
                hint = "write it as pip takes it, such as `--with numpy` or `--with 'numpy>=2'`"
                raise RtvariantsError(Problem(what, hint))

    def names(self, requirements: Sequence[str]) -> list[str]:
        """Return the names of the packages that are installed next to the wheel."""
        texts = [*(requirements if self.wanted else ()), *self.more]
        found = [re.match(r"[\w.-]*\w", text) for text in texts if not Path(text).exists()]
        return [match[0] for match in found if match]


def _is_requirement(text: str) -> bool:
    try:
        Requirement(text)
    except InvalidRequirement:
        return False
    return True


def install(python: Path, requirements: Sequence[str], needs: Needs, wheel: str) -> list[str]:
    """Install what a wheel needs; returns the requirements that it runs without.

    archspec is among those where it can't be installed: the loader does without it. Raises
    `RtvariantsError` if pip can't install another one.
    """
    wanted = [*(requirements if needs.wanted else ()), *needs.more]
    left = [] if needs.wanted else [*requirements]
    if not wanted or not _pip(python, wanted, needs):
        return left
    optional = [text for text in wanted if re.match(r"archspec\b", text)]
    others = [text for text in wanted if text not in optional]
    if said := _pip(python, others, needs) if others else "":
        raise RtvariantsError(_problem(said, needs, wheel))
    return [*left, *optional]


def _pip(python: Path, requirements: Sequence[str], needs: Needs) -> str:
    """Install requirements; returns pip's output if it fails."""
    argv = [str(python), "-I", "-m", "pip", "install", "-q", "--disable-pip-version-check"]
    argv += [] if needs.index else ["--no-index"]
    argv += [word for link in needs.links for word in ("--find-links", str(link.resolve()))]
    env = {name: value for name, value in os.environ.items() if name not in _UNSET}
    env.setdefault("PIP_RETRIES", "1")
    done = subprocess.run(
        [*argv, *requirements], env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL, encoding="utf-8", errors="replace", check=False,
    )  # fmt: skip
    return (done.stdout.strip() or "no output") if done.returncode else ""


def _problem(said: str, needs: Needs, wheel: str) -> Problem:
    last = said.splitlines()[-1].strip().removeprefix("ERROR: ")
    elsewhere = "name a folder that has the packages with `--find-links DIR`"
    alone = "`--no-deps` installs none of them"
    if needs.index and _UNREACHED.search(said):
        return Problem(
            f"package index not reached, and the wheel needs packages from it: {last}",
            f"{elsewhere}; {alone}", wheel,
        )  # fmt: skip
    return Problem(f"pip can't install what it needs: {last}", f"{elsewhere}; {alone}", wheel)
