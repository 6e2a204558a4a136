"""The file at the place of the extension module, which calls the loader.

A project may have one of its own. Where it has none, the build writes it into the wheel, so the
project's Python files stay as they are.
"""

from __future__ import annotations


def file_of(module: str) -> str:
    """Return the file that Python finds for a module.

    >>> file_of('sample._core')
    'sample/_core.py'
    """
    return module.replace(".", "/") + ".py"


def prefix(package: str) -> str:
    """Return what the names of a package's loader and runtimes begin with.

    >>> prefix('acme.x')
    '_acme_x_'
    """
    return f"_{package.replace('.', '_')}_"


def loader_of(package: str) -> str:
    """Return the top-level package that a package's loader is installed as."""
    return f"{prefix(package)}loader"


def text(package: str) -> str:
    """Return the file that the build writes where the project has none of its own."""
    loader = loader_of(package)
    return (
        "# Written by the build: the loader puts the extension module in the place of this file.\n"
        f"import {loader}\n\n{loader}.bind()\n"
    )


def fault(module: str, package: str, text: bytes | None) -> tuple[str, str] | None:
    r"""Return what is wrong with the text of a project's own file, and a hint.

    >>> fault('sample._core', 'sample', b'import _sample_loader\n_sample_loader.bind()')
    >>> fault('sample._core', 'sample', b'answer = 42')[1]
    'rename it; or write `import _sample_loader` and `_sample_loader.bind()` into it'
    """
    loader = loader_of(package)
    if text is None or (loader.encode() in text and b"bind()" in text):
        return None
    what = f"`{file_of(module)}` has the name of the extension module and does not call the loader"
    return what, f"rename it; or write `import {loader}` and `{loader}.bind()` into it"
