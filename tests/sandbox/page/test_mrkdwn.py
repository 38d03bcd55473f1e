from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.page.mrkdwn import (
    Reader,
    day_in_words,
    moment,
    mrkdwn,
    mrkdwn_line,
    plain,
    plain_words,
    rich_text,
    text_object,
)
from tests.sandbox.page.html import read, tags, words

NOW = datetime(2026, 12, 7, 12, tzinfo=UTC)
TUESDAY = int(datetime(2026, 12, 8, 9, tzinfo=UTC).timestamp())
READER = Reader(
    zone="Europe/Stockholm",
    locale="en-GB",
    now=NOW,
    people={"U1": "Mara <Lind>"},
    channels={"C1": "general"},
    groups={"S1": "coordinators"},
)
ALLOWED = {"p", "br", "strong", "em", "s", "code", "blockquote", "a", "span", "time"}


@pytest.mark.parametrize(
    ("text", "html"),
    [
        (
            "*bold* and _slanted_ and ~gone~",
            "<p><strong>bold</strong> and <em>slanted</em> and <s>gone</s></p>",
        ),
        ("*bold _and slanted_*", "<p><strong>bold <em>and slanted</em></strong></p>"),
        ("2 * 3 * 4 and snake_case_name", "<p>2 * 3 * 4 and snake_case_name</p>"),
        ("`a *b* <c`", "<p><code>a *b* &lt;c</code></p>"),
        ("```one\n  *two*```", "<p><code class=block>one\n  *two*</code></p>"),
        ("> said\n> twice\nafter", "<blockquote><p>said<br>twice</p></blockquote><p>after</p>"),
        ("first\nsecond\n\nthird", "<p>first<br>second</p><p>third</p>"),
        ("a -> b > c", "<p>a -&gt; b &gt; c</p>"),
        ("&lt;b&gt; &amp;amp; &quot;", "<p>&lt;b&gt; &amp;amp; &amp;quot;</p>"),
        ("<@U1>", "<p><span class='mention'>@Mara &lt;Lind&gt;</span></p>"),
        ("<@U9>", "<p><span class='mention'>@unknown person</span></p>"),
        ("<#C1|other>", "<p><span class='mention'>#general</span></p>"),
        ("<!subteam^S1>", "<p><span class='mention'>@coordinators</span></p>"),
        ("<!everyone>", "<p><span class='mention loud'>@everyone</span></p>"),
        ("&lt;!everyone&gt;", "<p>&lt;!everyone&gt;</p>"),
        ("a <@U1>> b", "<p>a <span class='mention'>@Mara &lt;Lind&gt;</span>&gt; b</p>"),
        (":tada: :no_such_sign:", "<p>🎉 :no_such_sign:</p>"),
    ],
)
def test_mrkdwn_looks_as_in_slack(text: str, html: str) -> None:
    assert str(mrkdwn(text, READER)) == html


@pytest.mark.parametrize(
    ("text", "address", "label"),
    [
        ("<https://example.com/?a=1&amp;b=2|read>", "https://example.com/?a=1&b=2", "read"),
        ("<https://example.com>", "https://example.com", "https://example.com"),
        ("<mailto:a@example.com>", "mailto:a@example.com", "a@example.com"),
        ("see https://example.com/x.", "https://example.com/x", "https://example.com/x"),
    ],
)
def test_links_are_followed(text: str, address: str, label: str) -> None:
    [link] = [each for each in read(str(mrkdwn(text, READER))).elements if each.tag == "a"]
    assert (link.attributes["href"], link.text) == (address, label)
    assert link.attributes["rel"] == "noopener noreferrer"


@pytest.mark.parametrize(
    "text", ["<javascript:alert(1)|x>", "<data:text/html,x|x>", "<JAVASCRIPT:x>", "<slack://app?tab=home|x>"]
)
def test_addresses_of_other_kinds_are_only_shown(text: str) -> None:
    assert "a" not in tags(str(mrkdwn(text, READER)))


def test_a_deep_link_into_the_app_stays_on_the_page() -> None:
    reader = Reader(deep_link=lambda url: "/?here" if "tab=home" in url else None)
    html = str(mrkdwn("<slack://app?team=T1&amp;id=A1&amp;tab=home|Home>", reader))
    assert html == "<p><a href='/?here' data-go>Home</a></p>"


def test_verbatim_text_leaves_bare_addresses_alone() -> None:
    assert "a" not in tags(
        str(text_object({"type": "mrkdwn", "text": "https://x.example", "verbatim": True}, READER))
    )


@pytest.mark.parametrize(
    ("token", "said"),
    [
        ("{date_long} at {time}", "Tuesday, 8 December at 10:00"),
        ("{date_short_pretty}", "tomorrow"),
        ("{date_num}", "2026-12-08"),
        ("{time_secs}", "10:00:00"),
        ("{ago}", "in 1 day"),
        ("{nonsense}", "{nonsense}"),
    ],
)
def test_date_tokens_are_read_in_the_readers_zone(token: str, said: str) -> None:
    assert words(str(mrkdwn(f"<!date^{TUESDAY}^{token}|fallback>", READER))) == said
    assert plain_words(f"<!date^{TUESDAY}^{token}|fallback>", READER) == said


@pytest.mark.parametrize(
    "token", ["<!date^x^{date}|soon>", "<!date^99999999999999999^{date}|soon>", "<!date^1|soon>"]
)
def test_a_date_token_that_cannot_be_read_shows_its_fallback(token: str) -> None:
    assert words(str(mrkdwn(token, READER))) == "soon"


def test_a_date_token_may_be_a_link() -> None:
    html = str(mrkdwn(f"<!date^{TUESDAY}^{{date_num}}^https://example.com|x>", READER))
    assert "<a href='https://example.com'" in html


@pytest.mark.parametrize(
    ("locale", "said"),
    [
        ("de-DE", "Dienstag, 8. Dezember 10:00"),
        ("en-US", "Tuesday, December 8 10:00\u202fAM"),
        ("xx", "Tuesday, December 8 10:00\u202fAM"),
    ],
)
def test_dates_speak_the_readers_language(locale: str, said: str) -> None:
    reader = Reader(zone="Europe/Stockholm", locale=locale, now=NOW)
    assert moment(TUESDAY, "{date_long} {time}", reader) == said


def test_the_year_is_said_from_half_a_year_on() -> None:
    far = int(datetime(2027, 9, 1, 9, tzinfo=UTC).timestamp())
    assert moment(far, "{date_long}", READER) == "Wednesday, 1 September 2027"
    assert moment(far, "{date_short}", READER) == "1 Sept 2027"


def test_days_are_named_in_words() -> None:
    assert day_in_words(NOW, READER, with_year=True) == "Monday 7 December 2026"
    assert day_in_words(NOW, Reader(locale="en-US")) == "Monday, December 7"


def test_plain_text_reads_no_signs_of_style() -> None:
    assert str(plain("*a* <b> :wave:\nc")) == "*a* &lt;b&gt; 👋<br>c"
    assert str(plain(":wave:", emoji=False)) == ":wave:"


def test_a_notification_says_words_without_signs() -> None:
    text = "*Meet* <@U1> in <#C1>: <https://example.com|the _plan_> &amp; `code` <!here>"
    assert plain_words(text, READER) == "Meet @Mara <Lind> in #general: the plan & code @here"


def test_rich_text_draws_lists_quotes_and_styles() -> None:
    block = {
        "type": "rich_text",
        "elements": [
            {"type": "rich_text_section", "elements": [
                {"type": "text", "text": "<b>", "style": {"bold": True, "italic": True}},
                {"type": "user", "user_id": "U1"},
                {"type": "link", "url": "javascript:x", "text": "no"},
                {"type": "emoji", "name": "tada"},
                {"type": "date", "timestamp": TUESDAY, "format": "{date_num}", "fallback": "x"},
            ]},
            {"type": "rich_text_list", "style": "ordered", "indent": 1, "elements": [
                {"type": "rich_text_section", "elements": [{"type": "text", "text": "one"}]}]},
            {"type": "rich_text_list", "style": "bullet", "elements": []},
            {"type": "rich_text_quote", "elements": [{"type": "text", "text": "said"}]},
            {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "x <y>"}]},
        ],
    }  # fmt: skip
    assert str(rich_text(block, READER)) == (
        "<p><strong><em>&lt;b&gt;</em></strong><span class=mention>@Mara &lt;Lind&gt;</span>"
        "<span class=mention>no</span>🎉<time>2026-12-08</time></p>"
        "<ol class=indent-1 start=1><li>one</li></ol><ul class=indent-0></ul>"
        "<blockquote><p>said</p></blockquote><p><code class=block>x &lt;y&gt;</code></p>"
    )


SIGNS = st.text(alphabet="ab<>&\"'*_~`|!@#^/:. \n\ue0000\ue001{}=", max_size=40)


@settings(max_examples=300)
@given(SIGNS)
def test_no_text_ever_becomes_markup_of_its_own(text: str) -> None:
    for html in (str(mrkdwn(text, READER)), str(mrkdwn_line(text, READER)), str(plain(text))):
        seen = read(html)
        assert {each.tag for each in seen.elements} <= ALLOWED
        for each in seen.elements:
            assert set(each.attributes) <= {"class", "href", "target", "rel", "data-go"}
            assert (each.attributes.get("href") or "https://").startswith(("https://", "http://", "mailto:"))


@settings(max_examples=200)
@given(st.text(alphabet="ab<>&\"' x;", max_size=30))
def test_escaped_words_of_a_person_come_back_letter_by_letter(name: str) -> None:
    sent = name.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert "".join(read(str(mrkdwn_line(sent, READER))).words) == name
