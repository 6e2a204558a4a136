"""Rebuilds the runtimes of an editable install at import, when their sources have changed.

The build copies this file only to the loader of editable installs, and calls it at the end of their
table, so it costs the import of other installs nothing. Nothing happens unless
`RTVARIANTS_REBUILD=1`, or the setting `rebuild`, turns it on. The build itself is another process:
`python -m rtvariants develop`.
"""

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import IO, Any

SWITCH = "RTVARIANTS_REBUILD"
#: Set for all processes of a rebuild: if one of them imports the package, it starts no second one.
GUARD = "RTVARIANTS_REBUILDING"
#: The digest of the sources that the runtimes were built from, and the project's folder.
STATE = "sources.state"
#: Locked while one process rebuilds.
LOCK = ".rebuild.lock"
_ON = ("1", "true", "yes", "on")
_OFF = ("0", "false", "no", "off")
# What Python, maturin and setuptools leave next to sources; a plain `.so` may be one.
_BUILT = (".pyc", ".pyd", ".abi3.so", "-linux-gnu.so", "-linux-musl.so", "-darwin.so")
# What cargo, Python, tools for tests and npm put into a folder of their own.
_MARKS = ("CACHEDIR.TAG", "pyvenv.cfg", ".rustc_info.json", ".package-lock.json", ".yarn-integrity")
#: What build tools make directly below a project.
OUTPUTS = ("target", "dist", "build", ".venv")
# The only hidden folder that a compiler reads: the queries that sqlx has checked.
_HIDDEN_SOURCES = (".sqlx",)


def refresh(
    table: "Any",
    *,
    root: str,
    enabled: bool,
    folders: "tuple[str, ...]",
    files: "tuple[str, ...]",
    path: "tuple[str, ...]",
) -> "Any":
    """Return the table, after a rebuild where the sources have changed.

    `folders` and `files` are the sources of the runtimes; `path` is where the plugin is, unless it
    is installed. Raises `ImportError` when the build fails: the last build is still there.
    """
    if os.environ.get(GUARD) or not _wanted(enabled, table.package):
        return table
    here = os.path.dirname(os.path.abspath(__file__))
    if _is_fresh(here, folders, files):
        return table
    lock = _lock(here, table.package)
    try:
        # Another process may have built it while this one waited.
        if not _is_fresh(here, folders, files):
            _rebuild(here, table.package, root, path, enabled=enabled)
        return _reread(here)
    finally:
        lock.close()


def signature(folders: "tuple[str, ...]", files: "tuple[str, ...]") -> str:
    """Return a digest of names, sizes and times of the sources; their contents are not read."""
    import hashlib

    names = {*files, *(file for folder in folders for file in edited(folder))}
    lines = [f"{name} {_identity(name)}\n" for name in sorted(names)]
    return hashlib.sha256("".join(lines).encode("utf-8", "surrogateescape")).hexdigest()


def _identity(name: str) -> "tuple[int, int] | None":
    try:
        status = os.stat(name)
    except OSError:
        return None
    return status.st_size, status.st_mtime_ns


def edited(folder: str) -> "Iterator[str]":
    """Yield the files below a folder that a person edits, without the files of editors."""
    for file in walk(folder):
        name = os.path.basename(file)
        if not name.startswith((".", "#")) and not name.endswith("~"):
            yield file


def walk(folder: str) -> "Iterator[str]":
    """Yield the files below a folder that may be sources."""
    for place, names, files in os.walk(folder, followlinks=True):
        outputs = _outputs(place)
        names[:] = [
            n
            for n in names
            if (not n.startswith(".") or n in _HIDDEN_SOURCES)
            and not is_leftover(place, n, outputs)
            and not _loops(place, n)
        ]
        for file in files:
            path = os.path.join(place, file)
            # An editor's lock file is a link without a target.
            if not file.endswith(_BUILT) and os.path.isfile(path):
                yield path


def is_leftover(place: str, name: str, outputs: "tuple[str, ...]" = ()) -> bool:
    """Return whether a folder is left over from a build, and not part of the sources.

    A module may be called `dist` or `target`, so the content decides. `outputs` are the names that
    build tools use in this place (`OUTPUTS` directly below a project).
    """
    path = os.path.join(place, name)
    if name in ("__pycache__", ".git") or name.endswith(".egg-info"):
        return True
    if any(os.path.isfile(os.path.join(path, mark)) for mark in _MARKS):
        return True
    if name == "target" and os.path.isdir(os.path.join(path, "rtvariants")):
        return True
    return name in outputs and not _has_code(name, path)


def _has_code(name: str, path: str) -> bool:
    """Return whether a folder is a Rust module or a Python package, in spite of its name."""
    try:
        inside = os.listdir(path)
    except OSError:
        return False
    if name == "build":  # A build script may be in it; setuptools has one or more of these.
        return not any(n == "lib" or n.startswith(("lib.", "bdist.", "temp.")) for n in inside)
    return any(n == "__init__.py" or n.endswith(".rs") for n in inside)


def _outputs(place: str) -> "tuple[str, ...]":
    if os.path.isfile(os.path.join(place, "pyproject.toml")):
        return OUTPUTS
    return ("target",) if os.path.isfile(os.path.join(place, "Cargo.toml")) else ()


def _loops(place: str, name: str) -> bool:
    """Return whether a folder is a link to one that contains it."""
    path = os.path.join(place, name)
    if not os.path.islink(path):
        return False
    target, here = os.path.realpath(path), os.path.realpath(place)
    return here == target or here.startswith(os.path.join(target, ""))


def _wanted(enabled: bool, package: str) -> bool:
    value = os.environ.get(SWITCH, "").lower()
    if value and value not in (*_ON, *_OFF):
        fact = f"`{SWITCH}={value}`: neither yes nor no"
        raise ImportError(f"{fact}\nhint: set it to `1` or `0`", name=package)
    return value in _ON if value else enabled


def _is_fresh(here: str, folders: "tuple[str, ...]", files: "tuple[str, ...]") -> bool:
    try:
        with open(os.path.join(here, STATE), encoding="utf-8") as file:
            kept = file.readline().strip()
    except OSError:
        return False
    return kept == signature(folders, files)


def _lock(here: str, package: str) -> "IO[bytes]":
    """Wait until no other process rebuilds; the system releases the lock of one that died."""
    try:
        file = open(os.path.join(here, LOCK), "ab")  # noqa: SIM115 - the caller closes
    except OSError as error:
        raise ImportError(
            f"`{package}` can't be rebuilt: `{here}` is not writable: {error.strerror}"
            f"\nhint: {_INSTEAD}",
            name=package,
        ) from None
    try:
        import fcntl
    except ImportError:
        return file  # Windows: cargo's own lock keeps builds apart, and files are replaced whole.
    fcntl.flock(file, fcntl.LOCK_EX)
    return file


_INSTEAD = f"set `{SWITCH}=0` to import the last build"


def _rebuild(here: str, package: str, root: str, path: "tuple[str, ...]", *, enabled: bool) -> None:
    import subprocess

    site = os.path.dirname(here)
    env = {k: v for k, v in os.environ.items() if k != SWITCH}
    env[GUARD] = "1"
    if enabled:
        # The setting of the installation may be from `-C`, which pyproject.toml does not know.
        env[SWITCH] = "1"
    if path:
        env["PYTHONPATH"] = os.pathsep.join((*path, *filter(None, [env.get("PYTHONPATH")])))
    sys.stderr.write(f"rtvariants: sources of `{package}` have changed: rebuilding\n")
    argv = [sys.executable, "-m", "rtvariants", "develop", "--refresh", site, root]
    # Python looks for modules where it starts; `here` has some with names of Python's own.
    done = subprocess.run(
        argv, cwd=site, env=env, check=False, encoding="utf-8", errors="replace",
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    if done.returncode == 0:
        return
    if "No module named rtvariants" in done.stdout:
        raise ImportError(
            f"`{package}` can't be rebuilt: `rtvariants` is not installed in this environment"
            f"\nhint: install `rtvariants` and the requirements of the build, or {_INSTEAD}",
            name=package,
        )
    raise ImportError(
        f"`{package}` can't be rebuilt: exit status {done.returncode}\n{done.stdout.rstrip()}"
        f"\nhint: fix the sources and import again, or {_INSTEAD}",
        name=package,
    )


def _reread(here: str) -> "Any":
    """Return the current table, which the rebuild may have changed."""
    import importlib

    importlib.invalidate_caches()
    loader = os.path.basename(here)
    place = os.path.join(here, "table.py")
    with open(place, encoding="utf-8") as file:
        text = file.read()
    namespace = {"__name__": f"{loader}.table", "__package__": loader, "__file__": place}
    before = os.environ.get(GUARD)
    os.environ[GUARD] = "1"
    try:
        exec(compile(text, place, "exec"), namespace)
    finally:
        if before is None:
            del os.environ[GUARD]
    return namespace["TABLE"]
