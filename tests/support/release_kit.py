"""Small real wheels and sdists of a package `lamp`, for tests of releases."""

import base64
import gzip
import hashlib
import io
import subprocess
import tarfile
import zipfile
from dataclasses import replace  # noqa: F401 (tests take these from here)
from datetime import datetime, timezone  # noqa: F401

from packaging.requirements import Requirement

from rtvariants.archives.wheel import tags as tags_of
from rtvariants.release import declaration as declarations
from rtvariants.release import expected, fanin, manifest, tools
from rtvariants.release.source import Source
from rtvariants.targets.platforms import PLATFORMS

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
level=x86_64
target={target}
features=
index-bits=64
allocator=system
abi=cp310-abi3
page-size=
toolchain=rustc 1.95.0 (59807616e 2026-04-14)
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


def stamp(runtime, platform, version=VERSION, commit=COMMIT):
    target = PLATFORMS[platform].target
    return STAMP.format(version=version, runtime=runtime, target=target, commit=commit).encode()


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


def make(declaration, file, folder, commit=COMMIT, salt=""):
    """Write one expected file; another `salt` gives other bytes of the same name."""
    version = declaration.version
    if file.role.endswith("sdist"):
        extra = {f"{file.name.removesuffix('.tar.gz')}/salt": salt.encode()}
        return sdist(folder, file.name, file.project, version, extra, commit)
    members = {f"_lamp_{r}/salt": salt.encode() for r in file.runtimes}
    for runtime in file.runtimes:
        text = stamp(runtime, file.platform, version, commit)
        members[f"_lamp_{runtime}/rtvariants.stamp"] = text
    requires, extras = (), ()
    if file.role == "base-wheel":
        members["lamp/__init__.py"] = f"version = {version!r}\n".encode()
        if declaration.packaging == "split":
            fast, safe = (f"{declaration.names[r]}=={version}" for r in declaration.runtimes)
            requires, extras = (safe, f"{fast}; extra == 'fast'"), ("fast",)
    return wheel(folder, file.name, file.project, version, members, requires, extras)


def build(declaration, folder, commit=COMMIT, salt=""):
    """Write every file of a release."""
    for file in expected.expected(declaration):
        make(declaration, file, folder, commit, salt)
    return folder


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
    done = subprocess.run(command, check=True, capture_output=True, text=True)
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
