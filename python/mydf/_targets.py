"""Where writers put their data."""

from __future__ import annotations

from mydf import _paths, _remote

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any


def write(
    path: object, storage_options: Mapping[str, Any] | None, write_local: Callable[[str], None]
) -> None:
    """Write to a path, a URL or an open file; the last two get a file that is complete."""
    is_open = hasattr(path, "write")
    target = "" if is_open else _paths.writable(path)
    if not is_open and not _paths.is_url(target):
        write_local(target)
        return
    import os
    import tempfile

    with tempfile.TemporaryDirectory(prefix="mydf-") as folder:
        local = os.path.join(folder, "file")
        write_local(local)
        if is_open:
            _paths.copy_to(path, local)
        else:
            _remote.write(local, target, storage_options)
