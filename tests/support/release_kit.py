"""Small real wheels and sdists of a package `lamp`, for tests of releases."""

import base64
import gzip
import hashlib
import io
import os
import re
import shutil
import subprocess
import tarfile
import tempfile
import zipfile
from dataclasses import replace
from datetime import datetime, timezone  # noqa: F401 (tests take these from here)
from pathlib import Path

import release_natives as natives
from packaging.requirements import Requirement

from rtvariants.archives import sdist as sdists
from rtvariants.archives.wheel import Wheel, read
from rtvariants.archives.wheel import tags as tags_of
from rtvariants.config import load
from rtvariants.release import declaration as declarations
from rtvariants.release import expected, fanin, manifest, renamed, tools  # noqa: F401
from rtvariants.release.source import Source
from rtvariants.shim import generated
from rtvariants.shim import table as tables
from rtvariants.targets.platforms import PLATFORMS
from rtvariants.wheels import insert
from rtvariants.wheels.pack import pack

COMMIT = "c0ffee" + "0" * 34
VERSION = "1.4.0"
TABLE = """
[project]
name = "lamp"
version = "{version}"
requires-python = ">=3.10"

[tool.rtvariants]
crate = "."
module = "lamp._light"
env = "LAMP_RUNTIME"
packaging = "{packaging}"

[[tool.rtvariants.runtimes]]
name = "fast"
distribution = "lamp-fast"
level = {{ x86_64 = "x86_64_v3", aarch64 = "aarch64" }}

[[tool.rtvariants.runtimes]]
name = "safe"
level = {{ x86_64 = "x86_64", aarch64 = "aarch64" }}

[tool.rtvariants.release]
platforms = {platforms}
repository = "owner/lamp"
{more}
"""
PINS = {"pypi-attestations": tools.SIGNER.partition("==")[2]}
TWO = ["linux-x64", "windows-arm64"]
STAMP = """rtvariants-stamp 1
package=lamp
version={version}
runtime={runtime}
level={level}
target={target}
features=
index-bits=
allocator=system
stated-by=crate
abi=cp310-abi3
page-size=
toolchain=rustc 1.95.0 (59807616e 2026-04-14){salt}
commit={commit}
end
"""


def declare(root, *, version=VERSION, packaging="split", platforms=TWO, more=""):
    """Write a project into `root` and return its declaration."""
    (root / "Cargo.toml").write_text(f'[package]\nname = "lamp"\nversion = "{version}"\n')
    (root / "Cargo.lock").write_text(f'[[package]]\nname = "lamp"\nversion = "{version}"\n')
    text = TABLE.format(version=version, packaging=packaging, platforms=platforms, more=more)
    (root / "pyproject.toml").write_text(text)
    return declarations.read(root)


def lock_tools(declaration):
    """Write the lock file of the workflows' tools, which a resolver makes from an index."""
    wanted = [Requirement(text) for text in tools.wanted(declaration)]
    pins = "".join(f"{r.name}=={PINS.get(r.name, '0.1.0')} --hash=sha256:00\n" for r in wanted)
    path = declaration.root / tools.LOCK
    path.parent.mkdir(exist_ok=True)
    head = tools._head(tools.wanted(declaration))
    path.write_text(head + pins.replace(" --hash", " \\\n    --hash"))


def stamp(runtime, platform, version=VERSION, commit=COMMIT, salt="", level=""):  # noqa: PLR0917
    row = PLATFORMS[platform]
    facts = {"version": version, "runtime": runtime, "target": row.target, "commit": commit}
    return STAMP.format(**facts, salt=salt, level=level or row.machine).encode()


def metadata(project, version, requires=(), extras=()):
    lines = [f"Metadata-Version: 2.1\nName: {project}\nVersion: {version}"]
    lines += ["Requires-Python: >=3.10", *(f"Provides-Extra: {extra}" for extra in extras)]
    lines += [f"Requires-Dist: {text}" for text in requires]
    return ("\n".join(lines) + "\n").encode()


def wheel(folder, name, project, version, members, requires=(), extras=(), tags=None):  # noqa: PLR0917
    """Write a wheel; `tags` are those inside, from the name by default."""
    stem = name.split("-")[0]
    info = f"{stem}-{version}.dist-info"
    inside = tags or sorted(tags_of(name))
    wheel_text = "Wheel-Version: 1.0\nGenerator: kit\nRoot-Is-Purelib: false\n"
    files = {
        **members,
        f"{info}/METADATA": metadata(project, version, requires, extras),
        f"{info}/WHEEL": (wheel_text + "".join(f"Tag: {t}\n" for t in inside)).encode(),
    }
    rows = []
    for path, data in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
        rows.append(f"{path},sha256={digest},{len(data)}\n")
    files[f"{info}/RECORD"] = ("".join(rows) + f"{info}/RECORD,,\n").encode()
    folder.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(folder / name, "w", zipfile.ZIP_DEFLATED) as packed:
        for path, data in files.items():
            packed.writestr(zipfile.ZipInfo(path, (1980, 1, 1, 0, 0, 0)), data)
    return folder / name


def sdist(folder, name, project, version, members=None, commit=COMMIT):  # noqa: PLR0917
    stem = name.removesuffix(".tar.gz")
    folder.mkdir(parents=True, exist_ok=True)
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w") as packed:
        inside = {f"{stem}/PKG-INFO": metadata(project, version)}
        inside |= {f"{stem}/.rtvariants-commit": commit.encode(), **(members or {})}
        for path, data in inside.items():
            entry = tarfile.TarInfo(path)
            entry.size = len(data)
            packed.addfile(entry, io.BytesIO(data))
    (folder / name).write_bytes(gzip.compress(raw.getvalue(), mtime=0))
    return folder / name


def fat(declaration, platform, commit=COMMIT, salt=""):
    """Return the fat wheel of a platform, with extension modules that have only a stamp."""
    row, version = platform, declaration.version
    config = load.read(declaration.root)
    made = tables.of(config, row.machine, row.system, declaration.abi, version)
    stamps = {
        r.name: stamp(r.name, platform.name, version, commit, salt, r.level) for r in made.runtimes
    }
    made = tables.stamped(made, stamps)
    files = {name: path.read_bytes() for name, path in generated.copied("lamp").items()}
    files |= {f"_lamp_loader/{n}": text.encode() for n, text in generated.files([made]).items()}
    files["lamp/__init__.py"] = f"version = {version!r}\n".encode()
    files["lamp/_light.py"] = b"import _lamp_loader\n\n_lamp_loader.bind()\n"
    suffix = ".pyd" if row.system == "windows" else ".abi3.so"
    for name, text in stamps.items():
        files[f"_lamp_{name}/__init__.py"] = b""
        files[f"_lamp_{name}/_light{suffix}"] = natives.module(platform.name, text)
        files[f"_lamp_{name}/rtvariants.stamp"] = text
    info = f"lamp-{version}.dist-info"
    tag = f"{declaration.abi}-{row.tag}"
    files[f"{info}/METADATA"] = metadata("lamp", version)
    files[f"{info}/WHEEL"] = b"Wheel-Version: 1.0\nGenerator: kit\nRoot-Is-Purelib: false\n"
    made = insert.retagged(Wheel("lamp", version, tag, files), tag)
    hook = insert.entry_points(made, config.loader)
    return replace(made, files={**made.files, **hook}).sealed()


def build(declaration, folder, commit=COMMIT, salt=""):
    """Write every file of a release, as the real build packs them."""
    folder.mkdir(parents=True, exist_ok=True)
    text = (declaration.root / "pyproject.toml").read_text()
    key = (text, tuple(p.name for p in declaration.platforms), commit, salt)
    if key not in _built:
        _built[key] = _packed(declaration, commit, salt)
    for name, data in _built[key].items():
        (folder / name).write_bytes(data)
    return folder


_built = {}


def _packed(declaration, commit, salt):
    """Return the files of a release by name."""
    with tempfile.TemporaryDirectory() as temporary:
        here = Path(temporary)
        wheels = [
            fat(declaration, p, commit, salt).write(here / p.name) for p in declaration.platforms
        ]
        root = f"lamp-{declaration.version}"
        tree = {n: (declaration.root / n).read_bytes() for n in ("pyproject.toml", "Cargo.toml")}
        members = {f"{root}/{name}": data for name, data in tree.items()}
        source = sdist(here, f"{root}.tar.gz", "lamp", declaration.version, members, commit)
        config = load.read(declaration.root)
        if (project := declaration.project) != "lamp":
            wheels = [renamed.wheel(read(path), project).write(path.parent) for path in wheels]
            source = renamed.sdist(sdists.read(source), project).write(here)
        made = pack(declaration.packaging, wheels, source, config, here / "out")
        return {path.name: path.read_bytes() for path in made}


def make(declaration, file, folder, commit=COMMIT, salt=""):
    """Write one expected file; another `salt` gives other bytes of the same name."""
    with tempfile.TemporaryDirectory() as temporary:
        made = build(declaration, Path(temporary), commit, salt) / file.name
        folder.mkdir(parents=True, exist_ok=True)
        return Path(shutil.copy(made, folder))


def restamp(path, old, new):
    """Change a text in the stamps of a wheel, in its extension modules too."""
    made = read(path)
    files = dict(made.files)
    for name, data in made.files.items():
        if name.endswith("/rtvariants.stamp"):
            text = data.replace(old.encode(), new.encode())
            files[name] = text
            folder = name.partition("/")[0]
            (module,) = (n for n in files if re.match(rf"{folder}/_light\.", n))
            code = made.files[module]
            start, end = code.index(data), code.index(data) + len(natives.ROOM)
            files[module] = code[:start] + text.ljust(end - start, b"\0") + code[end:]
    replace(made, files=files).sealed().write(path.parent)


def freeze(declaration, folder, commit=COMMIT):
    """Build and freeze a release; returns its manifest."""
    build(declaration, folder / "files", commit)
    checked = fanin.check(declaration, folder / "files", commit)
    source = Source(commit, (), declaration.tag, commit, 1_700_000_000, {})
    made = manifest.freeze(declaration, source, checked)
    manifest.write(made, folder)
    return made


def git(root, *words):
    command = ["git", "-C", str(root), "-c", "user.name=a", "-c", "user.email=a@b", *words]
    # Equal trees have equal commits, so their files are built once.
    dates = {f"GIT_{who}_DATE": "2026-01-01T00:00:00Z" for who in ("AUTHOR", "COMMITTER")}
    done = subprocess.run(
        command, check=True, capture_output=True, text=True, env=os.environ | dates
    )
    return done.stdout.strip()


def commit_all(root, tag=""):
    """Make `root` a repository with one commit of all that is there; returns the commit."""
    git(root, "init", "-q", "-b", "main")
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "all")
    if tag:
        git(root, "tag", tag)
    return git(root, "rev-parse", "HEAD")


def tree(root, *, version=VERSION, tag=True, **options):
    """Make `root` a repository of `lamp` at its tag, with the release's files as if just built.

    Returns the declaration and the folder of the release.
    """
    root.mkdir(parents=True, exist_ok=True)
    declaration = declare(root, version=version, **options)
    (root / "CHANGELOG.md").write_text(f"## [{version}] - 2026-01-01\n### Added\n- A lamp.\n")
    (root / ".gitignore").write_text("dist/\n")
    commit = commit_all(root, declaration.tag if tag else "")
    folder = root / "dist" / "release" / version
    build(declaration, folder / "files", commit)
    return declaration, folder
