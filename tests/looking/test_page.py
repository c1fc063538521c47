"""The page of an explanation, in a browser: what lights up, at which widths, light and dark."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import tangent
from tangent.looking.page import highlighted
from tests.looking import samples
from tests.looking.browser import opened

LINE = samples.loss.__code__.co_firstlineno + 5
"""`state = step(state, xs[t], W)`"""


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with opened(tmp_path_factory.mktemp("browser")) as driver:
        yield driver


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("pages") / "loss.html"
    tangent.explain(tangent.grad(samples.loss)).save(path)
    return path


@pytest.fixture
def page(browser: Any, file: Path) -> Any:
    show(browser, file)
    return browser


def show(browser: Any, file: Path, width: int = 1280, height: int = 900, scheme: str = "light") -> None:
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
        "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600,
    })
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {
        "features": [{"name": "prefers-color-scheme", "value": scheme}],
    })
    browser.get(file.as_uri())


def primal(page: Any, line: int) -> Any:
    return page.find_element("id", f"s0-0-{line}")


def texts(page: Any, selector: str) -> list[str]:
    """The code of the lines that a selector finds."""
    script = "return [...document.querySelectorAll(arguments[0])].map(e => e.querySelector('code').textContent.trim())"
    return page.execute_script(script, selector)


def lit(page: Any) -> list[str]:
    return texts(page, ".derived .lit")


PARTNERS = [
    "state_stack, state_saved_stack, sum_state_stack = [], [], []",
    "state, state_saved = step_forward(state, xs[t], W)",
    "state_saved_stack.append(state_saved)",
    "state_stack.append(state)",
    "state_saved = state_saved_stack.pop()",
    "state = state_stack.pop()",
    "# state = step(state, xs[t], W)",
    "bstate, bW2 = step_backward(state_saved, bstate)",
    "bW = tangent.add(bW, bW2)",
]


def move_to(page: Any, element: Any) -> None:
    from selenium.webdriver import ActionChains

    ActionChains(page).move_to_element(element).perform()


def press(page: Any, *keys: str) -> None:
    from selenium.webdriver import ActionChains

    ActionChains(page).send_keys(*keys).perform()


def test_a_line_lights_up_with_its_partners_while_it_is_pointed_at(page: Any) -> None:
    assert lit(page) == []
    move_to(page, primal(page, LINE))
    assert lit(page) == PARTNERS
    assert texts(page, ".primal .lit") == ["state = step(state, xs[t], W)"]
    assert len(page.find_elements("css selector", "#s0 .ties path")) == 7
    assert "adjoint, line 32" in page.find_element("css selector", "#s0 .details").text
    move_to(page, page.find_element("tag name", "h1"))
    assert lit(page) == []
    assert page.find_elements("css selector", ".ties path") == []


def test_a_generated_line_lights_up_the_line_that_it_stems_from(page: Any) -> None:
    line = page.find_element("xpath", "//*[@id='s0']//code[contains(., 'step_backward(')]/..")
    move_to(page, line)
    assert texts(page, ".primal .lit") == ["state = step(state, xs[t], W)"]
    assert lit(page) == PARTNERS


def test_a_statement_of_several_lines_is_one(page: Any) -> None:
    move_to(page, primal(page, LINE + 5))
    assert texts(page, ".primal .lit") == ["return (np.sum(error * error)", "+ error[worst])"]


def test_the_keyboard_goes_through_the_lines(page: Any) -> None:
    from selenium.webdriver.common.keys import Keys

    page.execute_script("document.querySelector('#theme').focus()")
    press(page, Keys.TAB)
    assert texts(page, ".primal .self") == ["state = np.zeros(len(target))"]
    press(page, Keys.ARROW_DOWN, Keys.ARROW_DOWN, Keys.ARROW_DOWN)
    assert lit(page) == PARTNERS
    press(page, Keys.ENTER)
    move_to(page, primal(page, LINE + 3))
    assert lit(page) == PARTNERS, "a line that is held stays lit"
    press(page, Keys.ESCAPE)
    assert lit(page) == []
    press(page, Keys.ARROW_RIGHT)
    assert texts(page, ".derived .self") == PARTNERS[:1]
    press(page, Keys.ARROW_LEFT)
    assert texts(page, ".primal .self") == ["state = step(state, xs[t], W)"]
    page.execute_script("document.querySelector('#theme').focus()")
    press(page, Keys.TAB)
    assert texts(page, ".primal .self") == ["state = step(state, xs[t], W)"], "the line that was left"


def test_the_partners_of_a_line_are_links(page: Any) -> None:
    from selenium.webdriver.common.keys import Keys

    page.execute_script("arguments[0].focus()", primal(page, LINE))
    press(page, Keys.ENTER, Keys.TAB)
    assert page.switch_to.active_element.text == "saving, line 4"
    press(page, Keys.ENTER)
    assert page.switch_to.active_element.get_attribute("id") == "s0-a4"


def test_a_tap_holds_a_line_and_shows_its_partners_at_the_bottom(browser: Any, file: Path) -> None:
    show(browser, file, width=400, height=800)
    browser.execute_cdp_cmd("Emulation.setTouchEmulationEnabled", {"enabled": True})
    try:
        browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", primal(browser, LINE))
        place = "const r = arguments[0].getBoundingClientRect(); return [r.x + 90, r.y + r.height / 2]"
        box = browser.execute_script(place, primal(browser, LINE))
        point = {"x": box[0], "y": box[1]}
        browser.execute_cdp_cmd("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [point]})
        browser.execute_cdp_cmd("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        assert lit(browser) == PARTNERS
        sheet = browser.find_element("css selector", "#s0 .details.on").rect
        assert sheet["width"] == 400
    finally:
        browser.execute_cdp_cmd("Emulation.setTouchEmulationEnabled", {"enabled": False})


def test_what_is_kept_lights_up_where_it_is_kept_and_where_it_is_read(page: Any) -> None:
    row = page.find_element("xpath", "//*[@id='s0']//tr[contains(., 'sum_state')]")
    page.execute_script("arguments[0].focus()", row)
    assert texts(page, "#s0 .lit") == [
        "if np.sum(state) > 10.0:", "sum_state_stack.append(sum_state)", "if sum_state > 10.0:",
        "state2 = state / sum_state",
    ] + texts(page, "#s0-a30")
    assert "is on a list, with a value for each iteration, and is read by" in page.find_element(
        "css selector", "#s0 .details"
    ).text


@pytest.mark.parametrize("width", [400, 768, 1280, 1920])
def test_nothing_is_wider_than_the_window(browser: Any, file: Path, width: int) -> None:
    show(browser, file, width)
    assert browser.execute_script("return document.documentElement.scrollWidth") <= width
    move_to(browser, primal(browser, LINE))
    assert browser.execute_script("return document.documentElement.scrollWidth") <= width


def test_it_is_light_and_dark(browser: Any, file: Path) -> None:
    def ground() -> int:
        colour = browser.execute_script("return getComputedStyle(document.body).backgroundColor")
        return sum(map(int, re.findall(r"\d+", colour)[:3]))

    show(browser, file)
    assert ground() > 700
    browser.find_element("id", "theme").click()
    assert ground() < 100
    browser.find_element("id", "theme").click()
    assert ground() > 700
    show(browser, file, scheme="dark")
    assert ground() < 100


def test_it_needs_nothing_from_elsewhere(page: Any, file: Path) -> None:
    assert page.execute_script("return performance.getEntriesByType('resource').map(e => e.name)") == []
    assert [entry for entry in page.get_log("browser") if entry["level"] == "SEVERE"] == []
    assert not re.search(r"(src|href)=.?(https?:|//)|@import|url\(", file.read_text().replace("http://www.w3.org", ""))


def test_a_notebook_shows_it_in_a_frame(browser: Any, tmp_path: Path) -> None:
    shown = tmp_path / "cell.html"
    shown.write_text("<!doctype html><body>" + tangent.explain(tangent.grad(samples.loss))._repr_html_())
    browser.get(shown.as_uri())
    browser.switch_to.frame(browser.find_element("tag name", "iframe"))
    try:
        move_to(browser, primal(browser, LINE))
        assert lit(browser) == PARTNERS
    finally:
        browser.switch_to.default_content()


def test_code_is_marked_and_nothing_else_changes() -> None:
    lines = ['    x = "<b>"  # a < b', "    for i in range(10):", '    """over', '    lines"""']
    marked = highlighted(lines)
    assert marked[0] == '    x = <span class="s">&quot;&lt;b&gt;&quot;</span>  <span class="c"># a &lt; b</span>'
    assert '<span class="k">for</span> i <span class="k">in</span> range(<span class="n">10</span>):' in marked[1]
    assert marked[3] == '<span class="s">    lines&quot;&quot;&quot;</span>'
    assert highlighted(["    (", "not python"]) == ["    (", "not python"]
