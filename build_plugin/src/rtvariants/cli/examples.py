"""The examples that `rtvariants COMMAND --help` ends with, and how the help shows them."""

from __future__ import annotations

import argparse

#: The words after `rtvariants COMMAND`, for each command. The tests parse all of them.
EXAMPLES: dict[str, tuple[str, ...]] = {
    "plan": ("", "path/to/project --runtime v3 --json"),
    "build": ("", "--runtime v3 --out runtimes"),
    "wheel": (
        "rpds-py --runtime v3=x86_64_v3 --runtime base=x86_64",
        "orjson-3.11.4.tar.gz --config orjson.toml --output dist",
        "rtoml --runtime v3=x86_64_v3 --runtime base=x86_64 --python 3.12,3.13",
        ". --runtime v3=x86_64_v3 --runtime base=x86_64 --print-config",
    ),
    "package": ("", "--as split --out dist", "--platform linux-arm64"),
    "test": (
        "dist/fastlib-1.0.0-cp310-abi3-manylinux_2_17_x86_64.whl",
        "--with numpy --run 'import fastlib; fastlib.check()' dist/fastlib-1.0.0-py3-none-any.whl",
    ),
    "pgo": ("--pgo 'python -m pytest benches'", "--runtime v3"),
    "repro": ("", "--against dist/fastlib-1.0.0-cp310-abi3-manylinux_2_17_x86_64.whl"),
    "sdist": ("", "--vendor --out dist"),
    "develop": ("--runtime v3", "--reinstall"),
    "version": ("", "set 1.4.0", "check"),
    "release": ("rehearse", "plan", "--dry-run", "status"),
    "toolchain": ("prepare linux-arm64 musl-x64", "list"),
    "loader": ("build/lib", "--project path/to/project build/lib"),
    "schema": ("", "--check docs/reference.md"),
    "explain": ("fastlib", "fastlib --python .venv/bin/python", "fastlib --json"),
    "inspect": ("fastlib", "dist/fastlib-1.0.0-cp310-abi3-manylinux_2_17_x86_64.whl"),
    "size": ("fastlib --top 5", "fastlib --against old/fastlib-0.9.0-cp310-abi3-linux_x86_64.whl"),
}


def lines(command: str) -> list[str]:
    """Return the examples of a command as lines that can be typed."""
    return [f"rtvariants {command} {words}".rstrip() for words in EXAMPLES[command]]


def epilog(command: str) -> str:
    """Return the end of a command's help."""
    return "\n".join(["examples:", *(f"  {line}" for line in lines(command))])


class Formatter(argparse.HelpFormatter):
    """Fills paragraphs as wide as the terminal, and leaves the lines of examples as they are."""

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        if text.startswith("examples:"):
            return text
        paragraphs = text.strip().split("\n\n")
        fill = super()._fill_text
        return "\n\n".join(fill(paragraph, width, indent) for paragraph in paragraphs)
