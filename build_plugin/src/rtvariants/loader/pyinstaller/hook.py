"""What PyInstaller can't see in the sources: natives that are imported by name, and data files.

In a wheel it is `hook-_sample_loader.py`, since PyInstaller goes by the name of what is imported.
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


#: Modules that PyInstaller takes in with all that they need.
hiddenimports: "list[str]" = []
#: Files and the folders that they go to.
datas: "list[tuple[str, str]]" = []

# Of split packages some runtimes may be absent, and stay so: the loader says it in words.
for _runtime in importlib.import_module(f"{_LOADER}.table").TABLE.runtimes:
    _package = _runtime.module.rpartition(".")[0]
    _where = _folder(_package)
    if _where is not None and os.path.isfile(os.path.join(_where, _STAMP)):
        hiddenimports.append(_runtime.module)
        datas.append((os.path.join(_where, _STAMP), _package))

#: Packages whose sources are files too. archspec asks for its data by way of a source's folder.
module_collection_mode = {"archspec": "pyz+py"}
# Its data has no hook anywhere; archspec decides where no kernel lists what the CPU has.
_where = _folder("archspec")
if _where is not None and glob.glob(os.path.join(_where, "json", "cpu", "*.json")):
    datas.append((os.path.join(_where, "json", "cpu", "*.json"), "archspec/json/cpu"))
