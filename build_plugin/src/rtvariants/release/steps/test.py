"""Install the wheels of each platform into a clean environment and run each runtime.

A platform that this machine can't run is reported, unless `--python` gives an interpreter for it.
What passed is written into `tested/` with its hash, where `freeze` looks for it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rtvariants.config import load
from rtvariants.errors import Problem, WheelError
from rtvariants.release import expected, source, tested
from rtvariants.release.session import Session
from rtvariants.targets import platforms
from rtvariants.targets.platforms import Platform
from rtvariants.toolchain import cross, interpreters
from rtvariants.trial import runner
from rtvariants.trial.dependencies import Needs

from . import options as option


@dataclass(frozen=True)
class Options:
    """The options of the step; most are those of `rtvariants test`."""

    platform: tuple[str, ...] = option.many(
        "test this platform; may be repeated (default: those that this machine can run)", "NAME"
    )
    find_links: tuple[Path, ...] = option.many(
        "folder with the wheels that the package requires", "DIR", Path
    )
    python: tuple[str, ...] = option.many(
        "interpreter for wheels of another platform, as in `rtvariants test`", "PLATFORM=COMMAND"
    )
    no_emulation: bool = option.switch("do not emulate old CPUs")
    strict: bool = option.switch("fail if a wheel cannot be run on this machine")


def run(session: Session, options: Options) -> dict[str, Any]:
    """Test each platform; raises `WheelError` if a run fails."""
    book = session.work()
    _, given = runner.given(options.python)
    outcome: dict[str, str] = {}
    for platform in session.declaration.platforms:
        wheels = _wheels(session, platform)
        wanted = _wanted(platform, options, given)
        if not wheels or not wanted:
            outcome[platform.name] = "not built" if not wheels else "not run here"
            if platform.name in options.platform:
                hint = f"`rtvariants release build --platform {platform.name}`"
                raise WheelError(Problem(f"no wheels for `{platform.name}` to test", hint))
            session.say(f"{platform.name}: {outcome[platform.name]}")
            continue
        hashes = {path.name: source.sha256(path) for path in wheels}
        if book.facts("test", platform.name).get("files") == hashes:
            session.say(f"{platform.name}: these bytes have passed already")
        else:
            _pass(session, platform, wheels, request(session.root, platform, options))
            book.write("test", "done", platform.name, files=hashes)
        tested.note(session.made(), platform.name, hashes)
        outcome[platform.name] = "passed"
    return {"platforms": outcome}


def summary(facts: dict[str, Any]) -> str:
    """Return the step's line in the table of a whole release."""
    return ", ".join(f"{name}: {outcome}" for name, outcome in facts["platforms"].items())


def request(root: Path, platform: Platform, options: Options) -> runner.Request:
    """Return how the wheels of one platform are tried: only with its own interpreters."""
    _, given = runner.given(options.python)
    return runner.Request(
        code=load.read(root).test.run,
        # A release needs no network here: packages only come from folders.
        needs=Needs(links=options.find_links, index=False, wanted=bool(options.find_links)),
        interpreters={part: words for part, words in given.items() if part in platform.tag},
        emulation=not options.no_emulation,
        strict=options.strict,
    )


def _wheels(session: Session, platform: Platform) -> list[Path]:
    """Return the wheels of a platform, with the base that they need."""
    names = [
        file.name
        for file in expected.expected(session.declaration)
        if file.name.endswith(".whl") and file.platform in (platform.name, "")
    ]
    paths = [session.files / name for name in names if (session.files / name).is_file()]
    own = [path for path in paths if platform.tag in path.name]
    return paths if own else []


def _wanted(platform: Platform, options: Options, given: Iterable[str]) -> bool:
    if options.platform:
        return platform.name in options.platform
    named = any(part in platform.tag for part in given)
    tools = cross.prepared(platform)
    return named or platform.name == platforms.host() or bool(tools and tools.python)


def _pass(session: Session, platform: Platform, wheels: list[Path], how: runner.Request) -> None:
    if platform.name == platforms.host():
        # A wheel that no Python here runs has not passed.
        for python in filter(None, session.declaration.pythons):
            interpreters.find(python)
    if not runner.run(wheels, how, session.say).passed:
        hint = "the lines above show which run failed; nothing was frozen"
        raise WheelError(Problem(f"wheels for `{platform.name}` failed their test", hint))
