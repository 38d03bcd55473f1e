"""The page over HTTP: whole pages, fragments, server-sent events, and the forms people post.

It acts through the stand-in's interactions and owns only what belongs to watching: what was seen, who is shown.
"""

from __future__ import annotations

import asyncio
import json
import re
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Protocol

from aiohttp import web

from sandbox.errors import SandboxError
from sandbox.page import forms, mrkdwn
from sandbox.page.acts import Acts, Answer
from sandbox.page.guard import HEADERS, guarded
from sandbox.page.mrkdwn import Reader
from sandbox.page.news import News
from sandbox.page.render import fragment
from sandbox.page.screen import MOST_SHOWN, Due, Screen, Selection

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from sandbox.page.forms import Form
    from sandbox.page.guard import Handler
    from sandbox.server import StandIn
    from sandbox.workspace import Change

    Act = Callable[[Form], Awaitable[Answer]]

STEPS = {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(weeks=1)}
DUE_SHOWN = 60
QUIET_SECONDS = 0.12
"""Changes are gathered for so long before a browser is told: a jump of the clock makes hundreds at once."""

BREATH_SECONDS = 20.0
"""A stream says something at least this often, so that a dead one is noticed and a running clock moves on."""

_STATIC = {
    "page.css": "text/css",
    "page.js": "text/javascript",
    "icon.svg": "image/svg+xml",
}
_PICTURE_TYPES = {"png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif"}
_LACKING = "The form lacks {}, or names what is not there."
_KIND = re.compile(r"[a-z0-9_]+(\.[a-z0-9_]+)+$")
_WORD = re.compile(r"[a-z][a-z-]*")


class Temperaments(Protocol):
    """Who answers by themselves, and how; given to the page by whoever plays the people."""

    @property
    def choices(self) -> Sequence[tuple[str, str]]:
        """Return each value with the words for it, in the order of the menu."""
        ...

    def of(self, person_id: str) -> str:
        """Return the value of one person."""
        ...

    async def set(self, person_id: str, value: str) -> None:
        """Change how one person answers."""
        ...


class Page:
    """The page of a stand-in. Build it before the stand-in starts, then `page.add_to(stand_in.app)`.

    Args:
        stand_in: the workspace it shows and acts in
        advance: moves time to a moment and does all that falls due on the way; without it the clock is only shown
        due: lists what the bot will do next, earliest first; without it the page says that it does not know
        temperaments: who answers by themselves; the switch is shown only with it
        commands: what may follow the slash command, word to help; read from the manifest's usage hint when left out
        app_name: what the bot is called on the page; its name in the workspace when left out
    """

    def __init__(
        self,
        stand_in: StandIn,
        *,
        advance: Callable[[datetime], Awaitable[object]] | None = None,
        due: Callable[[], Awaitable[Sequence[Due]]] | None = None,
        temperaments: Temperaments | None = None,
        commands: Mapping[str, str] | None = None,
        app_name: str = "",
    ) -> None:
        self._workspace = stand_in.workspace
        self._clock = stand_in.clock
        self._advance = advance
        self._due = due
        self._temperaments = temperaments
        self._commands = commands
        self._app_name = app_name or self._workspace.installation.name.replace("_", " ").capitalize()
        self._screen = Screen(self._workspace, self._app_name)
        self._news = News(self._screen)
        self._acts = Acts(self._workspace, stand_in.interactions, self._screen, self._changed)
        self._moving = False
        self._revision = 0
        self._versions: dict[str, int] = {}
        self._drawn: dict[tuple[str, str, str], tuple[tuple[int, int], str]] = {}
        self._dues: tuple[int, Sequence[Due]] = (-1, ())
        self._everyone = 0
        self._watchers: set[asyncio.Event] = set()
        self._is_closing = False
        self._workspace.listen(self._on_change)
        self._clock.listen(lambda *_: self._changed())

    def add_to(self, app: web.Application) -> None:
        """Add the page's addresses to an application that has not started yet."""
        app.router.add_get("/", guarded(self._on_page))
        app.router.add_get("/page/events", guarded(self._on_events))
        app.router.add_get("/page/files/{file_id}", guarded(self._on_file))
        for name in _STATIC:
            app.router.add_get(f"/page/{name}", guarded(_on_static))
        acts: dict[str, Act] = {
            "press": self._acts.press,
            "submit": self._acts.submit,
            "close": self._acts.close,
            "look": self._acts.look,
            "dismiss": self._acts.dismiss,
            "clock": self._move_clock,
            "temperament": self._set_temperament,
        }
        app.router.add_post("/page/say", guarded(self._on_say))
        for name, act in acts.items():
            app.router.add_post(f"/page/{name}", guarded(self._acting(act)))
        app.router.add_post("/page/suggest", guarded(self._on_suggest))
        app.on_shutdown.append(self._on_shutdown)

    # What changed.

    def _on_change(self, change: Change) -> None:
        self._news.note(change)
        self._changed(change.person_id)

    def _changed(self, person_id: str = "") -> None:
        self._revision += 1
        if person_id:
            self._versions[person_id] = self._versions.get(person_id, 0) + 1
        else:
            self._everyone += 1
        for watcher in self._watchers:
            watcher.set()

    # Fragments.

    async def _fragments(self, selection: Selection) -> dict[str, str]:
        """Return every fragment of a selection, element id to HTML."""
        drawn = {
            "bar": await self._bar(selection),
            "switcher": self._switcher(selection),
        }
        for person_id, place in selection.columns:
            drawn[person_id] = self._column(person_id, place, selection)
        return drawn

    def _column(self, person_id: str, place: str, selection: Selection) -> str:
        version = (self._versions.get(person_id, 0), self._everyone)
        key = (person_id, place, selection.query)
        known = self._drawn.get(key)
        if known is not None and known[0] == version:
            return known[1]
        temperament = None
        if self._temperaments is not None:
            temperament = {
                "choices": self._temperaments.choices,
                "now": self._temperaments.of(person_id),
            }
        html = fragment(
            "column.html",
            c=self._screen.column(person_id, place, selection),
            app_name=self._app_name,
            command=self._command_word,
            temperament=temperament,
        )
        if len(self._drawn) > 4 * MOST_SHOWN * MOST_SHOWN:
            self._drawn.clear()
        self._drawn[key] = (version, html)
        return html

    def _switcher(self, selection: Selection) -> str:
        return fragment(
            "switcher.html",
            people=[
                {
                    "person": self._workspace.people[person_id],
                    "href": f"/?{selection.looking_at(person_id).query}",
                    "unread": self._screen.unread_of(person_id),
                    "is_current": person_id == selection.at,
                }
                for person_id in selection.people
            ],
        )

    async def _bar(self, selection: Selection) -> str:
        now = self._clock.now()
        utc = Reader(zone="UTC", locale="en-GB", now=now)
        due = await self._due_list()
        return fragment(
            "bar.html",
            app_name=self._app_name,
            clock={
                "iso": now.isoformat(timespec="minutes"),
                "day": mrkdwn.day_in_words(now, utc, with_year=True),
                "time": mrkdwn.time_in_words(now, utc),
                "field": now.strftime("%Y-%m-%dT%H:%M"),
            },
            can_advance=self._advance is not None,
            can_list=self._due is not None,
            moving=self._moving,
            due_list=[_due_row(row, utc) for row in due[:DUE_SHOWN]],
            due_count=len(due),
            people=self._workspace.humans(),
            shown=dict(selection.columns),
            most_shown=MOST_SHOWN,
        )

    async def _due_list(self) -> Sequence[Due]:
        if self._due is None:
            return ()
        if self._dues[0] != self._revision and not self._moving:
            revision = self._revision
            self._dues = (revision, await self._due())
        return self._dues[1]

    @property
    def _command_word(self) -> str:
        commands = self._workspace.installation.commands
        return commands[0].word if commands else "/command"

    def _suggestions(self) -> list[tuple[str, str]]:
        """Return what the command box offers: each line with its help."""
        lines: list[tuple[str, str]] = []
        for command in self._workspace.installation.commands:
            lines.append((command.word, command.description))
            words = self._commands
            if words is None:
                words = dict.fromkeys(_WORD.findall(command.usage_hint), "")
            lines.extend((f"{command.word} {word}", text) for word, text in words.items())
        return lines

    def _selection(self, request: web.Request) -> Selection:
        return Selection.read(request.query.getall("p", []), request.query.get("at", ""), self._workspace)

    async def _payload(self, selection: Selection, **more: Any) -> dict[str, Any]:
        # Only the list of what is due is waited for; the columns come after it, all at once, as the number says.
        drawn = await self._fragments(selection)
        return {"revision": self._revision, "fragments": drawn, **more}

    # Reading.

    async def _on_page(self, request: web.Request) -> web.StreamResponse:
        selection = self._selection(request)
        if "application/json" in request.headers.get("Accept", ""):
            return web.json_response(
                await self._payload(selection, columns=selection.people, query=selection.query)
            )
        drawn = await self._fragments(selection)
        html = fragment(
            "page.html",
            app_name=self._app_name,
            bar=mrkdwn.safe(drawn.pop("bar")),
            switcher=mrkdwn.safe(drawn.pop("switcher")),
            columns=mrkdwn.safe("".join(drawn.values())),
            commands=self._suggestions(),
        )
        return web.Response(text=html, content_type="text/html")

    async def _on_events(self, request: web.Request) -> web.StreamResponse:
        """Send the fragments that changed and what is to be read out, for as long as the browser listens."""
        selection = self._selection(request)
        stream = web.StreamResponse(headers={"Content-Type": "text/event-stream", **HEADERS})
        await stream.prepare(request)
        watcher = asyncio.Event()
        watcher.set()
        self._watchers.add(watcher)
        sent: dict[str, str] = {}
        heard = self._news.count
        try:
            while not self._is_closing:
                await self._wait(watcher)
                payload = await self._payload(selection)
                payload["fragments"] = {
                    key: html for key, html in payload["fragments"].items() if sent.get(key) != html
                }
                sent.update(payload["fragments"])
                payload["say"] = self._news.since(heard, selection.people)
                heard = self._news.count
                anything = payload["fragments"] or payload["say"]
                await stream.write(f"data: {json.dumps(payload)}\n\n".encode() if anything else b":\n\n")
        except ConnectionResetError:
            pass  # the browser went away, which is how every stream ends
        finally:
            self._watchers.discard(watcher)
        return stream

    async def _wait(self, watcher: asyncio.Event) -> None:
        try:
            await asyncio.wait_for(watcher.wait(), BREATH_SECONDS)
        except TimeoutError:
            if self._clock.is_running:
                self._revision += 1  # minutes passed that nobody reported
                self._everyone += 1
            return
        await asyncio.sleep(QUIET_SECONDS)
        watcher.clear()

    async def _on_shutdown(self, _: web.Application) -> None:
        self._is_closing = True
        for watcher in self._watchers:
            watcher.set()

    async def _on_file(self, request: web.Request) -> web.StreamResponse:
        """Hand out a file as something a browser shows without running any of it."""
        file = self._workspace.files.get(request.match_info["file_id"])
        if file is None or file.content is None:
            raise web.HTTPNotFound(text="This file is not here (any more).")
        kind = file.name.rpartition(".")[2].lower()
        saves = "save" in request.query
        headers = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox"}
        if saves:
            headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{forms.quoted(file.name)}"
            return web.Response(body=file.content, content_type="application/octet-stream", headers=headers)
        if kind in _PICTURE_TYPES:
            return web.Response(body=file.content, content_type=_PICTURE_TYPES[kind], headers=headers)
        return web.Response(body=file.content, content_type="text/plain", charset="utf-8", headers=headers)

    # Acting.

    def _acting(self, act: Act) -> Handler:
        async def on_post(request: web.Request) -> web.StreamResponse:
            return await self._answered(request, act)

        return on_post

    async def _on_say(self, request: web.Request) -> web.StreamResponse:
        selection = self._selection(request)
        return await self._answered(request, lambda form: self._acts.say(form, selection, self._command_word))

    async def _answered(self, request: web.Request, act: Act) -> web.StreamResponse:
        """Do what was posted; what cannot be done is told in words, and the answer brings the screen up to date."""
        try:
            answer = await act(await _form(request))
        except (SandboxError, forms.FormError) as error:
            answer = Answer(trouble=_sentence(error))
        except KeyError as error:
            raise web.HTTPBadRequest(text=_LACKING.format(error)) from error
        payload = await self._payload(self._selection(request), trouble=answer.trouble, go=answer.go)
        return web.json_response(payload)

    async def _move_clock(self, form: Form) -> Answer:
        if self._advance is None:
            return Answer(trouble="The clock cannot be moved: no bot is connected to it.")
        if self._moving:
            return Answer(trouble="Time is passing already. Please wait a moment.")
        target = await self._target(form)
        now = self._clock.now()
        if target is None:
            return Answer(trouble="Nothing is due, so there is nothing to go to.")
        if target < now:
            return Answer(trouble="Time goes forward only. Please choose a later moment.")
        self._moving = True
        self._changed()
        try:
            await self._advance(target)
        finally:
            self._moving = False
            self._changed()
        return Answer()

    async def _target(self, form: Form) -> datetime | None:
        step = form["step"][0]
        now = self._clock.now()
        if step in STEPS:
            return now + STEPS[step]
        if step == "date":
            try:
                return datetime.fromisoformat(form["until"][0]).replace(tzinfo=UTC)
            except ValueError as error:
                raise forms.FormError("Please choose a date and a time to go to.") from error
        due = await self._due_list()
        return max(due[0].at, now) if due else None

    async def _set_temperament(self, form: Form) -> Answer:
        person_id = form["person"][0]
        if self._temperaments is not None:
            await self._temperaments.set(person_id, form["temperament"][0])
            self._changed(person_id)
        return Answer()

    async def _on_suggest(self, request: web.Request) -> web.StreamResponse:
        """Ask the bot what an external menu offers; the answer is HTML for the menu's entries."""
        try:
            one, found = await self._acts.suggest(await _form(request))
        except (SandboxError, forms.FormError) as error:
            return web.json_response({"html": "", "found": _sentence(error)})
        except KeyError as error:
            raise web.HTTPBadRequest(text=_LACKING.format(error)) from error
        html = fragment(
            "suggestions.html",
            options=[
                {"value": json.dumps(option), "words": option["text"]["text"]} for option in found.options
            ],
            as_boxes=one.kind.startswith("multi_"),
            field=forms.field_name(one.spot),
            trouble=found.trouble,
        )
        said = f"{len(found.options)} found" if found.options else found.trouble or "Nothing found"
        return web.json_response({"html": html, "found": said})


async def _form(request: web.Request) -> Form:
    posted = await request.post()
    return {key: [str(each) for each in posted.getall(key)] for key in posted}


async def _on_static(request: web.Request) -> web.StreamResponse:
    name = request.path.rpartition("/")[2]
    text = (files("sandbox.page") / "static" / name).read_text(encoding="utf-8")
    return web.Response(text=text, content_type=_STATIC[name], charset="utf-8")


def _due_row(row: Due, utc: Reader) -> dict[str, str]:
    return {
        "what": _KIND.sub(_kind_in_words, row.what),
        "whom": row.whom,
        "day": row.at.astimezone(UTC).date().isoformat(),
        "day_words": mrkdwn.day_in_words(row.at, utc),
        "time": mrkdwn.time_in_words(row.at, utc),
        "when": _when(row.at, utc),
    }


def _kind_in_words(kind: re.Match[str]) -> str:
    """Return a delivery kind such as `check_in.question` as words, for those who list due things by their kind."""
    return kind[0].replace(".", ": ").replace("_", " ").capitalize()


def _when(at: datetime, utc: Reader) -> str:
    """Return how far away a moment is, in the largest unit that says something."""
    minutes = round((at - utc.now).total_seconds() / 60)
    if minutes <= 0:
        return "now"
    if minutes < 120:
        return f"in {minutes} minutes" if minutes > 1 else "in 1 minute"
    if minutes < 48 * 60:
        return f"in {minutes // 60} hours"
    return f"in {minutes // (24 * 60)} days"


def _sentence(error: Exception) -> str:
    words = str(error)
    return f"{words[:1].upper()}{words[1:]}{'' if words.endswith('.') else '.'}"
