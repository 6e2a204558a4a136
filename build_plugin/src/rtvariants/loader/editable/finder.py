"""Finds the file at the place of the extension module, in editable installs.

A wheel has a file there that calls the loader. An editable install takes the Python files from the
tree, which may have none, and it leaves the tree as it is. A `.pth` file imports this module when
Python starts.
"""

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from importlib.machinery import ModuleSpec

#: The public name of the extension module; the plugin reads `FILE` where there is none.
ALIAS: str = getattr(sys.modules[str(__package__)], "ALIAS", "")
#: What stands in for the file, next to this one.
FILE = "module.py"


def find_spec(
    name: str, path: "Sequence[str] | None" = None, target: object = None
) -> "ModuleSpec | None":
    """Return the tree's own file if it has one, and otherwise the one next to this.

    An extension module that another tool has left there is not taken: it is of another build.
    """
    del target
    if name != ALIAS:
        return None
    from importlib.util import spec_from_file_location

    file = name.rpartition(".")[2] + ".py"
    own = (os.path.join(folder, file) for folder in (sys.path if path is None else path))
    here = os.path.join(os.path.dirname(__file__), FILE)
    return spec_from_file_location(name, next(filter(os.path.isfile, own), here))


if ALIAS:
    sys.meta_path.insert(0, sys.modules[__name__])
