"""Debian's packages of any architecture, unpacked into a folder: nothing is installed.

apt gets its own state in the cache, so that neither root nor `dpkg --add-architecture` is needed
and the machine's packages stay as they are. It downloads from the sources of the machine's own apt,
and trusts the same signatures.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Collection, Iterable
from pathlib import Path

from rtvariants.errors import MachineError

_CONF = """\
APT::Architecture "{own}";
APT::Architectures {{ {all} }};
APT::Sandbox::User "";
Acquire::Languages "none";
Dir::State "{state}";
Dir::State::lists "{state}/lists";
Dir::State::status "{state}/status";
Dir::Cache "{state}/cache";
"""

# Images of containers switch apt's index of the lists off, and each call would read them again.
_INDEX = ("-o", "Dir::Cache::pkgcache=pkgcache.bin", "-o", "Dir::Cache::srcpkgcache=srcpkg.bin")


class Apt:
    """An apt next to the machine's own, for this machine's architecture and another one, if any."""

    def __init__(self, folder: Path, foreign: str) -> None:
        for tool in ("apt-get", "apt-cache", "dpkg"):
            if not shutil.which(tool):
                raise MachineError(
                    f"no `{tool}`: toolchains are prepared from Debian's packages",
                    "`rustup target add` and a linker for the target serve as well",
                )
        self.own = _run(["dpkg", "--print-architecture"]).strip()
        archs = " ".join(f'"{arch}";' for arch in sorted({self.own, foreign or self.own}))
        self._state = folder / f"apt-{foreign or self.own}"
        for name in ("lists/partial", "cache/archives/partial"):
            (self._state / name).mkdir(parents=True, exist_ok=True)
        (self._state / "status").touch()
        conf = self._state / "apt.conf"
        conf.write_text(_CONF.format(own=self.own, all=archs, state=self._state), "utf-8")
        self.foreign = foreign or self.own
        self._known: dict[tuple[str, str], str] = {}
        self._env = {**os.environ, "APT_CONFIG": str(conf), "LC_ALL": "C.UTF-8"}

    def update(self) -> None:
        """Read the package lists."""
        _run(["apt-get", *_INDEX, "update", "-q"], self._env)

    def closure(self, names: Iterable[str], arch: str, without: Collection[str]) -> list[str]:
        """Return packages with all that they depend on, except what `without` names.

        Raises `MachineError` where Debian has no such package.
        """
        found: dict[str, None] = {}
        waiting = list(names)
        while waiting:
            name = waiting.pop()
            if name in found or name in without:
                continue
            # One for every architecture holds data alone: nothing that a program is linked with.
            if not self._show(name, arch):
                continue
            found[name] = None
            depends = re.findall(r"^(?:Pre-)?Depends: (.*)$", self._show(name, arch), re.MULTILINE)
            for line in depends:
                # Of alternatives the first is Debian's own choice.
                waiting += [part.split()[0].split(":")[0] for part in line.split(",")]
        return list(found)

    def version(self, name: str) -> str:
        """Return the version of this machine's package."""
        return self._shown(name, self.own, "Version")

    def size(self, name: str, arch: str) -> int:
        """Return how many bytes a package has, packed."""
        return int(self._shown(name, arch, "Size"))

    def _show(self, name: str, arch: str) -> str:
        argv = ["apt-cache", *_INDEX, "show", "--no-all-versions", f"{name}:{arch}"]
        if (name, arch) not in self._known:
            self._known[name, arch] = _run(argv, self._env)
        return self._known[name, arch]

    def _shown(self, name: str, arch: str, field: str) -> str:
        found = re.search(rf"^{field}: (.*)$", self._show(name, arch), re.MULTILINE)
        return found[1] if found else ""

    def unpack(self, names: Iterable[str], arch: str, folder: Path) -> None:
        """Load packages and put their files into a folder."""
        loaded = self._state / "cache" / "debs"
        shutil.rmtree(loaded, ignore_errors=True)
        loaded.mkdir(parents=True)
        folder.mkdir(parents=True, exist_ok=True)
        _run(
            ["apt-get", *_INDEX, "download", "-q", *(f"{n}:{arch}" for n in names)],
            self._env,
            loaded,
        )
        for deb in sorted(loaded.glob("*.deb")):
            _run(["dpkg", "-x", str(deb), str(folder)])
        shutil.rmtree(loaded)

    def depends(self, name: str) -> str:
        """Return what this machine's package depends on, as Debian writes it."""
        return self._shown(name, self.own, "Depends")

    def sources(self, name: str) -> Path:
        """Load what the authors of a package have published, without Debian's changes."""
        folder = self._state / "sources"
        for part in ("lists/partial", "cache/archives/partial", name):
            (folder / part).mkdir(parents=True, exist_ok=True)
        # The machine's lists may leave sources out; they are where its packages are.
        asked = ["--format", "deb-src $(REPO_URI) $(RELEASE) $(COMPONENT)", "Created-By: Packages"]
        said = _run(["apt-get", *_INDEX, "indextargets", *asked], self._env)
        listed = folder / "sources.list"
        listed.write_text(
            "".join(f"{line}\n" for line in dict.fromkeys(said.splitlines())), "utf-8"
        )
        places = {"Dir::Etc::sourcelist": listed, "Dir::Etc::sourceparts": folder / "none"}
        places |= {"Dir::State::lists": folder / "lists", "Dir::Cache": folder / "cache"}
        own = [*_INDEX, *(word for key, at in places.items() for word in ("-o", f"{key}={at}"))]
        if not any((folder / "lists").glob("*_Sources*")):
            _run(["apt-get", *own, "update", "-q"], self._env)
        argv = ["apt-get", *own, "source", "--download-only", "--tar-only", "-q", name]
        _run(argv, self._env, folder / name)
        (found,) = (folder / name).glob("*.orig.tar.*")
        return found


def _run(argv: list[str], env: dict[str, str] | None = None, cwd: Path | None = None) -> str:
    """Run a program of Debian's; raises `MachineError` with its last words."""
    done = subprocess.run(
        argv, env=env, cwd=cwd, stdin=subprocess.DEVNULL, capture_output=True,
        encoding="utf-8", errors="replace", check=False,
    )  # fmt: skip
    if done.returncode:
        said = [line for line in done.stderr.splitlines() if line.startswith("E: ")]
        words = (said or done.stderr.strip().splitlines() or ["nothing said"])[-1]
        command = " ".join(argv[:2])
        raise MachineError(
            f"`{command}` failed: {words}",
            "is this Debian 12 or newer, and are its mirrors reached?",
        )
    return done.stdout
