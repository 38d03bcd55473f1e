"""A played page, with and without a browser in front of it."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import aiohttp
import pytest
import pytest_asyncio
from playwright.async_api import async_playwright

from tests.sandbox.page.bot import fill, play

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Browser

    from tests.sandbox.page.bot import Played

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium: CHROMIUM, else the first on PATH. Without one its tests are left out, by name."""
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if found is not None:
        return found
    left_out = "the sandbox page in a browser (keyboard, focus, accessibility): no Chromium, set CHROMIUM to its path"
    if os.environ.get("REQUIRE_ALL") == "1":
        pytest.fail(left_out)
    pytest.skip(left_out)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser(chromium: str) -> AsyncIterator[Browser]:
    """One Chromium for a file of tests."""
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox"] if os.geteuid() == 0 else []
        )
        yield launched
        await launched.close()


@pytest.fixture
async def played() -> AsyncIterator[Played]:
    """A workspace of four people in their first weeks, with the bot and the page."""
    made = play()
    async with made.slack:
        await fill(made)
        yield made


@pytest.fixture
async def http(played: Played) -> AsyncIterator[aiohttp.ClientSession]:
    """A client that posts as the page itself does."""
    async with aiohttp.ClientSession(played.url, headers={"Origin": played.url}) as session:
        yield session
