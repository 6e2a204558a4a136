"""After each published file, pip and uv resolve to all of the old or all of the new release."""

import pytest
import release_faults as faults
from packaging.utils import canonicalize_name

from rtvariants.release import install
from rtvariants.release.rehearsal.index import LocalIndex

OLD, NEW = "1.3.0", "1.4.0"
BASE = "lamp-1.4.0-py3-none-any.whl"


@pytest.fixture(scope="module")
def indexes(tmp_path_factory):
    """Return an index with files in the order of publishing, and one in that of names."""
    folder = tmp_path_factory.mktemp("snapshots")
    releases = [faults.frozen(folder / version, version=version) for version in (OLD, NEW)]
    with LocalIndex() as ours, LocalIndex() as theirs:
        for made in releases:
            faults.publish(folder / made.version, made, ours)
            # twine sends wheels first and keeps the order of a shell's `*`, in which the base's
            # `-` comes before the runtimes' `_`.
            names = sorted((f.name for f in made.files), key=lambda n: (not n.endswith("whl"), n))
            for name in names:
                theirs.mirror(folder / made.version / "files" / name)
        yield ours, theirs


def complete(versions):
    return {canonicalize_name(name): v for name, v in versions.items()}


def want(version):
    return dict.fromkeys(("lamp", "lamp-runtime-safe", "lamp-fast"), version)


def shown(index, count):
    """Return whether the base's new wheel is listed after `count` files."""
    return BASE in [stored.name for stored in index.stored[:count]]


@pytest.mark.slow
@pytest.mark.parametrize("tool", install.TOOLS)
def test_installers_get_a_whole_release_after_each_uploaded_file(indexes, tool):
    ours, _ = indexes
    old = len(ours.stored) // 2
    seen = []
    for count in range(old, len(ours.stored) + 1):
        found = install.resolve(tool, "lamp[fast]", ours.at(count))
        assert found.versions in (want(OLD), want(NEW)), found.said
        seen.append(found.versions["lamp"])
        if shown(ours, count):
            # A silent fallback to the old release would hide a broken state: ask for the new one.
            pinned = install.resolve(tool, f"lamp=={NEW}", ours.at(count))
            assert pinned.versions == want(NEW), pinned.said
    assert seen == [OLD] * 7 + [NEW] * 2


@pytest.mark.slow
@pytest.mark.parametrize("tool", install.TOOLS)
def test_installers_get_a_broken_release_if_files_are_sent_by_name(indexes, tool):
    """The same question shows the broken state of a release that sends its base first."""
    _, theirs = indexes
    count = 1 + next(i for i, stored in enumerate(theirs.stored) if stored.name == BASE)
    assert shown(theirs, count)
    unpinned = install.resolve(tool, "lamp[fast]", theirs.at(count))
    pinned = install.resolve(tool, f"lamp=={NEW}", theirs.at(count))
    assert unpinned.versions == want(OLD)  # and exit status 0
    assert pinned.versions == {}
    assert "lamp" in pinned.said


def test_both_tools_install_exactly_the_given_version(indexes):
    ours, _ = indexes
    found = install.check(f"lamp[fast]=={NEW}", ours.simple, "lamp", want(NEW))
    assert set(found) == {"pip", "uv"}
    with pytest.raises(install.InstallError) as caught:
        install.check(f"lamp=={OLD}", ours.simple, "lamp", {"lamp": NEW})
    assert len(caught.value.problems) == 2
    assert f"installed {OLD} of `lamp`" in str(caught.value)
    with pytest.raises(install.InstallError, match="import no_such"):
        install.fresh("uv", f"lamp=={NEW}", ours.simple, "no_such")
