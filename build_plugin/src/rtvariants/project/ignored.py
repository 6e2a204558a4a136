"""Which files must not get into an sdist: what version control ignores, and secrets.

Everybody can read an sdist. Build tools leave out what git ignores, and so do we, for the files
that we add to theirs. A file that a build needs although git ignores it must be named to the build
tool; the lock file and the manifests are the exceptions, since no build works without them.
"""

from __future__ import annotations

import fnmatch
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from rtvariants.config import toml
from rtvariants.errors import ConfigError, Problem, RtvariantsError
from rtvariants.toolchain import git_files

_NEEDED = ("Cargo.lock", "Cargo.toml")
# Files that a compiler reads, or that change what it makes.
_CODE = (
    ".rs", ".c", ".cc", ".cpp", ".cxx", ".h", ".hh", ".hpp", ".s", ".asm", ".toml", ".proto",
    ".pest", ".lalrpop", ".sql",
)  # fmt: skip
# Files in which tools keep passwords, tokens and keys, by their names.
_SECRETS = (
    ".env", ".env.*", ".netrc", "_netrc", ".pypirc", ".npmrc", ".pgpass", ".git-credentials",
    ".htpasswd", ".vault-token", "id_rsa", "id_dsa", "id_ecdsa", "id_ed25519", "*.pem", "*.key",
    "*.p12", "*.pfx", "*.jks", "*.keystore", "*.kdbx", "*.ppk", "secrets.*",
    "service-account*.json", "client_secret*.json",
)  # fmt: skip
_NO_SECRETS = (".env.example", ".env.sample", ".env.template", ".env.dist", "secrets.rs")
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
    left = {n: p for n, p in asked.items() if p not in ignored}
    secret = {n: p for n, p in left.items() if _is_secret(p)}
    public = git_files.kept(secret.values()) if secret else set()
    secret = {n: p for n, p in secret.items() if p not in public or _is_link_out(p, root)}
    code = [n for n, p in asked.items() if p in ignored and (p.suffix in _CODE or p in read)]
    _warn(code, "git ignores them", _WAYS)
    _warn(secret, "they are known to hold secrets", f"let git ignore them; {_WAYS}")
    return {n: p for n, p in files.items() if p not in ignored and n not in secret}


def _is_tree(root: Path) -> bool:
    """Return whether version control knows the project: it ignores a whole unpacked sdist."""
    manifest = root / "pyproject.toml"
    return not (root / "PKG-INFO").is_file() and manifest not in git_files.ignored([manifest], root)


def _warn(names: Iterable[str], why: str, hint: str) -> None:
    found = sorted(names)
    if found:
        shown = ", ".join(f"`{name}`" for name in found[:5])
        more = f" and {len(found) - 5} more" if len(found) > 5 else ""
        sys.stderr.write(f"warning: not in the sdist, because {why}: {shown}{more}\nhint: {hint}\n")


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
    text = path.read_bytes()
    return b"PRIVATE KEY" not in text and any(
        f"-----BEGIN {kind}".encode() in text
        for kind in ("CERTIFICATE", "PUBLIC KEY", "RSA PUBLIC")
    )


def _is_link_out(path: Path, root: Path) -> bool:
    return path.is_symlink() and not path.resolve().is_relative_to(root.resolve())


def refuse_tokens(files: Mapping[str, bytes]) -> None:
    """Refuse an sdist with a configuration of cargo that holds a token."""
    problems = [
        Problem(
            f"token in a file of the sdist: `{place}`",
            "`cargo login` keeps it in cargo's home; remove it from the file and revoke it if it "
            "was published",
            name,
        )
        for name, data in files.items()
        if Path(name).parts[-2:] in ((".cargo", "config.toml"), (".cargo", "config"))
        for place in _tokens(data)
    ]
    if problems:
        raise RtvariantsError(problems)


def _tokens(text: bytes) -> Iterator[str]:
    try:
        data = toml.parse(text)
    except ConfigError:
        return  # cargo says what is wrong with it.
    tables: dict[str, Any] = {"registry": data.get("registry", {})}
    tables |= {f"registries.{n}": t for n, t in data.get("registries", {}).items()}
    for name, table in tables.items():
        if isinstance(table, dict):
            yield from (f"{name}.{k}" for k in ("token", "secret-key") if table.get(k))
