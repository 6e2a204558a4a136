"""Settings as fields of dataclasses, each with its kind, key, default, override and docstring."""

from __future__ import annotations

import ast
import dataclasses
import inspect
import itertools
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .kinds import Kind
from .problems import Problems

#: The default of a required setting.
REQUIRED = dataclasses.MISSING


@dataclass(frozen=True)
class Setting:
    """One setting: `name` is the attribute, `key` its spelling in pyproject.toml."""

    name: str
    key: str
    kind: Kind
    default: Any
    override: str
    owner: type[Any]
    derived: bool = False

    @property
    def required(self) -> bool:
        """Return whether a table without this key is an error, unless something else states it."""
        return self.default is REQUIRED

    @property
    def text(self) -> str:
        """Return the docstring of the field; empty if Python has no sources."""
        return _docstrings(self.owner).get(self.name, "")


def setting(
    kind: Kind, *, default: Any = REQUIRED, key: str = "", override: str = "", derived: bool = False
) -> Any:
    """Return a dataclass field that is a setting; its docstring is the line below it.

    `default` is written as in pyproject.toml. `override` is the setting's name elsewhere: `jobs`
    makes it `RTVARIANTS_JOBS` and `-C jobs=…`. One without a default may be `derived` from other
    settings of the project.
    """
    metadata = {"setting": (kind, key, default, override, derived)}
    if default is REQUIRED:
        return dataclasses.field(metadata=metadata)

    def made() -> Any:
        problems = Problems()
        value = kind.read(default, "default", problems)
        assert not problems.found, problems.found
        return value

    return dataclasses.field(metadata=metadata, default_factory=made)


def settings_of(cls: type[Any]) -> tuple[Setting, ...]:
    """Return the settings of a dataclass, in its order."""
    found = []
    for field in dataclasses.fields(cls):
        if "setting" in field.metadata:
            kind, key, default, override, derived = field.metadata["setting"]
            key = key or field.name.replace("_", "-")
            found.append(Setting(field.name, key, kind, default, override, cls, derived))
    return tuple(found)


def _docstrings(cls: type[Any]) -> Mapping[str, str]:
    """Return the strings below fields: Python itself keeps none of them."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(cls)))
    except OSError:
        return {}
    (body,) = (node.body for node in tree.body if isinstance(node, ast.ClassDef))
    found = {}
    for field, below in itertools.pairwise(body):
        named = isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name)
        if named and isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant):
            found[field.target.id] = inspect.cleandoc(str(below.value.value))  # type: ignore[attr-defined]
    return found
