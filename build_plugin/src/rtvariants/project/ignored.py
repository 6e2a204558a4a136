"""Which files must not get into an sdist: what version control ignores, and secrets.

Everybody can read an sdist. Build tools leave out what git ignores, and so do we, for the files
that we add to theirs. A file that a build needs although git ignores it must be named to the build
tool; the lock file and the manifests are the exceptions, since no build works without them.
"""

from __future__ import annotations

import fnmatch
import posixpath
import re
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from rtvariants.config import toml
from rtvariants.errors import ConfigError, Problem, RtvariantsError
from rtvariants.toolchain import git_files
from rtvariants.toolchain.git import COMMIT_FILE

_NEEDED = ("Cargo.lock", "Cargo.toml")
# Files that a compiler reads, or that change what it makes.
_CODE = (
    ".rs", ".c", ".cc", ".cpp", ".cxx", ".h", ".hh", ".hpp", ".s", ".asm", ".toml", ".proto",
    ".pest", ".lalrpop", ".sql", ".profdata",
)  # fmt: skip
# Files in which tools keep passwords, tokens and keys, by their names.
_SECRETS = (
    ".env", ".env.*", ".netrc", "_netrc", ".pypirc", ".npmrc", ".pgpass", ".git-credentials",
    ".htpasswd", ".vault-token", "id_rsa", "id_dsa", "id_ecdsa", "id_ed25519", "*.pem", "*.key",
    "*.p12", "*.pfx", "*.jks", "*.keystore", "*.kdbx", "*.ppk", "secrets.*",
    "service-account*.json", "client_secret*.json",
)  # fmt: skip
_OF_PYTHON = (".py", ".pyi")
_NO_SECRETS = (".env.example", ".env.sample", ".env.template", ".env.dist", "secrets.rs")
# In a URL, of a proxy or a registry; a token may be in the place of the user.
# A name in braces stands for a variable, which holds the secret.
_PASSWORD = re.compile(r"://(?![^/@\s]*\{)[^/@\s:]*:[^/@\s]+@|https?://[^/@\s:{]{20,}@")
_CONFIGS = (".cargo/config.toml", ".cargo/config", ".cargo/credentials.toml", ".cargo/credentials")
# The files that name crates and packages by URLs, and below what; a test's database is no secret.
_OF_URLS = {
    "Cargo.toml": ("",),
    "Cargo.lock": ("",),
    "pyproject.toml": (
        "build-system.", "project.dependencies", "project.optional-dependencies",
        "dependency-groups.", "tool.pdm.", "tool.poetry.", "tool.uv.",
    ),
    "uv.lock": ("",),
}  # fmt: skip
_CREDENTIALS = (".cargo", ".aws", ".docker", ".ssh", ".gnupg", ".kube")
_WAYS = (
    "to ship it, name it to the build tool: `artifacts` in `[tool.hatch.build.targets.sdist]`, "
    "`include` in `[tool.maturin]`, or MANIFEST.in"
)


def without(files: Mapping[str, Path], root: Path, read: Collection[Path] = ()) -> dict[str, Path]:
    """Return the files that may be added to an sdist; a warning names what a person would miss.

    That is code, and what the last build has `read`.
    """
    asked = {n: p for n, p in files.items() if p.name not in _NEEDED}
    ignored = git_files.ignored(asked.values(), root) if _is_tree(root) else set()
    secret = _secrets({n: p for n, p in asked.items() if p not in ignored}, root)
    if (root / ".hg").is_dir():
        sys.stderr.write(
            "warning: the sdist may hold files that Mercurial ignores: only git is asked\n"
            "hint: tar tzf shows them; a file `.gitignore` with the patterns keeps them out\n"
        )
    code = [n for n, p in asked.items() if p in ignored and (p.suffix in _CODE or p in read)]
    _warn(code, "not in the sdist, because git ignores them", _WAYS)
    said = "not in the sdist, because they are known to hold secrets"
    _warn(secret, said, f"let git ignore them; {_WAYS}")
    return {n: p for n, p in files.items() if p not in ignored and n not in secret}


def warn_of_written(names: Iterable[str], root: Path) -> None:
    """Print a warning of what the build tool has put into an sdist and may not belong there.

    Python code that git ignores is usually there for a reason: a file with the version.
    """
    files = {n: root / n for n in names if (root / n).is_file() and Path(n).name not in _NEEDED}
    ignored = git_files.ignored(files.values(), root) if _is_tree(root) else set()
    secret = _secrets(files, root)
    odd = [n for n, p in files.items() if p in ignored and p.suffix not in _OF_PYTHON]
    hint = (
        "exclude what does not belong there: `exclude` in `[tool.hatch.build.targets.sdist]` or in "
        "`[tool.maturin]`, or MANIFEST.in"
    )
    _warn(secret, "in the sdist, although they are known to hold secrets", hint)
    _warn(set(odd).difference(secret), "in the sdist, although git ignores them", hint)


def _secrets(files: Mapping[str, Path], root: Path) -> dict[str, Path]:
    """Return the files in which tools keep secrets, except those that everybody can read in git."""
    if (root / COMMIT_FILE).is_file() or (root / "PKG-INFO").is_file():
        return {}  # A copy of a tree: what is in it was chosen there.
    found = {n: p for n, p in files.items() if _is_secret(p)}
    public = git_files.kept(found.values()) if found else set()
    return {n: p for n, p in found.items() if p not in public or _is_link_out(p, root)}


def _is_tree(root: Path) -> bool:
    """Return whether version control knows the project: it ignores a whole unpacked sdist."""
    manifest = root / "pyproject.toml"
    return not (root / "PKG-INFO").is_file() and manifest not in git_files.ignored([manifest], root)


def _warn(names: Iterable[str], what: str, hint: str) -> None:
    found = sorted(names)
    if found:
        shown = ", ".join(f"`{name}`" for name in found[:5])
        more = f" and {len(found) - 5} more" if len(found) > 5 else ""
        sys.stderr.write(f"warning: {what}: {shown}{more}\nhint: {hint}\n")


def _is_secret(path: Path) -> bool:
    """Return whether a file, or what a link points to, is one in which tools keep secrets."""
    return any(_named_as_secret(p) for p in {path, path.resolve()}) and not _is_public(path)


def _named_as_secret(path: Path) -> bool:
    name = path.name.lower()
    if name.startswith("credentials") and path.parent.name in _CREDENTIALS:
        return True
    matches = any(fnmatch.fnmatchcase(name, pattern) for pattern in _SECRETS)
    return matches and name not in _NO_SECRETS


def _is_public(path: Path) -> bool:
    """Return whether a file holds only certificates or public keys."""
    if path.suffix.lower() not in (".pem", ".key"):
        return False
    try:
        text = path.read_bytes()
    except OSError:
        return False
    return b"PRIVATE KEY" not in text and any(
        f"-----BEGIN {kind}".encode() in text
        for kind in ("CERTIFICATE", "PUBLIC KEY", "RSA PUBLIC")
    )


def _is_link_out(path: Path, root: Path) -> bool:
    return path.is_symlink() and not path.resolve().is_relative_to(root.resolve())


def refuse_tokens(files: Mapping[str, bytes]) -> None:
    """Refuse an sdist with a token or a password in what cargo or an installer reads."""
    configs = sorted(_with_included(files, [n for n in files if n.endswith(_CONFIGS)]))
    problems = [
        Problem(
            f"secret in a file of the sdist: `{place}`",
            "put it into the configuration in cargo's home, as `cargo login` does; revoke it if it "
            "was published",
            name,
        )
        for name in configs
        for place in _tokens(_parsed(files[name]))
    ]
    problems += [
        Problem(
            f"secret in a file of the sdist: `{place}`",
            "take it out of the URL, and give it to git, cargo or the installer on this machine; "
            "revoke it if it was published",
            name,
        )
        for name, data in files.items()
        if Path(name).name in _OF_URLS and name not in configs
        for place in _passwords(_parsed(data), _OF_URLS[Path(name).name])
    ]
    if problems:
        raise RtvariantsError(problems)


def _with_included(files: Mapping[str, bytes], names: Iterable[str]) -> set[str]:
    """Return configurations of cargo in an sdist, and the files in it that they include."""
    found: set[str] = set()
    left = list(names)
    while left:
        name = left.pop()
        if name in files and name not in found:
            found.add(name)
            named = _parsed(files[name]).get("include", [])
            for one in [named] if isinstance(named, (str, dict)) else named:
                path = str(one.get("path", "") if isinstance(one, dict) else one)
                left.append(posixpath.normpath(posixpath.join(posixpath.dirname(name), path)))
    return found


def _parsed(text: bytes) -> dict[str, Any]:
    try:
        return toml.parse(text)
    except ConfigError:
        return {}  # Its own reader says what is wrong with it.


def _tokens(data: Mapping[str, Any]) -> Iterator[str]:
    tables: dict[str, Any] = {"registry": data.get("registry", {})}
    tables |= {f"registries.{n}": t for n, t in data.get("registries", {}).items()}
    for name, table in tables.items():
        if isinstance(table, dict):
            yield from (f"{name}.{k}" for k in ("token", "secret-key") if table.get(k))
    yield from _passwords(data, ("",))


def _passwords(data: Mapping[str, Any], places: tuple[str, ...]) -> list[str]:
    """Return the values below these places that are URLs with a password, each once."""
    found = (place for place, text in _texts("", data) if _PASSWORD.search(text))
    return list(dict.fromkeys(place for place in found if place.startswith(places)))


def _texts(place: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _texts(f"{place}.{key}".lstrip("."), inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(place, inner)
