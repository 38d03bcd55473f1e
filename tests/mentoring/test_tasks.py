from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mentoring.participants import ParticipantState
from mentoring.tasks import PEOPLE_A_PAGE, PersonLine, Standing, people_page, standing


def line(name):
    return PersonLine(name, mentors=True, is_mentored=False, standing=Standing.WAITING)


@given(st.lists(st.text(min_size=1, max_size=5), max_size=70))
def test_pages_hold_everybody_once_in_order(names):
    people = [line(name) for name in names]
    first = people_page(people, 1)
    pages = [people_page(people, number) for number in range(1, first.pages + 1)]
    shown = [one.name for page in pages for one in page.lines]
    assert sorted(shown) == sorted(names)
    assert shown == sorted(shown, key=lambda name: (name.casefold(), name))
    assert all(len(page.lines) <= PEOPLE_A_PAGE for page in pages)


def test_a_page_that_is_not_there_is_the_nearest():
    people = [line(f"p{number:02}") for number in range(45)]
    assert people_page(people, 99).page == 3
    assert people_page(people, -1).page == 1


def test_pause_stands_before_pair():
    assert standing(ParticipantState.PAUSED, has_pair=True) is Standing.PAUSED
    assert standing(ParticipantState.ACTIVE, has_pair=True) is Standing.PAIRED
    assert standing(ParticipantState.ACTIVE, has_pair=False) is Standing.WAITING
