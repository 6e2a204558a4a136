"""The project's texts are plain English: a list of words that its tools' users would not write."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
#: What must not be written, as a pattern, and what to write instead.
WORDS = {
    r"handovers?": "reuse",
    r"to be had": "available",
    r"anew": "again",
    r"tells? whether": "return whether",
    r"one that there is": "an existing one",
    r"that there (is|are) none": "that does not exist",
    r"nobody has": "no one has, or is missing",
    r"of then": "of that time, or name it",
    r"by itself|by themselves": "automatically, on its own, alone",
    r"mend(s|ed|ing)?": "fix",
    r"(is|are|was|were|be) told": "is reported, is shown",
    r"what (it|they|\w+) lacks?": "what is missing",
    r"bills?(?! of materials?\b)": "SBOM",
    r"shall": "must, should",
    r"wherefore|thereof|therein|hereof": "name it",
    r"what is no": "what is not",
    r"takes? note": "record",
    r"lies? as": "state",
    r"(is|are) had": "exist",
    r"as ever": "as usual",
    r"(that|which|it|this) is no "
    r"(list|table|file|number|text|name|path|package|folder|module|wheel)": "is not a",
    r"whoever": "the one who, anyone",
    r"unasked": "by default",
    r"but for(?= (those|what|the))": "except",
    r"EnvironmentProblem|IndexFault|MalformedRequest\b": "the class of the same meaning in Error",
}
#: Texts that are quoted, or that the words stand in on purpose.
EXEMPT = {"tests/unit/test_words.py", "LICENSE", "Cargo.lock"}
TEXTS = (".py", ".pyi", ".rs", ".md", ".toml", ".yml", ".sh", ".c", ".json", "run")
PATTERN = re.compile(
    "|".join(rf"(?P<w{i}>\b(?:{word})\b)" for i, word in enumerate(WORDS)), re.IGNORECASE
)


def found(text):
    """Yield each old word with its line and what to write instead."""
    instead = list(WORDS.values())
    # A sentence may be broken between the words; names join theirs.
    flat = re.sub(r"\n[ \t]*(#:?|//[/!]?|\*)?[ \t]*", "\n", text)
    for match in PATTERN.finditer(flat.replace("\n", " ").replace("_", " ")):
        line = flat.count("\n", 0, match.start()) + 1
        yield line, match.group(), instead[int(match.lastgroup[1:])]


def texts():
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return [
        name for name in listed.stdout.splitlines() if name.endswith(TEXTS) and name not in EXEMPT
    ]


@pytest.mark.parametrize("part", ["build_plugin", "crates", "docs", "python", "tests", ""])
def test_the_texts_are_plain_english(part):
    names = [n for n in texts() if (n.split("/")[0] if "/" in n and part else "") == part]
    names = names if part else [n for n in texts() if n.split("/")[0] not in PARTS]
    assert names
    wrong = [
        f"{name}:{line}: `{word}`; write: {instead}"
        for name in names
        for line, word, instead in found((ROOT / name).read_text(encoding="utf-8"))
    ]
    assert wrong == [], f"{len(wrong)} old words:\n" + "\n".join(wrong)


PARTS = {"build_plugin", "crates", "docs", "python", "tests"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("numpy, which is not to be had", ["to be had"]),
        ("# compiled\n# anew each time", ["anew"]),
        ("/// Tell\n/// whether it runs", ["Tell whether"]),
        ("a bill of materials, and a bill", ["bill"]),
        ("one that\nthere is", ["one that there is"]),
        ("def test_it_is_compiled_anew():", ["anew"]),
        ("It is installed, and builds again.", []),
    ],
)
def test_an_old_word_is_seen_also_across_lines_and_in_names(text, words):
    assert [word for _, word, _ in found(text)] == words
