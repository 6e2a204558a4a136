"""`[tool.rtvariants.release]`: what is read, and every way of getting it wrong."""

import pytest
import release_kit as kit

from rtvariants.errors import ConfigError
from rtvariants.release import declaration


def test_a_whole_section(tmp_path):
    more = 'notify = [{ repository = "owner/docs", event = "lamp" }]\nlock = []\n'
    made = kit.declare(tmp_path, more=more)
    assert (made.project, made.version, made.tag, made.abi) == (
        "lamp", "1.4.0", "v1.4.0", "cp310-abi3"
    )  # fmt: skip
    assert made.names == {"fast": "lamp-fast", "safe": "lamp-runtime-safe"}
    assert made.projects() == ("lamp-fast", "lamp-runtime-safe", "lamp")
    assert made.settings.notify[0].key == "owner/docs:lamp"
    assert not made.prerelease
    assert made.at("1.5.0rc1").prerelease


WRONG = {
    "misspelt key": ('repositry = "a/b"', "unknown key: `repositry`", "`repository`"),
    "tag without version": ('tag = "release"', "no place for the version: `release`", "v{version}"),
    "index by no name": ("index = 3", "not an index: 3", "simple"),
    "notice without repository": ('notify = [{ event = "x" }]', "not a repository", "owner/name"),
    "notice of nothing": ('notify = [{ repository = "a/b" }]', "neither or both", "give one"),
    "label": ('labels = { x86_64 = ["Upper"] }', "not a variant label: `Upper`", "16"),
    "number": ("max-file-mb = 0", "not a number above 0: 0", ""),
    "list": ('lock = "Cargo.lock"', "not a list of texts: 'Cargo.lock'", ""),
    "python": ('python = ["3"]', "not a version of Python: `3`", "`3.14t`"),
    "python twice": ('python = ["3.12", "3.12"]', "Python named twice: `3.12`", "once"),
    "old python": ('python = ["3.9"]', "`requires-python` is `>=3.10`, without 3.9", "take it out"),
    "abi that is not a text": ("abi = 3", "not a text: 3", ""),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_fault_is_named(tmp_path, case):
    more, what, hint = WRONG[case]
    with pytest.raises(ConfigError) as caught:
        kit.declare(tmp_path, more=more)
    (problem,) = caught.value.problems
    assert what in problem.what
    assert hint in problem.hint


@pytest.mark.parametrize(
    ("platforms", "what"),
    [
        ("[]", "no platforms"),
        ("['linux-x46']", "unknown platform: `linux-x46`"),
        ("['linux-x64', 'linux-x64']", "platform named twice: `linux-x64`"),
        ("[{name = 'linux-x64', floor = '2.17'}]", "unknown key: `floor`"),
    ],
)
def test_a_wrong_platform_is_named(tmp_path, platforms, what):
    with pytest.raises(ConfigError, match=what):
        kit.declare(tmp_path, platforms=platforms)


def test_a_runtime_in_the_distribution_of_the_base_is_named(tmp_path):
    kit.declare(tmp_path)
    path = tmp_path / "pyproject.toml"
    path.write_text(path.read_text().replace('"lamp-fast"', '"lamp"'))
    with pytest.raises(ConfigError, match="distribution `lamp` belongs to the package itself"):
        declaration.read(tmp_path)


def test_all_faults_come_at_once(tmp_path):
    with pytest.raises(ConfigError) as caught:
        kit.declare(tmp_path, platforms="[]", more='tag = "x"\nabi = 3')
    assert len(caught.value.problems) == 3


def test_a_missing_section_is_named(tmp_path):
    kit.declare(tmp_path)
    path = tmp_path / "pyproject.toml"
    path.write_text(path.read_text().partition("[tool.rtvariants.release]")[0])
    with pytest.raises(ConfigError, match=r"missing table: `\[tool\.rtvariants\.release\]`"):
        declaration.read(tmp_path)


def test_pythons_that_get_wheels_of_their_own_replace_the_stable_abi_unless_it_is_named(tmp_path):
    def pythons(more):
        made = kit.declare(tmp_path, more=more)
        return [made.abi_of(python) for python in made.pythons]

    assert pythons("") == ["cp310-abi3"]
    assert pythons('python = ["3.11", "3.14t"]') == ["cp311-cp311", "cp314-cp314t"]
    both = 'abi = "cp310-abi3"\npython = ["3.14t"]'
    assert pythons(both) == ["cp310-abi3", "cp314-cp314t"]
