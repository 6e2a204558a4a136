"""`-C` settings under hatchling and setuptools, which pass none on to their plugins.

A frontend gives them to a hook of the backend (PEP 517), as the argument `config_settings`. The
hook is one of the functions that wait for the plugin to return, and is found among them.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Collection, Iterator
from types import FrameType
from typing import Any

_KINDS = ("wheel", "editable", "sdist")
_HOOKS = {
    f"{hook}_{kind}"
    for hook in ("build", "get_requires_for_build", "prepare_metadata_for_build")
    for kind in _KINDS
}


def of_hook() -> dict[str, Any]:
    """Return the settings of the innermost hook that is running; none outside of a hook."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        if frame.f_code.co_name in _HOOKS and "config_settings" in frame.f_locals:
            return dict(frame.f_locals["config_settings"] or {})
        frame = frame.f_back
    return {}


@contextlib.contextmanager
def applied(known: Collection[str] = ()) -> Iterator[None]:
    """Let the settings win over pyproject.toml, except those that the build tool itself knows.

    Raises `ConfigError` for a name that is unknown to both.
    """
    from rtvariants.config import load

    given = {name: value for name, value in of_hook().items() if name not in known}
    with load.overriding(given):
        yield
