"""The page as a person meets it: in a real browser, by mouse, by keyboard alone, on a phone, in the dark."""

from __future__ import annotations

import re
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import expect

from tests.sandbox.kit import client_of
from tests.sandbox.page.bot import fill, play, rules

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Browser, Locator, Page

    from tests.sandbox.page.bot import Played

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

WIDE = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 780}


@pytest_asyncio.fixture(loop_scope="module")
async def played(chromium: str) -> AsyncIterator[Played]:
    made = play()
    async with made.slack:
        await fill(made)
        yield made


@asynccontextmanager
async def looking(browser: Browser, played: Played, at: str = "", **options: Any) -> AsyncIterator[Page]:
    """Open the page; anything the browser complains of, or asks another host for, fails the test."""
    context = await browser.new_context(**{"viewport": WIDE, **options})
    page = await context.new_page()
    faults: list[str] = []
    page.on(
        "console",
        lambda message: faults.append(message.text) if message.type in {"error", "warning"} else None,
    )
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on(
        "request",
        lambda request: (
            None if request.url.startswith(played.url) else faults.append(f"asked for {request.url}")
        ),
    )
    page.set_default_timeout(5_000)
    await page.goto(f"{played.url}/?{at}")
    yield page
    await context.close()
    assert faults == []


@pytest_asyncio.fixture(loop_scope="module")
async def page(browser: Browser, played: Played) -> AsyncIterator[Page]:
    async with looking(browser, played, showing(played, tom="app", mara=group_of(played))) as opened:
        yield opened


def group_of(played: Played) -> str:
    return next(one.id for one in played.slack.workspace.conversations.values() if one.kind == "mpim")


def showing(played: Played, **places: str) -> str:
    return urlencode([("p", f"{played.id(name)}.{place}") for name, place in places.items()])


def column(page: Page, name: str) -> Locator:
    return page.get_by_role("region", name=name, exact=True)


async def type_command(page: Page, who: str, line: str) -> None:
    box = column(page, who).get_by_role("combobox", name=re.compile("command", re.IGNORECASE))
    await box.fill(line)
    await box.press("Enter")


async def focused(page: Page) -> str:
    """Return what a screen reader would say of the focus: its label or words."""
    return await page.evaluate(
        "() => { const at = document.activeElement; return (at.getAttribute('aria-label') || at.labels?.[0]?.innerText"
        " || at.innerText || at.id || at.tagName).trim().split('\\n')[0]; }"
    )


async def tab_to(page: Page, wanted: str, most: int = 90) -> None:
    """Press Tab until the focus is on something of that name; fails when it is never reached."""
    passed = []
    for _ in range(most):
        await page.keyboard.press("Tab")
        passed.append(await focused(page))
        if passed[-1] == wanted:
            return
    pytest.fail(f"Tab never came to {wanted!r}; it came by {passed}")


# By mouse


async def test_a_button_answers_in_place(page: Page) -> None:
    tom = column(page, "Tom Okoro")
    await tom.get_by_role("button", name="Meet Mara").click()
    await expect(tom.get_by_text("You said yes.")).to_be_visible()
    await expect(tom.get_by_role("button", name="Meet Mara")).to_have_count(0)


async def test_a_whole_intake_by_mouse(page: Page, played: Played) -> None:
    await type_command(page, "Tom Okoro", "/mentoring join")
    sheet = page.get_by_role("dialog", name="Join the program")
    await sheet.get_by_role("button", name="Join", exact=True).click()
    await expect(sheet.get_by_text("5 fields need another look.")).to_be_visible()
    await expect(sheet.locator("summary")).to_be_focused()
    await expect(sheet.get_by_label("Topic to learn")).to_have_accessible_description(
        "Please complete this required field."
    )

    await sheet.locator("summary").click()
    await sheet.get_by_role("checkbox", name="Short video").check()
    await sheet.get_by_role("checkbox", name="Asking AI well").check()
    await sheet.get_by_role("checkbox", name="Weighing risk").check()
    await expect(sheet.locator(".count")).to_have_text("3 of 3")
    await expect(sheet.get_by_role("checkbox", name="Checking what AI says")).to_be_disabled()
    await sheet.get_by_role("searchbox").fill("ai")
    await expect(sheet.get_by_role("checkbox", name="Short video")).to_be_hidden()
    await sheet.get_by_label("Topic to learn").select_option("How budgets are decided")
    await sheet.get_by_label("A team").check()
    await sheet.get_by_label("Who do you report to?").select_option("Aisha Bello")
    await sheet.get_by_label("What would make it worth your time?").fill("Why not?")
    await sheet.get_by_label("I agree to the ground rules").check()
    await sheet.get_by_role("button", name="Join", exact=True).click()
    goal = sheet.get_by_label("What would make it worth your time?")
    await expect(goal).to_have_accessible_description("Please write it as a statement.")
    await expect(goal).to_be_focused()
    await goal.fill("Learning")
    await sheet.get_by_role("button", name="Join", exact=True).click()
    await expect(sheet).to_have_count(0)

    values = played.heard.submissions[-1]["view"]["state"]["values"]
    assert [each["value"] for each in values["share"]["topics"]["selected_options"]] == [
        "short_video", "asking_ai_well", "weighing_risk"
    ]  # fmt: skip
    assert values["level"]["level"]["selected_option"]["value"] == "2"
    assert values["goal"]["goal"]["value"] == "Learning"


async def test_a_modal_covers_only_its_own_person(page: Page) -> None:
    await type_command(page, "Tom Okoro", "/mentoring join")
    await expect(page.get_by_role("dialog", name="Join the program")).to_be_visible()
    await column(page, "Mara Lind").get_by_role("link", name="leadership").click()
    await expect(column(page, "Mara Lind").get_by_text("Nothing has been said here yet.")).to_be_visible()
    await expect(page.get_by_role("dialog", name="Join the program")).to_be_visible()
    await page.get_by_role("button", name="+1 day").click()
    await expect(page.locator("#now")).to_have_text("Wednesday 25 November 2026, 08:00")


async def test_a_question_is_asked_before_what_cannot_be_undone(page: Page, played: Played) -> None:
    tom = column(page, "Tom Okoro")
    await tom.get_by_role("link", name="Home").click()
    await tom.get_by_role("button", name="Leave the program").click()
    question = page.get_by_role("dialog", name="Leave the program?")
    await expect(question).to_have_accessible_description(
        "Your place ends today, Tom. You can join again at any time."
    )
    await question.get_by_role("button", name="Stay").click()
    await expect(question).to_be_hidden()
    assert played.heard.actions == []
    await tom.get_by_role("button", name="Leave the program").click()
    async with page.expect_response("**/page/press*"):
        await question.get_by_role("button", name="Leave the program").click()
    assert [body["actions"][0]["action_id"] for body in played.heard.actions] == ["leave"]


async def test_a_menu_tells_the_bot_when_chosen_by_mouse(page: Page, played: Played) -> None:
    tom = column(page, "Tom Okoro")
    await tom.get_by_role("link", name="Home").click()
    menu = tom.get_by_label("Pause the program")
    await menu.click()
    async with page.expect_response("**/page/press*"):
        await menu.select_option("For 1 month")
    assert [body["actions"][0]["selected_option"]["value"] for body in played.heard.actions] == [
        "for_1_month"
    ]


async def test_an_overflow_menu_opens_and_closes(page: Page, played: Played) -> None:
    tom = column(page, "Tom Okoro")
    await tom.locator("summary[aria-label='More actions']").click()
    await expect(tom.get_by_role("button", name="Ask me next week")).to_be_visible()
    await page.locator("h1").click()
    await expect(tom.get_by_role("button", name="Ask me next week")).to_be_hidden()
    await tom.locator("summary[aria-label='More actions']").click()
    async with page.expect_response("**/page/press*"):
        await tom.get_by_role("button", name="Pause the program").click()
    assert played.heard.actions[0]["actions"][0]["selected_option"]["value"] == "pause_the_program"


async def test_a_menu_that_asks_the_bot_is_filled_while_typing(page: Page, played: Played) -> None:
    await type_command(page, "Tom Okoro", "/mentoring fields")
    sheet = page.get_by_role("dialog", name="Every input")
    await sheet.get_by_role("searchbox").fill("ada")
    menu = sheet.get_by_label("Search", exact=True)
    await expect(menu.locator("option")).to_have_text(["Choose", "Ada One", "Ada Two"])
    await menu.select_option("Ada Two")
    await sheet.get_by_label("Kept at once").select_option("Done")
    await expect(menu).to_have_value(re.compile("ada_two"))
    [modal] = played.slack.workspace.stack(played.id("tom"))
    assert modal.values["search"]["v"]["selected_option"]["value"] == "ada_two"


async def test_files_open_and_pictures_have_words(page: Page, played: Played) -> None:
    mara = column(page, "Mara Lind")
    async with page.expect_popup() as opened:
        await mara.get_by_role("link", name="Read First chat").click()
    await expect((await opened.value).locator("body")).to_contain_text("BEGIN:VCALENDAR")
    await mara.get_by_role("link", name="Turnabout", exact=False).first.click()
    picture = mara.get_by_role("img", name="12 pairs met, 3 did not")
    await expect(picture).to_be_visible()
    assert await picture.evaluate("(image) => image.naturalWidth") == 360


async def test_only_the_people_asked_for_are_shown(page: Page) -> None:
    await page.locator("#chooser > summary").click()
    await page.get_by_label("Jonas Weber").check()
    await page.get_by_label("Tom Okoro", exact=False).first.uncheck()
    await page.get_by_role("button", name="Show").click()
    await expect(page.locator(".column h2")).to_have_text(["Mara Lind", "Jonas Weber"])
    await page.get_by_role("link", name="Hide Mara Lind").click()
    await expect(page.locator(".column h2")).to_have_text(["Jonas Weber"])
    await page.go_back()
    await expect(page.locator(".column h2")).to_have_text(["Mara Lind", "Jonas Weber"])


async def test_time_moves_and_every_column_with_it(page: Page, played: Played) -> None:
    await page.locator("#due > summary").click()
    await expect(page.get_by_role("region", name="Everything that is due")).to_contain_text("Weekly overview")
    await page.get_by_role("button", name="To next thing due").click()
    await expect(page.locator("#now")).to_have_text("Tuesday 24 November 2026, 09:30")
    await expect(column(page, "Mara Lind")).to_contain_text("10:30 in Stockholm")
    await expect(page.locator("#due > summary")).to_contain_text(
        "Check-in after session 2 for Mara Lind in 47 hours"
    )
    await page.locator("#to-date > summary").click()
    await page.get_by_label("Move the clock to (UTC)").fill("2026-12-24T18:00")
    await page.get_by_role("button", name="Go there").click()
    await expect(page.locator("#now")).to_have_text("Thursday 24 December 2026, 18:00")
    await expect(page.get_by_text("Nothing is due.")).to_be_visible()
    assert len(played.moved) == 2


async def test_what_slack_would_not_take_is_told(page: Page) -> None:
    await type_command(page, "Tom Okoro", "hello")
    await expect(page.get_by_role("alert")).to_have_text("Sending messages to this app has been turned off.")
    box = column(page, "Tom Okoro").get_by_role("combobox")
    await expect(box).to_have_value("hello")
    await box.fill("/mentoring help")
    await box.press("Enter")
    await expect(box).to_have_value("")


async def test_a_bot_that_does_not_answer_is_told_where_it_was_asked(page: Page) -> None:
    await type_command(page, "Tom Okoro", "/mentoring silent")
    await expect(column(page, "Tom Okoro").locator(".from-slack")).to_contain_text("operation_timeout")


# Focus, scroll, and what was half typed


async def test_focus_stays_near_what_was_pressed_when_it_is_gone(page: Page) -> None:
    button = column(page, "Tom Okoro").get_by_role("button", name="Meet Mara")
    await button.focus()
    await page.keyboard.press("Enter")
    await expect(column(page, "Tom Okoro").get_by_text("You said yes.")).to_be_visible()
    assert await page.evaluate("document.activeElement.matches('article.message')")


async def test_focus_and_half_typed_words_outlive_news(page: Page, played: Played) -> None:
    box = column(page, "Mara Lind").get_by_role("combobox")
    await box.fill("Half a sen")
    await box.evaluate("(node) => node.setSelectionRange(4, 6)")
    await client_of(played.slack).chat_postMessage(channel=group_of(played), text="News for you both")
    await expect(
        column(page, "Mara Lind").locator("article").get_by_text("News for you both")
    ).to_be_visible()
    await expect(box).to_be_focused()
    await expect(box).to_have_value("Half a sen")
    assert await box.evaluate("(node) => [node.selectionStart, node.selectionEnd]") == [4, 6]


async def test_what_stands_in_a_form_outlives_an_update_of_its_modal(page: Page, played: Played) -> None:
    await type_command(page, "Tom Okoro", "/mentoring join")
    sheet = page.get_by_role("dialog", name="Join the program")
    await sheet.get_by_label("What would make it worth your time?").fill("Half a thought")
    await sheet.get_by_label("Topic to learn").select_option("Weighing risk")
    [modal] = played.slack.workspace.stack(played.id("tom"))
    view = {key: modal.view[key] for key in ("type", "title", "submit", "close", "callback_id")}
    blocks = [
        {"type": "section", "text": {"type": "plain_text", "text": "Something new on top"}},
        *modal.blocks[1:],
    ]
    await client_of(played.slack).views_update(view_id=modal.id, view={**view, "blocks": blocks})
    await expect(sheet.get_by_text("Something new on top")).to_be_visible()
    await expect(sheet.get_by_label("What would make it worth your time?")).to_have_value("Half a thought")
    await expect(sheet.get_by_label("Topic to learn")).to_have_value("weighing_risk")


async def test_reading_further_up_is_not_interrupted(page: Page, played: Played) -> None:
    place = column(page, "Mara Lind").locator(".place")
    for number in range(12):
        await client_of(played.slack).chat_postMessage(
            channel=group_of(played), text=f"Line {number}\n\nand more"
        )
    await expect(place.get_by_text("Line 11")).to_be_in_viewport()
    await place.evaluate("(node) => { node.scrollTop = 40; }")
    await played.slack.interactions.say(played.id("tom"), group_of(played), "The newest")
    await expect(place.get_by_text("The newest")).to_have_count(1)
    assert await place.evaluate("(node) => node.scrollTop") == 40


# By keyboard alone


async def test_a_proposal_is_answered_by_keyboard(page: Page, played: Played) -> None:
    await tab_to(page, "Skip to the people")
    await page.keyboard.press("Enter")
    await tab_to(page, "Meet Mara")
    await page.keyboard.press("Space")
    await expect(column(page, "Tom Okoro").get_by_text("You said yes.")).to_be_visible()
    assert [body["actions"][0]["action_id"] for body in played.heard.actions] == ["meet"]


async def test_a_whole_intake_by_keyboard(page: Page, played: Played) -> None:
    await tab_to(page, "Command of Tom Okoro")
    await page.keyboard.type("/mentoring join")
    await page.keyboard.press("Enter")
    sheet = page.get_by_role("dialog", name="Join the program")
    await expect(sheet.locator("summary")).to_be_focused()
    await page.keyboard.press("Enter")
    await tab_to(page, "Short video")
    await page.keyboard.press("Space")
    await page.keyboard.press("Escape")
    await expect(sheet.locator("summary")).to_be_focused()
    await expect(sheet.locator("summary")).to_contain_text("Short video")
    await tab_to(page, "Topic to learn")
    await page.keyboard.type("Weigh")
    await tab_to(page, "My own work")
    await page.keyboard.press("ArrowDown")
    await tab_to(page, "Who do you report to?")
    await page.keyboard.type("Aisha")
    await tab_to(page, "I agree to the ground rules")
    await page.keyboard.press("Space")
    await page.keyboard.press("Enter")
    await expect(sheet).to_have_count(0)
    assert await focused(page) == "Command of Tom Okoro"
    values = played.heard.submissions[-1]["view"]["state"]["values"]
    assert values["learn"]["topic"]["selected_option"]["value"] == "weighing_risk"
    assert values["level"]["level"]["selected_option"]["value"] in {"1", "2"}
    assert values["manager"]["person"]["selected_user"] == played.id("aisha")


async def test_a_menu_is_passed_through_by_keyboard_before_it_tells_the_bot(
    page: Page, played: Played
) -> None:
    tom = column(page, "Tom Okoro")
    await tom.get_by_role("link", name="Home").click()
    await tom.get_by_label("Pause the program").focus()
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("ArrowDown")
    await expect(page.locator("#live")).to_contain_text("Press Enter to choose this, or move on.")
    assert played.heard.actions == []
    async with page.expect_response("**/page/press*"):
        await page.keyboard.press("Enter")
    assert [body["actions"][0]["selected_option"]["value"] for body in played.heard.actions] == [
        "for_1_month"
    ]
    await page.keyboard.press("ArrowDown")
    async with page.expect_response("**/page/press*"):
        await page.keyboard.press("Tab")
    assert played.heard.actions[1]["actions"][0]["selected_option"]["value"] == "until_a_date"


async def test_windows_on_windows_by_keyboard(page: Page, played: Played) -> None:
    await type_command(page, "Tom Okoro", "/mentoring join")
    await expect(page.get_by_role("dialog", name="Join the program")).to_be_visible()
    await tab_to(page, "Read the ground rules")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("dialog", name="Ground rules")).to_be_visible()
    await tab_to(page, "More about confidentiality")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("dialog", name="Confidentiality")).to_contain_text(
        "On top of “Ground rules”"
    )
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog", name="Ground rules")).to_be_visible()
    assert await focused(page) == "More about confidentiality"
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog", name="Join the program")).to_be_visible()
    assert await focused(page) == "Read the ground rules"
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    assert await focused(page) == "Command of Tom Okoro"
    assert played.slack.workspace.stack(played.id("tom")) == []


async def test_a_question_is_left_by_escape_and_focus_returns(page: Page, played: Played) -> None:
    await column(page, "Tom Okoro").get_by_role("link", name="Home").click()
    await expect(column(page, "Tom Okoro").get_by_role("button", name="Leave the program")).to_be_visible()
    await tab_to(page, "Leave the program")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("dialog", name="Leave the program?")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    assert await focused(page) == "Leave the program"
    assert played.heard.actions == []


async def test_time_moves_by_keyboard_and_focus_stays(page: Page) -> None:
    await tab_to(page, "+1 week")
    await page.keyboard.press("Enter")
    await expect(page.locator("#now")).to_have_text("Tuesday 1 December 2026, 08:00")
    assert await focused(page) == "+1 week"


async def test_the_focus_can_be_seen_everywhere(page: Page) -> None:
    for _ in range(40):
        await page.keyboard.press("Tab")
        if await page.evaluate("document.activeElement === document.body"):
            continue
        outline = await page.evaluate(
            "() => { const style = getComputedStyle(document.activeElement);"
            " return [style.outlineStyle, parseFloat(style.outlineWidth)]; }"
        )
        assert outline[0] != "none", await focused(page)
        assert outline[1] >= 2, await focused(page)


# Two browsers


async def test_two_browsers_stay_in_step(browser: Browser, played: Played, page: Page) -> None:
    group = group_of(played)
    async with looking(browser, played, showing(played, mara=group)) as other:
        await type_command(page, "Mara Lind", "Shall we say Thursday?")
        await expect(column(other, "Mara Lind").get_by_text("Shall we say Thursday?").first).to_be_visible()
        await column(page, "Tom Okoro").get_by_role("link", name="Mara", exact=False).first.click()
        await expect(column(page, "Tom Okoro").get_by_text("Shall we say Thursday?").first).to_be_visible()
        await type_command(page, "Tom Okoro", "Thursday it is")
        await expect(column(other, "Mara Lind").get_by_text("Thursday it is").first).to_be_visible()
        await expect(other.locator("#live")).to_contain_text("For Mara Lind, from Tom Okoro: Thursday it is")
        await other.get_by_role("button", name="+1 day").click()
        await expect(page.locator("#now")).to_have_text("Wednesday 25 November 2026, 08:00")


async def test_a_modal_opened_elsewhere_does_not_take_the_focus(page: Page, played: Played) -> None:
    await column(page, "Mara Lind").get_by_role("combobox").focus()
    await played.slack.interactions.command(played.id("tom"), "/mentoring join")
    await expect(page.get_by_role("dialog", name="Join the program")).to_be_visible()
    await expect(column(page, "Mara Lind").get_by_role("combobox")).to_be_focused()


async def test_what_is_seen_in_one_browser_is_read_in_the_other(
    browser: Browser, played: Played, page: Page
) -> None:
    link = column(page, "Tom Okoro").get_by_role("link", name="upward-mentoring")
    await expect(link).to_have_accessible_name("upward-mentoring 1 unread")
    channel = next(
        one.id for one in played.slack.workspace.conversations.values() if one.name == "upward-mentoring"
    )
    async with looking(browser, played, showing(played, tom=channel)):
        await expect(link).to_have_accessible_name("upward-mentoring")


async def test_what_only_one_sees_says_so_and_is_dismissed(page: Page, played: Played) -> None:
    tom = column(page, "Tom Okoro")
    await type_command(page, "Tom Okoro", "/mentoring help")
    await expect(tom.get_by_text("Only visible to you")).to_be_visible()
    await tom.get_by_role("button", name=re.compile("Dismiss")).click()
    await expect(tom.get_by_text("Only visible to you")).to_have_count(0)


# On a phone


async def test_a_phone_shows_one_person_and_a_switch(browser: Browser, played: Played) -> None:
    at = showing(played, tom="app", mara="app", aisha="home")
    async with looking(browser, played, at, viewport=PHONE, has_touch=True) as phone:
        await expect(phone.locator(".column:visible")).to_have_count(1)
        await expect(column(phone, "Tom Okoro").get_by_role("button", name="Meet Mara")).to_be_visible()
        await phone.get_by_role("link", name="Mara", exact=False).first.click()
        await expect(column(phone, "Mara Lind")).to_be_visible()
        await expect(column(phone, "Tom Okoro")).to_be_hidden()
        assert await phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        for target in await phone.locator(".column:visible .button:visible").all():
            box = await target.bounding_box()
            assert box is not None
            assert box["height"] >= 40


# Accessibility


async def everything(page: Page, played: Played) -> AsyncIterator[str]:
    """Bring one screen after another onto the page."""
    yield "conversations"
    await page.locator("#due > summary").click()
    yield "what is due"
    await page.locator("#chooser > summary").click()
    yield "who is shown"
    await page.locator("#chooser > summary").click()
    tom = played.id("tom")
    await played.slack.interactions.command(tom, "/mentoring gallery")
    await expect(column(page, "Tom Okoro").get_by_text("Everything at once")).to_have_count(1)
    await page.evaluate("document.querySelector('.place').scrollTop = 0")
    yield "every block"
    await played.slack.interactions.command(tom, "/mentoring fields")
    await page.get_by_role("dialog", name="Every input").get_by_role("button", name="Send").click()
    await expect(page.get_by_text("fields need another look.")).to_be_visible()
    yield "every input with its error"
    await page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    await played.slack.interactions.command(tom, "/mentoring join")
    played.slack.workspace.push_modal(tom, rules(2))
    await expect(page.get_by_role("dialog", name="Ground rules")).to_be_visible()
    yield "a modal on a modal"


@pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["wide", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_nothing_is_found_against_any_screen(
    browser: Browser, played: Played, scheme: str, viewport: dict[str, int]
) -> None:
    at = showing(played, tom="app", mara=group_of(played), aisha="home")
    found = {}
    async with looking(browser, played, at, color_scheme=scheme, viewport=viewport) as page:
        await expect(page.locator("#live")).to_be_attached()
        async for screen in everything(page, played):
            results = await Axe().run(page)
            if results.violations_count:
                found[screen] = [
                    (each["id"], node["target"], node["failureSummary"])
                    for each in results.response["violations"]
                    for node in each["nodes"]
                ]
    assert found == {}
