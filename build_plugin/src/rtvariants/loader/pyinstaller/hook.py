"""What PyInstaller can't see in the sources: modules that are imported by name, and data files.

In a wheel it is `hook-_sample_loader.py`: PyInstaller finds hooks by the name of the import.
"""

import glob
import importlib
import os
from importlib.util import find_spec

_LOADER = os.path.basename(__file__).removeprefix("hook-").removesuffix(".py")
_STAMP = "rtvariants.stamp"


def _folder(package: str) -> "str | None":
    """Return the folder of a package that has one, without importing it."""
    try:
        spec = find_spec(package)
    except ModuleNotFoundError:
        return None
    return os.path.dirname(spec.origin) if spec is not None and spec.origin else None


#: Modules that PyInstaller adds with everything that they need.
hiddenimports: "list[str]" = []
#: Files and the folders that they go to.
datas: "list[tuple[str, str]]" = []

# Some runtimes of split packages may be absent, and stay so: the loader reports them.
for _runtime in importlib.import_module(f"{_LOADER}.table").TABLE.runtimes:
    _package = _runtime.module.rpartition(".")[0]
    _where = _folder(_package)
    if _where is not None and os.path.isfile(os.path.join(_where, _STAMP)):
        hiddenimports.append(_runtime.module)
        datas.append((os.path.join(_where, _STAMP), _package))

#: Packages whose sources stay files. archspec finds its data through the folder of a source.
module_collection_mode = {"archspec": "pyz+py"}
# No hook has its data; archspec decides where no kernel lists the CPU's features.
_where = _folder("archspec")
if _where is not None and glob.glob(os.path.join(_where, "json", "cpu", "*.json")):
    datas.append((os.path.join(_where, "json", "cpu", "*.json"), "archspec/json/cpu"))
