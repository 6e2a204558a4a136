"""Whether the loader belongs to the package that calls it: another distribution may replace it."""

import sys

from .errors import OtherPackageError


def check(caller: str, alias: str, env: str, *, bound: bool = False) -> None:
    """Raise `OtherPackageError` if the module `caller` belongs to another package.

    `bound` is for a file at the place of the native module: there, only that of `alias` is right.
    Other modules are right if they are in one regular package with it. In a namespace package, each
    package in it may be of another distribution. Programs outside of it may use any loader.
    """
    if bound and caller.partition(".")[0] == alias.partition(".")[0]:
        _refuse(caller, alias, env)
    shared = ""
    for mine, theirs in zip(alias.split("."), caller.split(".")):  # noqa: B905 - not of one length
        if mine != theirs:
            break
        shared = f"{shared}.{mine}".lstrip(".")
        if getattr(sys.modules.get(shared), "__file__", None) is not None:
            return
    if shared:
        _refuse(caller, alias, env)


def _refuse(caller: str, alias: str, env: str) -> None:
    loader = str(__package__)
    top = alias.partition(".")[0]
    raise OtherPackageError(
        f"`{loader}`, which `{caller}` calls, is the loader of `{alias}`: two distributions have "
        "installed a loader of this name",
        f'to prevent this error, build both with `namespace = "{top}"` in `[tool.rtvariants]`; '
        "their loaders and runtimes then have different names",
        alias=alias,
        env=env,
        valid=(),
    )
