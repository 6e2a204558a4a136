"""What a wheel must hold next to the runtimes, and what it must not."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from rtvariants.config.model import Config
from rtvariants.errors import ConfigError, Problem
from rtvariants.shim import place


def check(config: Config, files: Mapping[str, bytes | Path]) -> None:
    """Check a project's own files, by their path in the wheel, for every extension module.

    Raises `ConfigError` for the first fault.
    """
    for unit in config.units:
        refuse_second_module(unit.module, files)
        refuse_own_names(unit, files)
        require_call(unit, files)
        require_package(unit, files)


def refuse_second_module(module: str, paths: Iterable[str]) -> None:
    """Refuse a wheel in which a package or another extension module has the name of the module.

    Python would import it before the file that calls the loader. An extension module is left in the
    tree by another tool: it is not checked, and has no guard.
    """
    path = module.replace(".", "/")
    for name in paths:
        if name.endswith((".so", ".pyd", ".dylib")) and name.split(".")[0] == path:
            what = f"extension module of another build in the wheel: `{name}`"
            raise ConfigError(Problem(what, "remove the file: the runtimes replace it"))
        if Path(name).as_posix() == f"{path}/__init__.py":
            raise ConfigError(
                Problem(
                    f"two modules of one name: `{module}` is the file `{name}` too",
                    "choose another name in `[tool.rtvariants] module`",
                )
            )


def refuse_own_names(config: Config, paths: Iterable[str]) -> None:
    """Refuse files of the project in a package that the build makes: its loader and its runtimes.

    Systems that ignore the case of letters have one folder for names that differ only in it.
    """
    given = {config.loader: "the loader"}
    given |= {config.runtime_package(r.name): f"the runtime `{r.name}`" for r in config.runtimes}
    for path in paths:
        top, inside, _ = Path(path).as_posix().partition("/")
        name = (top if inside else top.partition(".")[0]).lower()
        if name in given:
            what = f"`{path}` has the name of the package that the build makes for {given[name]}"
            hint = "rename it" if name == config.loader else "rename it, or the runtime"
            raise ConfigError(Problem(what, f"{hint}, or leave it out of the wheel"))


def require_call(config: Config, files: Mapping[str, bytes | Path]) -> None:
    """Refuse a project's own file at the place of the module that does not call the loader."""
    found = files.get(place.file_of(config.module))
    text = found.read_bytes() if isinstance(found, Path) else found
    if wrong := place.fault(config.module, config.package, text):
        raise ConfigError(Problem(*wrong))


def require_package(config: Config, files: Mapping[str, bytes | Path]) -> None:
    """Refuse a wheel without the package that the runtimes are for: nothing would load them.

    The package must be a regular one. In a namespace package, another distribution may have
    runtimes, and both would install loaders of one name.
    """
    if config.package == config.module:
        return  # A module without a package.
    package = config.package.replace(".", "/")
    file = f"{package}/__init__.py"
    names = {Path(path).as_posix(): path for path in files}
    if file in names:
        found = files[names[file]]
        text = found.read_bytes() if isinstance(found, Path) else found
        if not any(call in text for call in _SHARING):
            return
        raise _namespace(config, f"`{file}` makes it a namespace package")
    if any(name.startswith(f"{package}/") for name in names):
        raise _namespace(config, f"no `{file}`")
    tops = {name.partition("/")[0] for name in names}
    others = sorted(n for n in tops if n.isidentifier() and not n.startswith("_"))
    there = f"it has {', '.join(f'`{n}`' for n in others)}" if others else "it has none"
    raise ConfigError(
        Problem(
            f"no package `{config.package}` in the wheel: {there}",
            "`module` in `[tool.rtvariants]` begins with the package's name; where that is right, "
            "tell the build tool where the package lies",
        )
    )


def check_tree(config: Config, folder_of: Callable[[str], Path]) -> None:
    """Refuse, before anything is compiled, what the checks of the wheel would refuse.

    `folder_of` returns the folder that the build tool takes a package from, by its dotted name. A
    folder that does not exist is left to the check of the wheel.
    """
    folder = folder_of(config.package)
    if folder.is_dir():
        package = config.package.replace(".", "/")
        require_package(config, {f"{package}/{path.name}": path for path in folder.iterdir()})
    for unit in config.units:
        above, _, name = unit.module.rpartition(".")
        names = (f"{name}.py", f"{name}/__init__.py")
        found = {n: path for n in names if (path := folder_of(above) / n).is_file()}
        prefix = above.replace(".", "/") + "/" if above else ""
        there = {prefix + name: path for name, path in found.items()}
        refuse_second_module(unit.module, there)
        require_call(unit, there)
        refuse_own_names(unit, _taken(unit, folder_of))


def _taken(config: Config, folder_of: Callable[[str], Path]) -> Iterator[str]:
    """Yield a module or a package of the tree that has the name of one that the build makes."""
    for name in (config.loader, *(config.runtime_package(r.name) for r in config.runtimes)):
        folder = folder_of(name)
        if (folder / "__init__.py").is_file():
            yield f"{name}/__init__.py"
        if folder.with_name(f"{name}.py").is_file():
            yield f"{name}.py"


# How a package shares its name with other distributions, apart from having no file.
_SHARING = (b"extend_path(", b"declare_namespace(")


def _namespace(config: Config, why: str) -> ConfigError:
    package = config.package
    what = f"package that other distributions may share: `{package}`: {why}"
    hint = f"add `{package.replace('.', '/')}/__init__.py`, if the package is of this distribution"
    hint += f'; otherwise write `namespace = "{package}"` into `[tool.rtvariants]`'
    return ConfigError(Problem(what, hint, "tool.rtvariants.module"))
