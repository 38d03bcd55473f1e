"""Reads HTML as a browser would: which tags and attributes there are, which words, and what a form would post."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

INLINE = frozenset({"a", "b", "code", "em", "s", "small", "span", "strong"})
VOID = frozenset({"br", "hr", "img", "input", "use", "path", "rect", "circle", "link", "meta"})


@dataclass
class Element:
    tag: str
    attributes: dict[str, str | None]
    text: str = ""


class Reader(HTMLParser):
    """Keeps every element in order, with all the text inside it."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[Element] = []
        self.words: list[str] = []
        self._open: list[Element] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"<{tag}> says {names} twice"
        element = Element(tag, dict(attrs))
        if tag not in INLINE:
            self.words.append(" ")
        self.elements.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        if tag not in INLINE:
            self.words.append(" ")
        while self._open:
            if self._open.pop().tag == tag:
                return

    def handle_data(self, data: str) -> None:
        self.words.append(data)
        for element in self._open:
            element.text += data


def read(html: str) -> Reader:
    reader = Reader()
    reader.feed(html)
    reader.close()
    return reader


def words(html: str) -> str:
    """Return the text on the screen."""
    return " ".join("".join(read(html).words).split())


def tags(html: str) -> set[str]:
    return {element.tag for element in read(html).elements}


def find(html: str, **attributes: str) -> list[Element]:
    """Return the elements that carry these attributes (`class_` for class)."""
    wanted = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
    return [
        element
        for element in read(html).elements
        if all(element.attributes.get(name) == value for name, value in wanted.items())
    ]


@dataclass
class Form:
    """What a browser would post."""

    values: dict[str, list[str]] = field(default_factory=dict)

    def add(self, name: str | None, value: str) -> None:
        if name:
            self.values.setdefault(name, []).append(value)


def posted(html: str) -> dict[str, list[str]]:
    """Return what posting these controls sends, no button pressed."""
    form = Form()
    select: str | None = None
    pending: list[Element] = []

    def close_select() -> None:
        chosen = [each for each in pending if "selected" in each.attributes] or pending[:1]
        for each in chosen[-1:]:
            form.add(select, each.attributes.get("value") or "")

    for element in read(html).elements:
        about = element.attributes
        if select is not None and element.tag not in {"option", "optgroup"}:
            close_select()
            select, pending = None, []
        if element.tag == "select":
            select = about.get("name")
        elif element.tag == "option":
            pending.append(element)
        elif element.tag == "textarea":
            form.add(about.get("name"), element.text.removeprefix("\n"))
        elif element.tag == "input":
            ticked = about.get("type") not in {"checkbox", "radio"} or "checked" in about
            if ticked:
                form.add(about.get("name"), about.get("value") or "")
    if select is not None:
        close_select()
    return form.values
