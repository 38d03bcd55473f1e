"""What people do on the page, carried out through the stand-in's interactions: posted forms in, an answer out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sandbox import elements
from sandbox.interactions import Place
from sandbox.page import forms
from sandbox.page.screen import APP, HOME

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.elements import Placed, Spot
    from sandbox.interactions import Interactions, Suggestions
    from sandbox.page.forms import Form
    from sandbox.page.screen import Screen, Selection
    from sandbox.workspace import Workspace


@dataclass(frozen=True)
class Answer:
    """What came of an act: a line of trouble to show, or an address on the page to go to."""

    trouble: str = ""
    go: str = ""


class Acts:
    """The acts of a posted form. Each raises KeyError for a form that lacks something, else tells in words.

    `changed` is called with a person's id when only the page knows that their column is different now.
    """

    def __init__(
        self,
        workspace: Workspace,
        interactions: Interactions,
        screen: Screen,
        changed: Callable[[str], None],
    ) -> None:
        self._workspace = workspace
        self._interactions = interactions
        self._screen = screen
        self._changed = changed

    async def press(self, form: Form) -> Answer:
        """Press a button, an overflow menu's entry, or choose in an element that tells the bot at once."""
        person_id, place = self._where(form)
        one, option = forms.pressed(self._interactions.elements_at(person_id, place), form["press"][0])
        typed = await self._fill(person_id, place, form, but=one.spot)
        if one.kind == "button":
            outcome = await self._interactions.press(person_id, place, one.spot)
        elif one.kind == "overflow":
            chosen = forms.offered(one.element, option)
            outcome = await self._interactions.press(person_id, place, one.spot, option=chosen)
        else:
            outcome = await self._interactions.choose(person_id, place, one.spot, typed.get(one.spot))
            self._changed(person_id)
        return Answer(trouble=outcome.trouble if place.kind == "home" else "")

    async def submit(self, form: Form) -> Answer:
        """Send the modal on top; what it lacks then stands under its fields."""
        person_id, place = self._where(form)
        if not self._is_on_top(person_id, place):
            raise forms.FormError("This window is closed meanwhile, or another one lies on top of it.")
        await self._fill(person_id, place, form)
        await self._interactions.submit(person_id)
        return Answer()

    async def close(self, form: Form) -> Answer:
        """Cancel the modal on top, or close the whole stack; one that is gone already needs nothing."""
        person_id, place = self._where(form)
        if self._is_on_top(person_id, place):
            await self._interactions.close(person_id, whole="whole" in form)
        return Answer()

    async def say(self, form: Form, selection: Selection, command: str) -> Answer:
        """Type a line: a slash command anywhere, else a message to the people of the open conversation.

        A command typed on Home is typed in the bot's DM, as in Slack; the column goes there if an answer came.
        """
        person_id, place = form["person"][0], form["place"][0]
        line = form["line"][0].strip()
        if not line:
            return Answer()
        where = self._screen.conversation(person_id, place)
        if not line.startswith("/"):
            if where is None:
                raise forms.FormError(f"Nobody reads what is typed here. Type a command such as {command}.")
            await self._interactions.say(person_id, where.id, line)
            self._screen.seen.mark(person_id, where)
            return Answer()
        before = self._count_in_app(person_id)
        outcome = await self._interactions.command(person_id, line, where.id if where else "")
        is_answered = outcome.trouble or self._count_in_app(person_id) > before
        return Answer(
            go=f"/?{selection.opened(person_id, APP).query}" if place == HOME and is_answered else ""
        )

    async def look(self, form: Form) -> Answer:
        """Note what was seen; `opened` says that the place was just gone to, which Slack tells the bot."""
        for pair in [*form.get("seen", ()), *form.get("opened", ())]:
            person_id, _, place = pair.partition(".")
            where = self._screen.conversation(person_id, place)
            if where is not None and person_id in where.members and self._screen.seen.mark(person_id, where):
                self._changed(person_id)
        for pair in form.get("opened", ()):
            person_id, _, place = pair.partition(".")
            if self._workspace.people[person_id].is_deleted:
                continue
            if place == HOME and self._workspace.installation.has_home:
                await self._interactions.open_home(person_id)
            elif place == APP and self._screen.conversation(person_id, APP) is not None:
                await self._interactions.open_messages(person_id)
        return Answer()

    async def dismiss(self, form: Form) -> Answer:
        """Take away a message that only this person sees."""
        person_id = form["person"][0]
        where = self._screen.conversation(person_id, form["place"][0])
        message = self._workspace.find_message(where.id, form["ts"][0], person_id) if where else None
        if message is not None and message.only_for == person_id:
            self._workspace.remove(message)
        return Answer()

    async def suggest(self, form: Form) -> tuple[Placed, Suggestions]:
        """Ask the bot what a menu offers for what was typed; returns the menu too."""
        person_id, place = self._where(form)
        one, _ = forms.pressed(self._interactions.elements_at(person_id, place), form["field"][0])
        return one, await self._interactions.suggest(person_id, place, one.spot, form["typed"][0])

    def _where(self, form: Form) -> tuple[str, Place]:
        person_id = form["person"][0]
        if person_id not in self._workspace.people:
            raise KeyError(person_id)
        if "view" in form:
            return person_id, Place("modal", view_id=form["view"][0])
        if "home" in form:
            return person_id, Place.on_home()
        where = self._screen.conversation(person_id, form["place"][0])
        if where is None:
            raise forms.FormError("This conversation is not open any more.")
        return person_id, Place("message", where.id, form["ts"][0])

    def _count_in_app(self, person_id: str) -> int:
        direct = self._screen.conversation(person_id, APP)
        return len(direct.seen_by(person_id)) if direct else 0

    def _is_on_top(self, person_id: str, place: Place) -> bool:
        stack = self._workspace.stack(person_id)
        return bool(stack) and stack[-1].id == place.view_id

    async def _fill(
        self, person_id: str, place: Place, form: Form, but: Spot | None = None
    ) -> dict[Spot, Any]:
        """Put what the form holds into the elements it belongs to; returns all of it.

        An element that tells the bot at once is only kept here: its own post does the telling.
        """
        person = self._workspace.people[person_id]
        places = self._interactions.elements_at(person_id, place)
        chosen = self._chosen(person_id, place)
        typed = forms.typed(places, form, person.tz or "UTC")
        for one in places:
            if one.spot not in typed or one.spot == but or _held(one, chosen) == typed[one.spot]:
                continue
            if one.acts_at_once:
                chosen[one.spot] = typed[one.spot]
            else:
                await self._interactions.choose(person_id, place, one.spot, typed[one.spot])
            self._changed(person_id)
        return typed

    def _chosen(self, person_id: str, place: Place) -> dict[Spot, Any]:
        """Return what a person chose in a place that the interactions just found to be there."""
        if place.kind == "home":
            return self._workspace.homes[person_id].chosen
        if place.kind == "modal":
            stack = self._workspace.stack(person_id)
            return next(modal for modal in stack if modal.id == place.view_id).chosen
        message = self._workspace.find_message(place.conversation_id, place.ts, person_id)
        return {} if message is None else self._workspace.chosen_in(person_id, message)


def _held(one: Placed, chosen: dict[Spot, Any]) -> Any:
    value = chosen[one.spot] if one.spot in chosen else elements.initial(one.element)
    nothing: list[Any] | None = [] if elements.holds_a_list(one.element) else None
    return nothing if elements.is_empty(value) else value
