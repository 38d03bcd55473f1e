"""A proposal within its ninety words at the longest, valid for Slack in every language, and silent about the other."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mentoring.facts import PersonCard, ProgramCard, ProposalCard, ProposalFacts, Reader
from mentoring.participants import Role
from mentoring.program import ProgramSettings
from mentoring.proposals import ProposalView
from messages.content import load_content
from messages.intake import GOALS, INTERESTS
from messages.proposals import RENDERERS
from messages.renderers import render
from messages.validator import check_message
from messages.voices import Voices

NOW = datetime(2026, 12, 2, 9, 0, tzinfo=UTC)
LATER = datetime(2026, 12, 4, 16, 0, tzinfo=UTC)


def longest(words: list[str], n: int) -> list[str]:
    return sorted(words, key=lambda text: (-len(text.split()), text))[:n]


def facts(view: ProposalView, kind: str, *, name: str = "Maria José de la Cruz", locale: str = "en"):
    topics = {topic.name: topic.id for topic in load_content().topics}
    chosen = [topics[name] for name in longest(list(topics), 5)]
    words = {text: one for one, text in {**GOALS, **INTERESTS}.items()}
    program = ProgramCard("p", "Upward", "", ProgramSettings(), "Europe/Berlin", None, None, None)
    return ProposalFacts(
        delivery_id="d",
        kind=kind,
        now=NOW,
        reader=Reader(locale, "Europe/Berlin", "r", "U1", "Tom"),
        program=program,
        proposal=ProposalCard(
            id="x",
            view=view,
            role=Role.MENTEE,
            partner=PersonCard("a", "b", "U2", name, "Product Operations", "Europe/Berlin", (), ()),
            gives=tuple(chosen),
            gets=tuple(chosen),
            common=tuple(words[text] for text in longest(list(words), 4)),
            overlap=(NOW, LATER),
            answer_by=LATER,
            hear_by=LATER,
            can_undo=view in {ProposalView.SAID_YES, ProposalView.SAID_NO},
        ),
    )


SEEN = [view for view in ProposalView if view is not ProposalView.HIDDEN]


@pytest.mark.parametrize("kind", RENDERERS)
@pytest.mark.parametrize("view", SEEN)
def test_every_state_of_a_proposal_stays_within_its_words(kind, view):
    message = render(facts(view, kind), Voices())
    said = [block["text"]["text"] for block in message.blocks if block["type"] == "section"]
    words = " ".join(text for text in said if not text.startswith("_Why this"))
    limit = 90 if view is ProposalView.ASKED and kind == "proposal.question" else 60
    assert len(words.split()) <= limit, (len(words.split()), words)
    assert len(message.text) <= 300


@pytest.mark.parametrize("locale", ["en", "de", "qps", "qps-short"])
@pytest.mark.parametrize(
    "name", ["Li", "", "Wolfeschlegelsteinhausenbergerdorff Senior" * 3, "<!channel> *x*"]
)
@pytest.mark.parametrize("view", SEEN)
def test_a_proposal_is_valid_for_slack_whoever_it_names(view, name, locale):
    message = render(facts(view, "proposal.question", name=name, locale=locale), Voices())
    assert check_message(message.payload()) == []
    shown = [message.text, *(block["text"]["text"] for block in message.blocks if block["type"] == "section")]
    assert not any("<!channel>" in text for text in shown)


def test_what_one_hears_at_the_end_is_the_same_in_the_message_and_in_the_redrawn_question():
    closed = render(facts(ProposalView.NOT_COME_ABOUT, "proposal.closed"), Voices())
    redrawn = render(facts(ProposalView.NOT_COME_ABOUT, "proposal.question"), Voices())
    assert (closed.text, closed.blocks) == (redrawn.text, redrawn.blocks)
