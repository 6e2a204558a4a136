"""The results of the last run, and the table that docs/foreign.md shows of them."""

import json
from pathlib import Path

from .bench import digest, folder
from .build import RUNTIMES
from .packages import DATA, ROOT, Package, read
from .suite import counts, differences

RESULTS = DATA / "results.json"
PAGE = ROOT / "docs" / "foreign.md"
BEGIN, END = "<!-- table: begin -->\n", "<!-- table: end -->"
#: The lines that an adopter writes in addition to the printed table: the backend and its package.
BACKEND_LINES = 2


def _kept(package: Package, step: str, wheel: str = "") -> dict | None:
    """Return what a step left, if it was about this wheel."""
    file = folder(package) / f"{step}.json"
    value = json.loads(file.read_text(encoding="utf-8"))["value"] if file.exists() else None
    return value if value and value.get("wheel", "") == wheel else None


def entry(package: Package) -> dict | None:
    """Return the facts about a package as its folder has them; `None` if tests have not run."""
    plain, fat = _kept(package, "plain"), _kept(package, "fat")
    if plain is None or fat is None:
        return None
    wheels = {
        name: digest(Path(step["files"][0])) for name, step in (("plain", plain), ("fat", fat))
    }
    runs = {
        name: _kept(package, f"suite-{name}", wheels["plain" if name == "plain" else "fat"])
        for name in ("plain", *RUNTIMES)
    }
    emulated = _kept(package, "emulated", wheels["fat"])
    if emulated is None or not (package.untested or all(runs.values())):
        return None
    gain = _kept(package, "gain", wheels["fat"])
    return {
        "version": package.version,
        "tag": fat["tag"],
        "bytes": {"plain": plain["bytes"], "fat": fat["bytes"]},
        "table-lines": len(fat["table"]),
        "tests": {name: counts(package, run) for name, run in runs.items() if run},
        "different": {
            name: len(differences(package, runs["plain"], runs[name]))
            for name in RUNTIMES if runs["plain"] and runs[name]
        },
        "emulated": {name: case["status"] for name, case in emulated["cases"].items()},
        "gain": gain and {name: round(gain[name], 3) for name in ("low", "median", "high")},
        "seconds": _kept(package, "times"),
    }  # fmt: skip


def write() -> None:
    """Bring the results of all packages that have any into the data file and the page."""
    results = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
    packages = read()
    found = {name: entry(package) for name, package in packages.items()}
    kept = {name: found[name] or results.get(name) for name in packages}
    results = {name: value for name, value in kept.items() if value}
    RESULTS.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    text = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(with_table(text, results), encoding="utf-8")


def with_table(text: str, results: dict[str, dict]) -> str:
    """Return the page with the table of these results."""
    before, rest = text.split(BEGIN)
    _, after = rest.split(END)
    return before + BEGIN + table(read(), results) + END + after


def table(packages: dict[str, Package], results: dict[str, dict]) -> str:
    """Return the tables of these results as Markdown."""
    listed = [(packages[name], found) for name, found in results.items()]
    timed = [(package, found) for package, found in listed if found["seconds"]]
    parts = [
        _rows(
            (
                "package",
                "what is special",
                "backend",
                "tag",
                "lines",
                "own tests passed",
                "old CPUs",
            ),
            [_worked(package, found) for package, found in listed],
        ),
        _rows(
            ("package", "workload", "v3 over base", "MB, plain", "MB, both", "ratio"),
            [_gained(package, found) for package, found in listed],
        ),
        _rows(
            ("package", "two plain builds", "v3 and base", "ratio"),
            [_timed(package, found["seconds"]) for package, found in timed],
        ),
    ]
    return "\n".join(parts)


def _rows(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _worked(package: Package, found: dict) -> tuple[str, ...]:
    cases = found["emulated"].items()
    good = sum(status == (0 if _runs(name) else 1) for name, status in cases)
    return (
        f"{package.name} {found['version']}", package.shape, package.backend, f"`{found['tag']}`",
        f"{len(package.config.splitlines())}, or {found['table-lines'] + BACKEND_LINES}",
        _passed(package, found),
        f"{good} of {len(cases)}",
    )  # fmt: skip


def _runs(case: str) -> bool:
    """Return whether the module must load in a case of the emulated CPUs."""
    return not case.startswith("Nehalem") or case.endswith((", auto", ", base"))


def _passed(package: Package, found: dict) -> str:
    tests = found["tests"]
    if not tests:
        return f"not run: {package.untested}"
    texts = []
    for name, told in tests.items():
        total = told["passed"] + told["failed"]
        texts.append(f"{name} {told['passed']} of {total}")
    return ", ".join(texts)


def _gained(package: Package, found: dict) -> tuple[str, ...]:
    plain, fat = (found["bytes"][name] / 1e6 for name in ("plain", "fat"))
    return (
        package.name, package.workload, _ratio(found["gain"]),
        f"{plain:.2f}", f"{fat:.2f}", f"{fat / plain:.2f}",
    )  # fmt: skip


def _ratio(gain: dict | None) -> str:
    if gain is None:
        return "not measured"
    text = f"{gain['median']:.2f} ({gain['low']:.2f} to {gain['high']:.2f})"
    # Where half of the pairs lie on both sides of 1, nothing is shown.
    return f"noise: {text}" if gain["low"] <= 1 <= gain["high"] else f"**{text}**"


def _timed(package: Package, seconds: dict) -> tuple[str, ...]:
    plain, runtimes = seconds["plain"], seconds["runtimes"]
    return package.name, f"{plain:.0f} s", f"{runtimes:.0f} s", f"{runtimes / plain:.2f}"
