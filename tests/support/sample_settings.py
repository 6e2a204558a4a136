"""Settings of every common kind, and a small whole configuration."""

from dataclasses import dataclass

from rtvariants.config.fields import setting
from rtvariants.config.kinds import Choice, Flag, Number, Text, Texts
from rtvariants.config.sections import Section, Sections

TABLE = {
    "crate": ".",
    "module": "greeter._hello",
    "env": "GREETER_RUNTIME",
    "runtimes": [{"name": "fast", "level": "x86_64_v3"}, {"name": "safe", "level": "x86_64"}],
    "build": {"jobs": 3, "frugal": True},
}


@dataclass(frozen=True, kw_only=True)
class Inner:
    size: int = setting(Number(minimum=1), default=100)
    """Size, in MB."""


@dataclass(frozen=True, kw_only=True)
class Tool:
    name: str = setting(Text())
    """Its name."""

    size: int = setting(Number(), default=1)
    """Its size."""


@dataclass(frozen=True, kw_only=True)
class Outer:
    path: str
    kind: str = setting(Choice("fat", "split"), default="fat", override="packaging")
    """How.

    More.
    """
    one: Inner = setting(Section(Inner), default={})
    many: tuple[Inner, ...] = setting(Sections(Inner, "outer.many"))
    fast_too: bool = setting(Flag(), default=False)
    words: tuple[str, ...] = setting(Texts(Text("[a-z]+", "not small")), default=[])
    maybe: Inner | None = setting(Section(Inner, optional=True), default=None)
    tools: tuple[Tool, ...] = setting(
        Sections(Tool, "outer.tools", least=0, short="name"), default=[]
    )


#: A configuration as it is written, with two runtimes on two machines.
GOOD = """
[tool.rtvariants]
crate = "."
module = "greeter._hello"
env = "GREETER_RUNTIME"
[[tool.rtvariants.runtimes]]
name = "fast"
level = { x86_64 = "x86_64_v3", aarch64 = "aarch64" }
allocator = { linux = "jemalloc" }
features = ["simd"]
index-bits = 32
[[tool.rtvariants.runtimes]]
name = "safe"
level = { x86_64 = "x86_64", aarch64 = "aarch64" }
index-bits = 64
"""
