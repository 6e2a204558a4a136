"""One more run completes a release that is interrupted anywhere, and sends no file twice."""

import os

import pytest
import release_faults as faults
import release_kit as kit
from hypothesis import given, settings
from hypothesis import strategies as st

from rtvariants.errors import RtvariantsError
from rtvariants.release import journal
from rtvariants.release.publish import PublishError
from rtvariants.release.upload import UploadRefusedError

# The names do not depend on a folder.
FILES = 8
PHASES = ("before", "after")


@pytest.fixture(scope="module")
def release(tmp_path_factory):
    folder = tmp_path_factory.mktemp("release")
    return folder, faults.frozen(folder)


@pytest.fixture(autouse=True)
def _no_wait_for_the_disk(monkeypatch):
    # There is no power failure here. Another test checks that lines are synced to the disk.
    monkeypatch.setattr(os, "fsync", lambda _: None)


@pytest.fixture
def fresh(release):
    """Return a release of which nothing is published, with an index of its own."""
    folder, made = release
    (folder / journal.FILE_NAME).unlink(missing_ok=True)
    with faults.FaultyIndex(token="secret-token-of-test") as server:
        yield folder, made, server
    (folder / journal.FILE_NAME).unlink(missing_ok=True)


def run(folder, made, server, **options):
    """One run of the command; returns what stopped it, or `None`."""
    try:
        faults.publish(folder, made, server, **options)
    except (RtvariantsError, faults.Killed) as stopped:
        return stopped
    return None


@pytest.mark.parametrize("phase", PHASES)
@pytest.mark.parametrize("kind", [*faults.KINDS, "kill"])
def test_one_more_run_completes_a_release_after_each_fault_at_each_file(fresh, kind, phase):
    folder, made, server = fresh
    assert len(made.files) == FILES
    for file in made.files:
        (folder / journal.FILE_NAME).unlink(missing_ok=True)
        server.stored.clear()
        server.posts.clear()
        if kind == "kill":
            stopped = run(folder, made, server, dying=(file.name, phase))
            assert isinstance(stopped, faults.Killed)
        else:
            server.plant(file.name, phase, *[kind] * 3)
            stopped = run(folder, made, server)
            # After the index has the file, any answer is fine; before that, there are three tries.
            assert (stopped is None) == (phase == "after")
            server.faults.clear()
        if stopped is not None:
            assert run(folder, made, server) is None
        faults.assert_released(server, made)


fault = st.tuples(
    st.integers(0, FILES - 1),
    st.sampled_from(PHASES),
    st.sampled_from(["400", "500", "429", "cut", "kill"]),
)


@settings(max_examples=25)
@given(planned=st.lists(fault, max_size=4), lag=st.integers(0, 4))
def test_any_series_of_faults_on_an_index_that_lags_ends_the_same(release, planned, lag):
    folder, made = release
    (folder / journal.FILE_NAME).unlink(missing_ok=True)
    with faults.FaultyIndex(lag=lag) as server:
        for place, phase, kind in planned:
            name = made.files[place].name
            if kind == "kill":
                run(folder, made, server, dying=(name, phase))
            else:
                server.plant(name, phase, kind)
                run(folder, made, server)
            shown = {stored.name for stored in server.stored}
            if made.files[-2].name in shown:
                assert {file.name for file in made.files[:-2]} <= shown
        server.faults.clear()
        assert run(folder, made, server) is None
        faults.assert_released(server, made)


def test_without_its_journal_a_release_still_sends_no_file_twice(fresh):
    folder, made, server = fresh
    assert run(folder, made, server, dying=(made.files[3].name, "after")) is not None
    (folder / journal.FILE_NAME).unlink()
    assert faults.publish(folder, made, server) == 4
    faults.assert_released(server, made)


def test_a_file_with_other_bytes_stops_publishing_with_both_hashes(fresh, tmp_path):
    folder, made, server = fresh
    first = made.files[0]
    run(folder, made, server, dying=(first.name, "after"))
    rebuilt = kit.make(kit.declare(tmp_path), kit.expected.expected(kit.declare(tmp_path))[0],
                       tmp_path / "files", salt="rebuilt")  # fmt: skip
    server.stored[0].data = rebuilt.read_bytes()
    before = list(server.posts)
    stopped = run(folder, made, server)
    assert isinstance(stopped, PublishError)
    (problem,) = stopped.problems
    assert problem.where == first.name
    assert first.sha256 in problem.what
    assert server.stored[0].sha256 in problem.what
    assert server.posts == before


def test_a_rebuilt_file_is_never_sent(fresh):
    folder, made, server = fresh
    path = folder / "files" / made.files[0].name
    kept = path.read_bytes()
    try:
        path.write_bytes(kept + b"x")
        stopped = run(folder, made, server)
    finally:
        path.write_bytes(kept)
    assert isinstance(stopped, PublishError)
    assert server.posts == []


def test_other_bytes_that_appear_during_publishing_stop_it(fresh):
    """The index hides them until it refuses the upload."""
    folder, made, server = fresh
    server.lag = 3
    other = folder / "files" / made.files[0].name
    server.mirror(other)
    server.stored[0].data += b"x"
    stopped = run(folder, made, server, looks=1)
    assert isinstance(stopped, (PublishError, UploadRefusedError))
    assert server.doubles == []
    assert "400" in str(stopped) or "sha256 on the index" in str(stopped)


def test_an_expired_token_is_one_refusal_with_a_hint(fresh):
    folder, made, server = fresh
    server.token = "another"
    stopped = run(folder, made, server)
    assert isinstance(stopped, UploadRefusedError)
    assert "status 403" in str(stopped)
    assert "hint: the token is wrong, expired or for another project" in str(stopped)
    assert server.stored == []


def test_publishing_stops_before_the_base_if_the_index_never_lists_a_file(fresh):
    folder, made, server = fresh
    server.lag = 1000
    stopped = run(folder, made, server)
    assert isinstance(stopped, PublishError)
    assert len(stopped.problems) == FILES - 2
    assert not [name for name in server.posts if name.startswith("lamp-1.4.0")]
    server.lag = 0
    assert run(folder, made, server) is None
    faults.assert_released(server, made)
