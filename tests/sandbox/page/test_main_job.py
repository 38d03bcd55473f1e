"""`turnabout sandbox` as a newcomer finds it: the real command, the real bot over its socket, a real browser.

A coordinator sets the program up, two people join, a round is published, both accept, they are introduced and agree
on a time, and each is asked privately how to go on; every screen on the way is free of accessibility findings.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import expect

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.async_api import Browser, Locator, Page

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

ROOT = Path(__file__).resolve().parents[3]
PATIENCE = 30_000
PICTURES = os.environ.get("PICTURES", "")


@pytest.fixture(scope="module")
def sandbox(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """The command as it is started by `make sandbox`; its address and the set-up code that it prints."""
    said = tmp_path_factory.mktemp("sandbox") / "said.txt"
    with said.open("w") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "bot", "sandbox", "--no-open", "--port", "0"],
            cwd=ROOT,
            stdout=out,
            stderr=subprocess.STDOUT,
            env={**os.environ, "COLUMNS": "200"},
        )
    try:
        found = None
        for _ in range(300):
            text = said.read_text()
            address = re.search(r"http://127\.0\.0\.1:\d+", text)
            found = re.search(r"setup ([A-Z0-9]{4}-[A-Z0-9]{4})", text)
            if found is not None or process.poll() is not None:
                break
            time.sleep(0.1)
        assert found is not None, said.read_text()
        yield address.group(0), found.group(1)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)
    assert process.returncode == 0, said.read_text()


class Player:
    """Hands on the page."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url
        self.ids: dict[str, str] = {}
        self.seen = 0

    async def opens(self) -> None:
        await self.page.goto(self.url)
        switches = self.page.locator("input[name=p]")
        for index in range(await switches.count()):
            switch = switches.nth(index)
            # The menu is folded away, so its words are read without being shown.
            label = await switch.evaluate("box => box.closest('label').textContent")
            self.ids[" ".join(label.split()).lower()] = (await switch.get_attribute("value")).partition(".")[
                0
            ]

    async def looks_at(self, **places: str) -> None:
        shown = []
        for who, place in places.items():
            name = next(name for name in self.ids if who in name)
            shown.append(("p", f"{self.ids[name]}.{place}"))
        await self.page.goto(f"{self.url}/?{urlencode(shown)}")

    def column(self, who: str) -> Locator:
        return self.page.get_by_role("region", name=who, exact=True)

    @property
    def modal(self) -> Locator:
        return self.page.get_by_role("dialog").last

    async def types(self, who: str, line: str) -> None:
        box = self.column(who).get_by_role("combobox", name=re.compile("command", re.IGNORECASE))
        await box.fill(line)
        await box.press("Enter")

    async def presses(self, who: str, label: str | re.Pattern[str]) -> None:
        button = self.column(who).get_by_role("button", name=label).last
        await expect(button).to_be_visible(timeout=PATIENCE)
        await button.click()

    async def presses_in_modal(self, label: str) -> None:
        await self.modal.get_by_role("button", name=label, exact=True).last.click()

    async def passes(self, step: str) -> None:
        await self.page.get_by_role("button", name=step, exact=True).click()

    async def is_clean(self, name: str) -> None:
        """No finding of accessibility on this screen; a picture of it where pictures are wanted."""
        self.seen += 1
        if PICTURES:
            await self.page.screenshot(path=f"{PICTURES}/{self.seen:02d}-{name}.png")
        found = await Axe().run(self.page)
        assert found.violations_count == 0, f"{name}: {found.generate_report()}"


@pytest_asyncio.fixture(loop_scope="module")
async def player(browser: Browser, sandbox: tuple[str, str]) -> Player:
    context = await browser.new_context(viewport={"width": 1280, "height": 900})
    page = await context.new_page()
    page.set_default_timeout(PATIENCE)
    one = Player(page, sandbox[0])
    await one.opens()
    yield one
    await context.close()


async def joins(player: Player, who: str, *, topic: str, side: str, level: str) -> None:
    await player.types(who, "/mentoring join")
    await expect(player.modal.get_by_text("Your agreement")).to_be_visible()
    group = player.modal.get_by_role("group", name=re.compile(f"^{side}")).first
    await group.locator("summary").first.click()
    await group.get_by_label(topic).check()
    await player.modal.get_by_label(level).first.check()
    await player.modal.get_by_label("I report to nobody here").check()
    await player.modal.get_by_label("I want to take part and agree to this").check()
    await player.is_clean(f"join-1-{who.partition(' ')[0].lower()}")
    await player.presses_in_modal("Go on")
    await expect(player.modal.get_by_role("button", name="Join", exact=True)).to_be_visible()
    await player.is_clean(f"join-2-{who.partition(' ')[0].lower()}")
    await player.presses_in_modal("Join")
    await expect(player.page.get_by_role("dialog")).to_have_count(0)


async def test_a_newcomer_plays_a_whole_program(player: Player, sandbox: tuple[str, str]):
    modal = lambda: player.modal  # noqa: E731 - the topmost one, looked for anew each time
    await player.types("Priya Nair", f"/mentoring setup {sandbox[1]}")
    await modal().get_by_label("Name of the program").fill("Upward")
    await modal().get_by_label("Channel of the program").select_option(label="#mentoring")
    following = datetime.now(UTC).date() + timedelta(days=30)
    await modal().get_by_label("Last day of sign-up").fill(following.isoformat())
    await modal().get_by_label("Start").fill((following + timedelta(days=10)).isoformat())
    await player.is_clean("setup-1")
    await player.presses_in_modal("Save and go on")
    await expect(modal().get_by_text("Skills that should grow")).to_be_visible()
    await player.is_clean("setup-2")
    await player.presses_in_modal("Save and go on")
    await modal().get_by_label("Concern contact").first.select_option(label="Grace Adeyemi")
    await modal().get_by_label("Deputy of the concern contact").select_option(label="Hanna Koch")
    await player.is_clean("setup-3")
    await player.presses_in_modal("Save and finish")
    await expect(modal().get_by_text("Change a part:")).to_be_visible()
    await player.is_clean("setup-done")
    await player.presses_in_modal("Close")

    await player.looks_at(priya="home", grace="home", hanna="home")
    for who in ("Grace Adeyemi", "Hanna Koch"):
        await player.presses(who, re.compile("Accept"))
        await player.presses_in_modal("Close")
    await player.looks_at(priya="home", mara="app", tom="app")
    await expect(player.column("Priya Nair").get_by_text("Everything stands")).to_be_visible(timeout=PATIENCE)
    await player.presses("Priya Nair", "Open sign-up")
    await player.presses_in_modal("Open sign-up")
    await expect(modal().get_by_text("Sign-up is open.")).to_be_visible()
    await player.presses_in_modal("Close")

    await joins(player, "Mara Lind", topic="Short video", side="Topics you can share", level="Own work")
    await joins(
        player, "Tom Okafor", topic="Short video", side="Topics you want to learn", level="Several groups"
    )

    await player.looks_at(priya="app", mara="app", tom="app")
    await player.types("Priya Nair", "/mentoring round")
    await player.presses("Priya Nair", "Publish round 1")
    await player.modal.get_by_role("button", name=re.compile("^Publish")).click()
    await player.passes("+1 hour")
    await player.is_clean("proposal")
    await player.presses("Mara Lind", "Meet Tom Okafor")
    await player.passes("+1 hour")
    await player.presses("Tom Okafor", "Meet Mara Lind")
    await player.passes("+1 hour")
    group = player.column("Tom Okafor").get_by_role("link", name=re.compile("Mara")).first
    await group.click(timeout=PATIENCE)
    await expect(player.column("Tom Okafor").get_by_text("First, one chat of 25 minutes")).to_be_visible(
        timeout=PATIENCE
    )
    await player.column("Mara Lind").get_by_role("link", name=re.compile("Tom")).first.click()
    await player.is_clean("introduction")
    await player.presses("Tom Okafor", re.compile("option 1", re.IGNORECASE))
    await player.presses("Mara Lind", "Works for me")
    await expect(player.column("Tom Okafor").get_by_text("Add to Google")).to_be_visible(timeout=PATIENCE)
    await player.is_clean("agreed")
    await player.passes("+1 week")
    await player.looks_at(priya="home", mara="app", tom="app")
    await player.presses("Mara Lind", "Go on together")
    await player.presses("Tom Okafor", "Go on together")
    await player.is_clean("trial")
