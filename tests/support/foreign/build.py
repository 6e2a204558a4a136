"""An sdist of the index, the wheel that its own backend makes of it, and the one with runtimes."""

import hashlib
import json
import re
import shutil
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .bench import builder, digest, environ, folder, plugin, reused, run
from .packages import DATA, Package

#: Puts the installed wheel before everything that the environment itself has.
PATH_LINE = "import os, sys; sys.path[:0] = filter(None, [os.environ.get('FOREIGN_SITE')])\n"
CARGO = Path(tempfile.gettempdir()) / "rtvariants-foreign"
RUNTIMES = {"v3": "x86_64_v3", "base": "x86_64"}


def sdist(package: Package) -> Path:
    """Return the sdist, fetched by pip, with the hash that the list gives."""
    home = folder(package) / "sdist"
    found = next(iter(home.glob("*.tar.gz")), None)
    if found is None:
        wish = folder(package) / "sdist.txt"
        wish.write_text(f"{package.requirement} --hash=sha256:{package.sha256}\n")
        options = ("--no-deps", "--no-binary", ":all:", "--no-build-isolation", "--require-hashes")
        pip = (sys.executable, "-m", "pip", "download", "-q", *options, "-d", home, "-r", wish)
        run(folder(package) / "sdist.log", *pip)
        (found,) = home.glob("*.tar.gz")
    assert hashlib.sha256(found.read_bytes()).hexdigest() == package.sha256
    return found


@contextmanager
def unpacked(package: Package) -> Iterator[Path]:
    """Yield a fresh tree of the sdist, outside this project: cargo looks for workspaces above."""
    with tempfile.TemporaryDirectory(prefix=f"{package.name}-") as home:
        with tarfile.open(sdist(package)) as archive:
            archive.extractall(home, filter="data")
        (tree,) = Path(home).iterdir()
        yield tree


def _one(home: Path) -> Path:
    (wheel,) = home.glob("*.whl")
    return wheel


def plain(package: Package) -> dict:
    """Return the wheel of the package's own backend."""

    def make() -> dict:
        out = folder(package) / "plain"
        shutil.rmtree(out, ignore_errors=True)
        _plain(package, out)
        wheel = _one(out)
        return _facts(wheel) | {"files": [str(wheel)]}

    return reused(package, "plain", digest(package.sha256, builder()), make)


def _plain(package: Package, out: Path) -> float:
    build = ("-m", "build", "--wheel", "--no-isolation", "--skip-dependency-check")
    with unpacked(package) as tree:
        log = folder(package) / "plain.log"
        seconds, _ = run(log, sys.executable, *build, "-o", out, tree)
    return seconds


def times(package: Package) -> dict:
    """Return the processor time of two plain builds and of one with runtimes, all from nothing."""

    def make() -> dict:
        with tempfile.TemporaryDirectory() as name:
            out = Path(name)
            two = sum(_plain(package, out / "plain") for _ in range(2))
            env = environ() | {"CARGO_TARGET_DIR": str(out / "cargo")}
            log = folder(package) / "times.log"
            both, _ = run(log, *command(package), "--output", out / "fat", env=env)
        return {"plain": two, "runtimes": both}

    return reused(package, "times", digest(package.sha256, builder(), plugin()), make)


def fat(package: Package) -> dict:
    """Return the wheel that `rtvariants wheel` makes of the sdist, and the table that it prints."""

    def make() -> dict:
        out = folder(package) / "fat"
        shutil.rmtree(out, ignore_errors=True)
        # The folder of cargo is kept: after a change of the plugin, little is compiled again. It is
        # outside this project, whose workspace cargo would find above.
        env = environ() | {"CARGO_TARGET_DIR": str(CARGO / package.name)}
        log = folder(package) / "fat.log"
        _, said = run(log, *command(package), "--output", out, env=env)
        wheel = _one(out)
        return _facts(wheel) | {"files": [str(wheel)], "table": printed_table(said)}

    key = digest(package.sha256, package.config, builder(), plugin())
    return reused(package, "fat", key, make)


def command(package: Package) -> list[str | Path]:
    """Return the command that makes the wheel with runtimes, without its output folder."""
    words = [sys.executable, "-m", "rtvariants", "wheel", sdist(package)]
    words += [word for name in RUNTIMES for word in ("--runtime", f"{name}={RUNTIMES[name]}")]
    if package.config:
        file = folder(package) / "config.toml"
        file.write_text(package.config, encoding="utf-8")
        words += ["--config", file]
    return words


def printed_table(text: str) -> list[str]:
    """Return the lines of the table that the command prints, without empty ones."""
    line = r"[\w-]+ = .*|  .*|\]|\[\[?tool\.rtvariants.*|"
    found = re.search(rf"^\[tool\.rtvariants\]\n(?:(?:{line})\n)*", text, re.MULTILINE)
    return [line for line in (found.group() if found else "").splitlines() if line.strip()]


def _facts(wheel: Path) -> dict:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    return {
        "bytes": wheel.stat().st_size,
        "tag": "-".join(wheel.stem.split("-")[-3:-1]),
        "natives": sorted(name for name in names if name.endswith(".so")),
    }


def site(package: Package, kind: str, wheel: Path) -> Path:
    """Return a folder with the installed wheel and nothing else."""
    home = folder(package) / f"site-{kind}"

    def make() -> dict:
        shutil.rmtree(home, ignore_errors=True)
        run(
            folder(package) / f"site-{kind}.log",
            sys.executable, "-m", "pip", "--python", python(package), "install", "-q", "--no-deps",
            "--target", home, wheel,
        )  # fmt: skip
        return {"files": [str(home)]}

    reused(package, f"site-{kind}", digest(wheel), make)
    return home


def python(package: Package) -> Path:
    """Return the interpreter of an environment with what the package's tests import."""
    home = folder(package) / "venv"
    constraints = DATA / "constraints.txt"

    def make() -> dict:
        log = folder(package) / "venv.log"
        run(log, sys.executable, "-m", "venv", "--clear", "--without-pip", home)
        pip = (sys.executable, "-m", "pip", "--python", home / "bin" / "python", "install", "-q")
        run(log, *pip, "--only-binary", ":all:", "-c", constraints, "pytest", *package.requires)
        # Tests may start Python with `-I`, which does not see `PYTHONPATH`.
        (packages,) = home.glob("lib/python*/site-packages")
        (packages / "site.pth").write_text(PATH_LINE, encoding="utf-8")
        return {"files": [str(home / "bin" / "python")]}

    key = digest(json.dumps(package.requires), constraints, sys.version, PATH_LINE)
    return Path(reused(package, "venv", key, make)["files"][0])


def table_of(package: Package) -> dict:
    """Return what the loader's table in the installed wheel says, and the loader's own name."""
    home = site(package, "fat", Path(fat(package)["files"][0]))
    (file,) = home.rglob("_*_loader/table.py")
    loader = ".".join(file.parent.relative_to(home).parts)
    code = (
        f"import json; from {loader}.table import TABLE as t\n"
        "print(json.dumps({'env': t.env, 'modules': {r.name: r.module for r in t.runtimes}}))"
    )
    env = environ() | {"PYTHONPATH": str(home)}
    _, said = run(folder(package) / "table.log", python(package), "-c", code, env=env)
    return json.loads(said) | {"loader": loader}
