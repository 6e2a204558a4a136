"""The site, built and looked at in a browser: links, search, colours, and the width of a phone."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("zensical", reason="no zensical: the site needs Python 3.11 or newer")

ROOT = Path(__file__).resolve().parents[2]
SITE = ROOT / "target" / "site"
SHOTS = ROOT / "target" / "screenshots"
CHROMIUM = shutil.which("chromium")
in_a_browser = pytest.mark.skipif(
    not CHROMIUM, reason="chromium NOT FOUND: run `apt-get install chromium`"
)
# A screen, and the colour scheme that its system asks for.
SCREENS = {
    "desktop-light": ((1280, 800), "light"),
    "desktop-dark": ((1280, 800), "dark"),
    "phone": ((390, 844), "light"),
}
#: The pages that are looked at as a reader sees them; target/screenshots/ keeps the pictures.
LOOKED_AT = ("index.html", "mydf/tour.html", "mydf/api/dataframe.html")


def build(folder):
    """Build the site of a folder, with every warning an error."""
    command = [sys.executable, "-m", "zensical", "build", "--strict"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True)


@pytest.fixture(scope="module")
def site():
    done = build(ROOT)
    assert done.returncode == 0, done.stdout + done.stderr
    return SITE


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        # Debian's browser: the client's own one would be a large download.
        chromium = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield chromium
        chromium.close()


def pages(site):
    # A server shows the page for wrong addresses; its links begin at the server's root.
    return sorted(set(site.rglob("*.html")) - {site / "404.html"})


@pytest.mark.parametrize("link", ["gone.md", "README.md#gone"])
def test_a_broken_link_fails_the_build(link, tmp_path):
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/README.md").write_text(f"# Title\n\n[text]({link})\n")
    (tmp_path / "zensical.toml").write_text('[project]\nsite_name = "sample"\n')
    done = build(tmp_path)
    assert done.returncode != 0
    assert "does not exist" in done.stdout + done.stderr


def test_no_page_loads_from_another_host(site):
    loading = re.compile(r"<(?:script|link|img|iframe|source)\b[^>]*=\"?https?://[^>]*>")
    found = {tag for page in pages(site) for tag in loading.findall(page.read_text())}
    assert found == set()


def test_each_public_name_is_in_the_reference(site):
    import mydf

    text = "".join(page.read_text() for page in (site / "mydf/api").glob("*.html"))
    anchors = {anchor.rpartition(".")[2] for anchor in re.findall(r'id="(mydf\.[^"]+)"', text)}
    dtypes = {name for name in mydf.__all__ if isinstance(getattr(mydf, name), mydf.DType)}
    names = set(mydf.__all__) - dtypes - {"__version__"}
    assert names - anchors == set()
    assert {name for name in dtypes if f"<code>{name}" not in text} == set()
    methods = {name for name in dir(mydf.DataFrame) if not name.startswith("_")}
    methods |= {name for name in dir(mydf.Expr) if not name.startswith("_")}
    assert methods - anchors == set()


@in_a_browser
def test_every_page_fits_a_phone(site, browser):
    # Scripts do not change the width, and take most of the time.
    page = browser.new_page(viewport={"width": 390, "height": 844}, java_script_enabled=False)
    wide = []
    for file in pages(site):
        page.goto(file.as_uri())
        if page.evaluate("document.documentElement.scrollWidth") > 390:
            wide.append(file.relative_to(site).as_posix())
    page.close()
    assert wide == []


@in_a_browser
@pytest.mark.parametrize("screen", SCREENS)
def test_pages_have_the_colours_of_the_system_and_load_nothing_else(site, browser, screen):
    (width, height), scheme = SCREENS[screen]
    SHOTS.mkdir(parents=True, exist_ok=True)
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
    page = context.new_page()
    loaded = []
    page.on("request", lambda request: loaded.append(request.url))
    for name in LOOKED_AT:
        page.goto((site / name).as_uri())
        colour = page.evaluate("getComputedStyle(document.body).backgroundColor")
        light = sum(map(int, re.findall(r"\d+", colour)[:3])) > 3 * 128
        assert light is (scheme == "light"), (name, colour)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.screenshot(path=SHOTS / f"{screen}-{Path(name).stem}.png")
    context.close()
    assert loaded
    assert [url for url in loaded if not url.startswith("file:")] == []


@in_a_browser
def test_a_page_that_is_too_wide_would_be_seen(browser, tmp_path):
    file = tmp_path / "wide.html"
    file.write_text("<div style='width: 2000px'>wide</div>")
    page = browser.new_page(viewport={"width": 390, "height": 844})
    page.goto(file.as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") > 390


@in_a_browser
def test_the_search_finds_a_page_without_a_server(site, browser):
    page = browser.new_page()
    page.goto((site / "index.html").as_uri())
    page.keyboard.press("Control+k")
    page.get_by_role("combobox").fill("jemalloc")
    result = page.locator("a[href*='mydf/runtimes.html']", has_text="jemalloc").first
    result.wait_for(timeout=10_000)
    result.click()
    page.wait_for_url(re.compile(r"/mydf/runtimes\.html"))
    assert "Which one runs here" in page.content()
