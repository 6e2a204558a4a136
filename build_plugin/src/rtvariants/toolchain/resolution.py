"""What cargo builds a crate from with some of its features: the answer of `cargo tree`.

`cargo metadata` knows only the union over a whole workspace, with the dependencies of tests.
`cargo tree` asks the resolver of the build: for one crate, its features, a target, and the
compiler's flags, on which `cfg(target_feature = …)` depends.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from .commands import run

# What stands before a package: a bar for each open branch, then its own.
_BRANCH = re.compile(r"(?:[|` ](?:   |-- ))*")
_WIDTH = 4
_FORMAT = "{p}|{f}"
# `name v1.0.0 (proc-macro) (/folder or repository)`
_PACKAGE = re.compile(r"(?P<name>\S+) v(?P<version>\S+)(?P<macro> \(proc-macro\))?(?: \(.*\))?")


@dataclass(frozen=True)
class Node:
    """A package with the features that it is compiled with.

    `linked` distinguishes what becomes part of the extension module from what runs in the build: a
    package may be compiled for both, with other features.
    """

    name: str
    version: str
    features: tuple[str, ...] = ()
    linked: bool = True


@dataclass(frozen=True)
class Resolution:
    """Everything that cargo compiles for one runtime."""

    nodes: frozenset[Node] = frozenset()

    def features(self, name: str) -> tuple[str, ...] | None:
        """Return the features of a linked package; `None` where none of that name is linked."""
        found = [node for node in self.nodes if node.name == name and node.linked]
        return tuple(sorted({f for node in found for f in node.features})) if found else None

    def of(self, name: str) -> frozenset[Node]:
        """Return all nodes of a package's name."""
        return frozenset(node for node in self.nodes if node.name == name)


def arguments(features: Sequence[str], *, default: bool = True) -> list[str]:
    """Return what cargo is given for a runtime's features."""
    named = ["--features", ",".join(features)] if features else []
    return [*named, *([] if default else ["--no-default-features"])]


def ask(
    cargo: str,
    manifest: Path,
    cwd: Path,
    options: Sequence[str],
    env: Mapping[str, str] | None = None,
) -> Resolution:
    """Return what `cargo tree` says; `options` name the features and the target."""
    argv = [cargo, "tree", "--manifest-path", str(manifest), "--edges", "normal,build"]
    argv += ["--charset", "ascii", "--format", _FORMAT, "--color", "never", *options]
    return read(run(argv, cwd, env))


def read(text: str) -> Resolution:
    """Read a tree; a repeated package has its features there too, but not what is below it."""
    found = set()
    # For each depth: whether what is there is linked, by its section and by what is above it.
    linked = [True]
    for line in text.splitlines():
        start = _BRANCH.match(line)
        assert start is not None
        depth, words = start.end() // _WIDTH, line[start.end() :]
        if words == "[build-dependencies]":
            # The title of a section has the bars of its crate: its packages are one deeper.
            linked[depth + 1 :] = [False]
            continue
        package, bar, features = words.removesuffix(" (*)").rpartition("|")
        named = _PACKAGE.fullmatch(package)
        if not bar or not named:
            continue
        here = linked[depth] and not named["macro"]
        linked[depth + 1 :] = [here]
        names = tuple(sorted(filter(None, features.split(","))))
        found.add(Node(named["name"], named["version"], names, here))
    return Resolution(frozenset(found))
