"""The forge's release and the notices, against a forge with faults at every request."""

from datetime import timedelta

import pytest
import release_kit as kit

from rtvariants.config.release import NotifyConfig
from rtvariants.release import forge, notes, notify
from rtvariants.release.forge import ForgeError
from rtvariants.release.journal import Journal
from rtvariants.release.rehearsal.forge import LocalForge
from rtvariants.release.rehearsal.server import CutError, StatusError

TOKEN = "ghp_0123456789abcdefghijklmnop"
EVENT = NotifyConfig(repository="owner/docs", event="lamp-release")
WORKFLOW = NotifyConfig(repository="owner/docs", workflow="build.yml", ref="main")


class FaultyForge(LocalForge):
    """Ends in a fault at one write request, before or after it took effect."""

    def __init__(self):
        super().__init__(token=TOKEN)
        self.fault = None

    def before(self, method, _route):
        self._act("before", method)

    def after(self, method, _route):
        self._act("after", method)

    def _act(self, phase, method):
        if self.fault and method != "GET" and self.fault[:2] == (len(self.writes), phase):
            kind, self.fault = self.fault[2], None
            raise CutError if kind == "cut" else StatusError(kind, "planted")


@pytest.fixture(scope="module")
def release(tmp_path_factory):
    folder = tmp_path_factory.mktemp("release")
    made = kit.freeze(kit.declare(folder), folder)
    return made, forge.assets(made, folder / "files"), folder


@pytest.fixture
def server():
    with FaultyForge() as server:
        yield server


def publish(server, release, text=None):
    made, files, _ = release
    repository = forge.connect("owner/lamp", server.api, TOKEN)
    return forge.release(repository, made, text or notes.notes(made, "Changes."), files)


def assert_whole(server, release):
    made, files, _ = release
    (found,) = server.releases
    assert found["draft"] is False
    assert found["prerelease"] is False
    assert (found["tag_name"], found["target_commitish"]) == ("v1.4.0", kit.COMMIT)
    digests = {asset["name"]: asset["digest"] for asset in found["assets"]}
    assert digests == {asset.name: asset.digest for asset in files}
    assert made.files[0].sha256 in found["body"]
    assert server.tags == {"v1.4.0": kit.COMMIT}


def test_a_release_has_notes_manifest_sums_and_sdists(server, release):
    address = publish(server, release)
    assert address.endswith("/releases/v1.4.0")
    assert_whole(server, release)
    names = {asset.name for asset in release[1]}
    assert names == {
        "manifest.json", "SHA256SUMS", "lamp-1.4.0.tar.gz", "lamp_fast-1.4.0.tar.gz",
        "lamp_runtime_safe-1.4.0.tar.gz",
    }  # fmt: skip


def test_a_release_is_a_draft_until_it_is_complete(server, release):
    seen = []
    server.after = lambda _method, route: seen.append(
        (route, [r["draft"] for r in server.releases])
    )
    publish(server, release)
    uploads = [drafts for route, drafts in seen if route.endswith("assets") and drafts]
    assert len(uploads) >= 5
    assert all(drafts == [True] for drafts in uploads)
    assert seen[-1][1] == [False]


def test_a_second_run_updates_the_release(server, release):
    publish(server, release)
    before = list(server.writes)
    publish(server, release, "Better words, " + release[0].files[0].sha256)
    assert_whole(server, release)
    assert server.writes[len(before) :] == [r"PATCH releases/(\d+)"]
    assert server.releases[0]["body"].startswith("Better words")


@pytest.mark.parametrize("kind", [500, 422, "cut"])
@pytest.mark.parametrize("phase", ["before", "after"])
def test_one_more_run_completes_the_release_after_a_fault_at_each_write(release, phase, kind):
    for number in range(1, 8):
        with FaultyForge() as server:
            server.fault = (number, phase, kind)
            with pytest.raises(ForgeError):
                publish(server, release)
            assert all(r["draft"] for r in server.releases) or (number, phase) == (7, "after")
            publish(server, release)
            assert_whole(server, release)
    with FaultyForge() as server:
        server.fault = (8, phase, kind)
        publish(server, release)  # seven writes are all there are
        assert len(server.writes) == 7


def test_incomplete_assets_and_those_of_an_earlier_draft_are_replaced(server, release):
    publish(server, release)
    (found,) = server.releases
    found["draft"] = True
    found["assets"][0]["state"] = "starter"
    found["assets"][1]["digest"] = "sha256:00"
    found["assets"].append({**found["assets"][2], "id": 999, "name": "stranger.whl",
                            "url": f"{server.api}/repos/o/r/releases/assets/999"})  # fmt: skip
    publish(server, release)
    assert_whole(server, release)


def test_assets_of_a_public_release_are_not_replaced(server, release):
    publish(server, release)
    server.releases[0]["assets"][0]["digest"] = "sha256:00"
    before = list(server.writes)
    with pytest.raises(ForgeError, match=r"manifest\.json: sha256:00 on the forge"):
        publish(server, release)
    assert server.writes == before


def test_a_tag_at_another_commit_on_the_forge_is_refused(server, release):
    server.tags["v1.4.0"] = "d" * 40
    with pytest.raises(ForgeError, match=r"tag `v1\.4\.0` of the forge is at dddd"):
        publish(server, release)
    assert server.writes == []


def test_a_wrong_token_is_one_refusal_without_the_token(server, release):
    repository = forge.connect("owner/lamp", server.api, "ghp_wrongwrongwrongwrong")
    with pytest.raises(ForgeError) as caught:
        forge.release(repository, release[0], "x", release[1])
    assert "status 401" in str(caught.value)
    assert "contents: write" in str(caught.value)
    assert "wrongwrong" not in str(caught.value)


def tell(server, release, folder, notice=EVENT):
    repository = forge.connect(notice.repository, server.api, TOKEN)
    with Journal(folder, release[0]) as journal:
        return notify.notify(repository, release[0], notice, journal, sleep=lambda _: None)


@pytest.mark.parametrize("notice", [EVENT, WORKFLOW], ids=["event", "workflow"])
def test_a_notice_has_what_was_released_and_is_sent_once(server, release, tmp_path, notice):
    assert tell(server, release, tmp_path, notice)
    assert not tell(server, release, tmp_path, notice)
    ((name, facts),) = server.dispatches
    assert name == (notice.event or notice.workflow)
    assert facts["version"] == "1.4.0"
    assert (facts["tag"], facts["commit"]) == ("v1.4.0", kit.COMMIT)
    assert facts["prerelease"] in (False, "false")
    assert len(facts["key"]) == 32


# A refusal (403) comes before the effect; what was lost may come after it.
LOST = [("before", 500), ("before", 403), ("before", "cut"), ("after", 500), ("after", "cut")]


@pytest.mark.parametrize("notice", [EVENT, WORKFLOW], ids=["event", "workflow"])
@pytest.mark.parametrize("fault", LOST)
def test_a_notice_whose_answer_was_lost_is_sent_once(server, release, tmp_path, fault, notice):
    phase, kind = fault
    server.fault = (1, phase, kind)
    with pytest.raises(ForgeError):
        tell(server, release, tmp_path, notice)
    assert tell(server, release, tmp_path, notice) == (phase == "before")
    assert not tell(server, release, tmp_path, notice)
    assert len(server.dispatches) == 1


def test_a_run_under_a_title_of_its_own_is_recognised(server, release, tmp_path):
    # `run-name:` of the receiving workflow says anything; clocks differ by an hour.
    server.fault = (1, "after", 500)
    with pytest.raises(ForgeError):
        tell(server, release, tmp_path)
    server.runs[-1] |= {"display_title": "Docs of lamp", "created_at": "2001-01-01T00:00:00Z"}
    assert not tell(server, release, tmp_path)
    assert len(server.dispatches) == 1


def test_an_older_run_of_the_same_workflow_does_not_count(server, release, tmp_path):
    tell(server, release, tmp_path)
    old = kit.datetime.now(kit.timezone.utc) - timedelta(hours=1)
    server.runs[0]["created_at"] = old.strftime("%Y-%m-%dT%H:%M:%SZ")
    (tmp_path / "journal.jsonl").unlink()
    server.fault = (2, "before", "cut")
    with pytest.raises(ForgeError):
        tell(server, release, tmp_path)
    assert tell(server, release, tmp_path)
    assert len(server.dispatches) == 2
