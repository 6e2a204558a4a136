"""Draw the pictures of the documentation: `python docs/pictures/draw.py`.

What they show comes from the project itself and from two files: flights.json, which
`python3 dev.py bench flights --json docs/pictures/flights.json` writes, and wheel.json, which
`python docs/pictures/draw.py --wheel dist/mydf-….whl` writes. A test draws them again and compares.
"""

from __future__ import annotations

import argparse
import json
import sys
import zipfile
from collections import Counter
from html import escape
from pathlib import Path
from typing import Any

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
# The picture has a background of its own, since a page may be dark where the system is light.
STYLE = """
.page{fill:#fff}.text{fill:#1f2328}.soft{fill:#59636e}.box{fill:#f3f5f8;stroke:#8b949e}
.mark{fill:#3b5bdb}.other{fill:#9aa4b2}.arrow{stroke:#59636e;fill:none;marker-end:url(#end)}
.head{fill:#59636e}text{font:14px system-ui,sans-serif}.small{font-size:12px}.bold{font-weight:600}
@media(prefers-color-scheme:dark){.page{fill:#1c1e26}.text{fill:#e6e8ec}.soft{fill:#a3adba}
.box{fill:#2a2e39;stroke:#6b7585}.mark{fill:#7f9cff}.other{fill:#6b7585}.arrow{stroke:#a3adba}
.head{fill:#a3adba}}
""".replace("\n", "")


class Picture:
    """Shapes on a canvas, and what a screen reader reads for it."""

    def __init__(self, width: int, height: int, title: str) -> None:
        self.shapes = [f'<rect class="page" width="{width}" height="{height}" rx="8"/>']
        self.head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" '
            f'width="{width}" height="{height}"><title>{escape(title)}</title>'
            f"<style>{STYLE}</style>"
            '<defs><marker id="end" markerWidth="8" markerHeight="8" refX="7" refY="4" '
            'orient="auto"><path class="head" d="M0 0L8 4L0 8z"/></marker></defs>'
        )

    def text(
        self, x: float, y: float, text: str, style: str = "text", anchor: str = "start"
    ) -> None:
        """Write a line of text."""
        place = f'x="{x:g}" y="{y:g}" text-anchor="{anchor}"'
        self.shapes.append(f'<text class="{style}" {place}>{escape(text)}</text>')

    def rect(self, x: float, y: float, width: float, height: float, style: str) -> None:
        """Draw a box."""
        place = f'x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}"'
        self.shapes.append(f'<rect class="{style}" {place} rx="4"/>')

    def arrow(self, *points: tuple[float, float]) -> None:
        """Draw a line with a head at its end."""
        path = "L".join(f"{x:g} {y:g}" for x, y in points)
        self.shapes.append(f'<path class="arrow" d="M{path}"/>')

    def box(self, x: float, y: float, width: float, *lines: str) -> None:
        """Draw a box with centred lines; the first one is bold."""
        self.rect(x, y, width, 18 + 18 * len(lines), "box")
        for number, line in enumerate(lines):
            style = "text bold" if number == 0 else "soft small"
            self.text(x + width / 2, y + 22 + 18 * number, line, style, "middle")

    def svg(self) -> str:
        """Return the file."""
        return "\n".join([self.head, *self.shapes, "</svg>", ""])


def peers(data: dict[str, Any]) -> str:
    """Draw the flights pipeline in mydf and its peers: time, import and memory."""
    figures = data["least, median, most"]
    names = {"mydf rt32": "mydf", "polars": "polars", "pandas": "pandas"}
    heads = {
        "process, ms": "From start to result",
        "import, ms": "Import",
        "memory, MB": "Peak memory",
    }
    picture = Picture(720, 350, "mydf next to polars and pandas")
    versions = ", ".join(f"{name} {version}" for name, version in data["versions"].items())
    y = 34
    for what, head in heads.items():
        picture.text(24, y, head, "text bold")
        medians = {name: figures[what][name][1] for name in names}
        for number, (name, label) in enumerate(names.items()):
            top = y + 12 + 24 * number
            picture.text(96, top + 14, label, "text", "end")
            style = "mark" if label == "mydf" else "other"
            width = 480 * medians[name] / max(medians.values())
            picture.rect(106, top, max(width, 2), 18, style)
            # Ratios carry over to other machines better than times do.
            picture.text(114 + width, top + 14, f"{medians[name] / medians['mydf rt32']:.1f}")
        y += 104
    how = f"Medians of {data['rounds']} runs, mydf = 1; load {data['load']:.0f} at the start"
    picture.text(24, 338, f"{how}; {versions}", "soft small")
    return picture.svg()


def wheel(data: dict[str, int]) -> str:
    """Draw what is in the wheel, with sizes."""
    picture = Picture(720, 60 + 44 * len(data), "What is in mydf's wheel")
    picture.text(24, 34, "One wheel, installed", "text bold")
    notes = {
        "mydf": "Python: the public API",
        "_mydf_loader": "the loader: picks a runtime at import",
        "_mydf_rt32": "a runtime: CPUs with AVX2",
        "_mydf_rt64": "a runtime: the same with a 64-bit row index",
        "_mydf_rtcompat": "a runtime: every x86-64 CPU",
        "dist-info": "metadata, licence, a list of crates for each runtime",
    }
    for number, (name, size) in enumerate(data.items()):
        y = 48 + 44 * number
        picture.text(24, y + 16, f"{name}/" if name != "dist-info" else name, "text bold")
        picture.text(24, y + 33, notes.get(name, ""), "soft small")
        width = 260 * size / max(data.values())
        picture.rect(350, y + 4, max(width, 2), 20, "mark" if "_rt" in name else "other")
        picture.text(358 + width, y + 19, f"{size / 1e6:.1f} MB")
    return picture.svg()


def choice(runtimes: list[dict[str, Any]]) -> str:
    """Draw how `import mydf` chooses a runtime."""
    levels = {each["name"]: each["level"]["x86_64"].replace("_", "-") for each in runtimes}
    first, *_, last = [each["name"] for each in runtimes if each["select"] == "auto"]
    asked = next(each["name"] for each in runtimes if each["select"] == "explicit")
    picture = Picture(720, 330, "How import mydf chooses a runtime")
    picture.box(260, 16, 200, "import mydf")
    picture.arrow((360, 52), (360, 78))
    picture.box(220, 80, 280, "Is MYDF_RUNTIME set?")
    picture.arrow((220, 98), (120, 98), (120, 160))
    picture.text(150, 90, "yes", "soft small")
    picture.box(20, 162, 200, "that runtime", "or an error that says", "why it can't run here")
    picture.text(120, 262, f"the only way to {asked}", "soft small", "middle")
    picture.arrow((360, 116), (360, 160))
    picture.text(370, 140, "no", "soft small")
    picture.box(250, 162, 220, "Does the CPU have", levels[first] + "?", "(AVX2, FMA, BMI)")
    picture.arrow((360, 234), (360, 268))
    picture.text(370, 254, "yes", "soft small")
    picture.box(270, 270, 180, first)
    picture.arrow((470, 198), (590, 198), (590, 268))
    picture.text(500, 190, "no", "soft small")
    picture.box(510, 270, 160, last)
    return picture.svg()


def release(steps: list[tuple[str, bool]]) -> str:
    """Draw the order of a release: what only reads, and what sends."""
    picture = Picture(720, 190, "The steps of a release, in order")
    columns = 5
    for number, (name, sends) in enumerate(steps):
        row, column = divmod(number, columns)
        x, y = 24 + 138 * column, 24 + 76 * row
        picture.rect(x, y, 112, 36, "box")
        picture.text(x + 56, y + 23, name, "text bold", "middle")
        if sends:
            picture.rect(x, y, 6, 36, "mark")
        if number + 1 < len(steps):
            if column + 1 < columns:
                picture.arrow((x + 112, y + 18), (x + 136, y + 18))
            else:
                picture.arrow((x + 56, y + 36), (x + 56, y + 56), (80, y + 56), (80, y + 74))
    picture.rect(24, 162, 6, 14, "mark")
    picture.text(38, 174, "sends something; all others only read and write here", "soft small")
    return picture.svg()


def pictures() -> dict[str, str]:
    """Return every picture by the name of its file."""
    from rtvariants.release.steps import STEPS

    table = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["rtvariants"]
    data = {
        name: json.loads((HERE / f"{name}.json").read_text("utf-8"))
        for name in ("flights", "wheel")
    }
    return {
        "peers.svg": peers(data["flights"]),
        "wheel.svg": wheel(data["wheel"]),
        "choice.svg": choice(table["runtimes"]),
        "release.svg": release([(s.name, s.sends) for s in STEPS.values() if s.whole]),
    }


def sizes(path: Path) -> dict[str, int]:
    """Return the size of each part of a wheel, installed."""
    found: Counter[str] = Counter()
    with zipfile.ZipFile(path) as archive:
        for member in archive.infolist():
            top = member.filename.partition("/")[0]
            found["dist-info" if top.endswith(".dist-info") else top] += member.file_size
    order = ["mydf", "_mydf_loader", *sorted(n for n in found if n.startswith("_mydf_rt"))]
    return {name: found[name] for name in [*order, "dist-info"]}


def main() -> None:
    """Write the files."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--wheel", type=Path, help="read the sizes of this wheel first")
    options = parser.parse_args()
    if options.wheel:
        text = json.dumps(sizes(options.wheel), indent=1) + "\n"
        (HERE / "wheel.json").write_text(text, encoding="utf-8")
    for name, svg in pictures().items():
        (HERE / name).write_text(svg, encoding="utf-8")


if __name__ == "__main__":
    main()
