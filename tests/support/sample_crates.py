"""The package greeter, and variants of it: with one fault, or with another build backend.

A folder of tests/packages has the files that a variant adds to greeter or replaces, and in
variant.toml the texts of greeter's files that it changes. Crates that a variant depends on are
added to Cargo.lock from tests/packages/crates.lock.
"""

import re
import shutil
import sys
from pathlib import Path

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

PACKAGES = Path(__file__).resolve().parents[1] / "packages"
BASE = "greeter"
EDITS = "variant.toml"
VARIANTS = sorted(path.parent.name for path in PACKAGES.glob(f"*/{EDITS}"))


def write(folder, *variants):
    """Write greeter, changed by variants, into a folder, and return the folder.

    Files get the current time, since cargo compares times to find changed files.
    """
    for name in (BASE, *variants):
        shutil.copytree(
            PACKAGES / name, folder, dirs_exist_ok=True, copy_function=shutil.copyfile,
            ignore=shutil.ignore_patterns(EDITS),
        )  # fmt: skip
        if (PACKAGES / name / EDITS).exists():
            apply(folder, tomllib.loads((PACKAGES / name / EDITS).read_text()))
    return folder


def apply(folder, variant):
    """Apply the edits of a variant; each has to fit exactly one place."""
    for edit in variant.get("edit", ()):
        replace(folder / edit["file"], edit["old"], edit["new"])
    if variant.get("crates"):
        lock = folder / "Cargo.lock"
        lock.write_text(locked(lock.read_text(), variant["crates"]))


def replace(path, old, new):
    """Replace a text that the file contains once."""
    text = path.read_text()
    assert text.count(old) == 1, f"{path.name}: {text.count(old)} places for {old!r}"
    path.write_text(text.replace(old, new))


def locked(lock, crates):
    """Return a Cargo.lock of greeter in which greeter depends on more crates."""
    known = entries((PACKAGES / "crates.lock").read_text())
    head, *_ = lock.partition("[[package]]")
    packages = entries(lock)
    packages[BASE] = depend(packages[BASE], crates)
    new = list(crates)
    while new:
        name = new.pop()
        packages[name] = known[name]
        new += dependencies(known[name])
    return head + "\n".join(f"[[package]]\n{packages[name]}" for name in sorted(packages))


def entries(lock):
    """Return the entries of a Cargo.lock by name, each with its last line end."""
    texts = [text.strip() + "\n" for text in lock.split("[[package]]\n")[1:]]
    return {re.search(r'^name = "(.+)"', text).group(1): text for text in texts}


def dependencies(entry):
    """Return the names of the crates that an entry depends on."""
    return re.findall(r'^ "([^" ]+)', entry, re.MULTILINE)


def depend(entry, crates):
    """Return an entry with more dependencies."""
    names = sorted({*dependencies(entry), *crates})
    lines = "".join(f' "{name}",\n' for name in names)
    return re.sub(
        r"dependencies = \[\n.*?\]", lambda _: f"dependencies = [\n{lines}]", entry, flags=re.DOTALL
    )
