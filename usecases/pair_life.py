"""A pair as the rules and messages see it: its two members, its life for the cadence, its facts for the words.

What happens to a pair stands in `pairs`, `trials`, `sessions` and `check_ins`.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from mentoring.cadence import PairLife, SessionLife, due_steps, next_due_at
from mentoring.calendar import Window, WorkingTime, suggest_slots, working_day_start
from mentoring.check_ins import Answers, CheckInStage, stage
from mentoring.closing import agreed_end
from mentoring.facts import (
    CheckInCard,
    Facts,
    NotNeeded,
    PairFacts,
    PairHome,
    Reader,
    SessionCard,
    SessionFacts,
)
from mentoring.participants import ParticipantState, Role, Side
from mentoring.sessions import FIRST_CHAT, SessionState
from mentoring.trials import EndCause, PairState, TrialAnswer
from usecases.cards import person_card, settings_of, working_time

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from usecases.unit import (
        CheckIn,
        Delivery,
        Pair,
        Participant,
        Person,
        Program,
        Session,
        Skill,
        UnitOfWork,
    )

BEFORE = "before"
"""The moment of a first rating, before the sessions."""

HELP_TASK = "help"
"""The kind of the coordinators' task that somebody's wish for help opens."""


@dataclass(frozen=True, slots=True)
class Member:
    """One of a pair."""

    role: Role
    participant: Participant
    person: Person


Members = dict[Role, Member]


@dataclass(frozen=True, slots=True)
class Own:
    """A pair and the side on which a person stands in it."""

    pair: Pair
    program: Program
    me: Member
    partner: Member


async def load_members(uow: UnitOfWork, pair: Pair) -> Members:
    """Mentor and mentee, with who they are."""
    members = {}
    for role, participant_id in ((Role.MENTOR, pair.mentor_id), (Role.MENTEE, pair.mentee_id)):
        participant = await uow.participants.get(participant_id)
        members[role] = Member(role, participant, await uow.people.get(participant.person_id))
    return members


async def find_own(uow: UnitOfWork, person: Person, pair_id: str) -> Own | None:
    """The person's own pair, or None: it is not theirs or does not exist; nobody can tell the two apart.

    The row is held until the unit ends, so that two presses at once are dealt with one after the other.
    """
    pair = await uow.pairs.find(pair_id, lock=True) if pair_id else None
    if pair is None:
        return None
    members = await load_members(uow, pair)
    for role, member in members.items():
        if member.person.id == person.id:
            program = await uow.programs.get(pair.program_id)
            return Own(pair, program, member, members[role.other])
    return None


# ------------------------------------------------------------------ the life, for the cadence


async def load_life(uow: UnitOfWork, pair: Pair) -> PairLife:
    """What the cadence derives a pair's steps from."""
    program = await uow.programs.get(pair.program_id)
    members = await load_members(uow, pair)
    sessions = await uow.sessions.list_for_pair(pair.id)
    check_ins = await uow.check_ins.list_for_sessions([session.id for session in sessions])
    return PairLife(
        id=pair.id,
        state=pair.state,
        settings=settings_of(program),
        works={role: working_time(member.person, program) for role, member in members.items()},
        program_works=program_works(program),
        introduced_at=pair.introduced_at,
        active_at=_last_sign_of_life(pair, sessions),
        sessions=tuple(_session_life(session, check_ins, members) for session in sessions),
        trial_asked_at=pair.trial_asked_at,
        answers={Role.MENTOR: pair.mentor_trial, Role.MENTEE: pair.mentee_trial},
        agreed_at=pair.agreed_at,
        ends_on=pair.ends_on,
        paused_until={
            role: member.participant.paused_until
            for role, member in members.items()
            if member.participant.state is ParticipantState.PAUSED
        },
    )


def _last_sign_of_life(pair: Pair, sessions: Sequence[Session]) -> datetime:
    held = [one.starts_at for one in sessions if one.state is SessionState.PAST and one.starts_at is not None]
    return max(pair.active_at, *held) if held else pair.active_at


def program_works(program: Program) -> WorkingTime:
    """The working days that the program's own dates go by."""
    return WorkingTime(timezone=program.timezone, blackout=frozenset(settings_of(program).blackout_dates))


def _session_life(session: Session, check_ins: Sequence[CheckIn], members: Members) -> SessionLife:
    answered = {
        role
        for role, member in members.items()
        for check_in in check_ins
        if check_in.session_id == session.id
        and check_in.participant_id == member.participant.id
        and check_in.met is not None
    }
    return SessionLife(
        id=session.id,
        number=session.number,
        state=session.state,
        minutes=session.minutes,
        window_from=session.window_from,
        window_until=session.window_until,
        suggested_at=session.suggested_at,
        starts_at=session.starts_at,
        confirmed_at=session.confirmed_at,
        answered=frozenset(answered),
    )


async def replan(uow: UnitOfWork, pair: Pair, now: datetime) -> None:
    """Derive anew when the planner must look at this pair: at once if a step is due, else at the next one."""
    await uow.flush()
    life = await load_life(uow, pair)
    pair.due_at = now if due_steps(life, now) else next_due_at(life, now)


async def replan_pairs_of(uow: UnitOfWork, participant_id: str, now: datetime) -> None:
    """Derive a participant's pairs anew after their hours, zone, absence or pause changed."""
    for pair in await uow.pairs.list_for_participant(participant_id, going_only=True):
        await replan(uow, pair, now)


# ------------------------------------------------------------------ owing


async def owe_pair(
    uow: UnitOfWork,
    program: Program,
    pair: Pair,
    kind: str,
    *,
    series: str,
    now: datetime,
    occurrence: str = "",
    refs: Mapping[str, Any] | None = None,
    expires_at: datetime | None = None,
) -> None:
    """Owe a message to both in their group DM."""
    await uow.outbox.owe(
        kind,
        new_id=uow.ids.new(),
        workspace_id=program.workspace_id,
        program_id=program.id,
        recipient=f"pair:{pair.id}",
        series=series,
        occurrence=occurrence,
        refs={"pair": pair.id, **(refs or {})},
        now=now,
        expires_at=expires_at,
    )


async def owe_member(
    uow: UnitOfWork,
    program: Program,
    pair: Pair,
    member: Member,
    kind: str,
    *,
    series: str,
    now: datetime,
    occurrence: str = "",
    refs: Mapping[str, Any] | None = None,
    expires_at: datetime | None = None,
) -> None:
    """Owe a private message to one of the two; somebody who left the program is owed nothing."""
    if member.participant.state is ParticipantState.LEFT:
        return
    await uow.outbox.owe(
        kind,
        new_id=uow.ids.new(),
        workspace_id=program.workspace_id,
        program_id=program.id,
        person_id=member.person.id,
        recipient=f"person:{member.person.id}",
        series=series,
        occurrence=occurrence,
        refs={"pair": pair.id, **(refs or {})},
        now=now,
        expires_at=expires_at,
    )


async def changed(uow: UnitOfWork, members: Members) -> None:
    """Both Homes no longer show the present state."""
    for member in members.values():
        await uow.homes.mark(member.person.id)


# ------------------------------------------------------------------ facts


async def load_pair_facts(uow: UnitOfWork, delivery: Delivery, base: Facts) -> Facts | NotNeeded:
    """A pair as this reader may know it."""
    loaded = await _pair_values(uow, delivery, base)
    if loaded is None:
        return NotNeeded("the pair is gone")
    facts = PairFacts(**loaded)
    if delivery.slack_ts is None:
        return _moot_pair(delivery, facts) or facts
    return facts


async def load_session_facts(uow: UnitOfWork, delivery: Delivery, base: Facts) -> Facts | NotNeeded:
    """One session of a pair as this reader may know it."""
    loaded = await _pair_values(uow, delivery, base)
    session = await uow.sessions.find(str(delivery.refs.get("session", "")))
    if loaded is None or session is None:
        return NotNeeded("the session is gone")
    card = session_card(session)
    facts = SessionFacts(
        **loaded,
        session=card,
        options=await _options_in(uow, delivery, card, base.now),
        check_in=await _own_check_in(uow, card, loaded),
        current=_is_current(delivery, card),
    )
    if delivery.slack_ts is None:
        return _moot_session(delivery, facts) or facts
    return facts


_OFFERS_TIMES = frozenset(
    {"introduction", "trial.nudge", "trial.agreed", "session.time", "session.nudge", "session.cancelled"}
)


async def _options_in(
    uow: UnitOfWork, delivery: Delivery, card: SessionCard, now: datetime
) -> tuple[datetime, ...]:
    """The times that a message offers; the others do not look for any."""
    if delivery.kind not in _OFFERS_TIMES or card.state not in {SessionState.WINDOW, SessionState.CANCELLED}:
        return ()
    pair = await uow.pairs.get(str(delivery.refs["pair"]))
    program = await uow.programs.get(pair.program_id)
    return await options_for(uow, pair, program, await load_members(uow, pair), card.minutes, now)


async def _pair_values(uow: UnitOfWork, delivery: Delivery, base: Facts) -> dict[str, Any] | None:
    pair = await uow.pairs.find(str(delivery.refs.get("pair", "")))
    if pair is None:
        return None
    members = await load_members(uow, pair)
    skills = await uow.skills.list_for([member.participant.id for member in members.values()])
    role = next((role for role, one in members.items() if one.person.id == base.reader.person_id), None)
    gives = given_topics(pair, skills)
    values = {field.name: getattr(base, field.name) for field in fields(Facts)}
    if role is None:
        values["reader"] = _both_read(members)
    sessions = await uow.sessions.list_for_pair(pair.id)
    state, ends_on = await as_told(uow, pair, role)
    return values | {
        "pair_id": pair.id,
        "state": state,
        "mentor": _card(members[Role.MENTOR], skills),
        "mentee": _card(members[Role.MENTEE], skills),
        "introduced_at": pair.introduced_at,
        "role": role,
        "answer": _answer_of(pair, role) if role is not None else None,
        "mentor_gives": gives[Role.MENTOR],
        "mentee_gives": gives[Role.MENTEE],
        "sessions": tuple(session_card(session) for session in sessions),
        "active_at": pair.active_at,
        "agreed_at": pair.agreed_at,
        "ends_on": ends_on,
        "unrated": await unrated_topics(uow, pair, members[role], gives) if role is not None else (),
    }


async def as_told(uow: UnitOfWork, pair: Pair, role: Role | None) -> tuple[PairState, date | None]:
    """State and end date as the reader was told them.

    Until the common date a pair that will end looks to both like any other, except to the one who asked for it, and
    except where it would end for its silence, which either may undo.
    """
    if pair.state is not PairState.ENDING or pair.end_cause is EndCause.SILENCE:
        return pair.state, pair.ends_on
    if role is not None and has_asked_to_end(pair, role):
        return pair.state, pair.ends_on
    if pair.agreed_at is None:
        return PairState.TRIAL, None
    program = await uow.programs.get(pair.program_id)
    return PairState.AGREED, end_of_agreement(program, pair.agreed_at)


def _answer_of(pair: Pair, role: Role) -> TrialAnswer | None:
    return pair.mentor_trial if role is Role.MENTOR else pair.mentee_trial


def has_asked_to_end(pair: Pair, role: Role) -> bool:
    """Whether this side asked for the end; both may have, one after the other, and neither learns of the other."""
    own = pair.mentor_id if role is Role.MENTOR else pair.mentee_id
    return _answer_of(pair, role) is TrialAnswer.SWAP or own in (pair.end_asked_by or "").split()


def end_of_agreement(program: Program, agreed_at: datetime) -> date:
    """The day on which a pair that agreed at a moment is complete."""
    months = settings_of(program).closing_months
    return agreed_end(local_today(program, agreed_at), months, program_works(program))


def _card(member: Member, skills: Sequence[Skill]) -> Any:
    return person_card(member.person, member.participant, skills)


def _both_read(members: Members) -> Reader:
    """The reader of a group DM: the two's shared language, else English; the mentee's zone, the other named beside."""
    locales = {member.person.locale for member in members.values()}
    return Reader(
        locale=locales.pop() if len(locales) == 1 else "en",
        timezone=members[Role.MENTEE].person.timezone,
    )


def given_topics(pair: Pair, skills: Sequence[Skill]) -> dict[Role, tuple[str, ...]]:
    """Topic ids that each shares and the other wants; where there are none, what each shares."""

    def topics(participant_id: str, side: Side) -> list[str]:
        return [one.topic_id for one in skills if one.participant_id == participant_id and one.side is side]

    ids = {Role.MENTOR: pair.mentor_id, Role.MENTEE: pair.mentee_id}
    given = {}
    for role in Role:
        shared = topics(ids[role], Side.SHARE)
        wanted = topics(ids[role.other], Side.LEARN)
        given[role] = tuple(topic for topic in shared if topic in wanted) or tuple(shared[:1])
    return given


async def unrated_topics(
    uow: UnitOfWork, pair: Pair, member: Member, gives: Mapping[Role, tuple[str, ...]]
) -> tuple[str, ...]:
    """Topics a member learns in this pair without a first rating of their own."""
    rated = {
        rating.topic_id
        for rating in await uow.ratings.list_for_pair(pair.id)
        if rating.participant_id == member.participant.id and rating.moment == BEFORE
    }
    return tuple(topic for topic in gives[member.role.other] if topic not in rated)


def session_card(session: Session) -> SessionCard:
    """A session as both may know it."""
    return SessionCard(
        id=session.id,
        number=session.number,
        state=session.state,
        minutes=session.minutes,
        window_until=session.window_until,
        suggested_at=session.suggested_at,
        suggested_by=session.suggested_by,
        starts_at=session.starts_at,
        cancelled_by=session.cancelled_by,
        sequence=session.calendar_sequence,
    )


async def options_for(
    uow: UnitOfWork, pair: Pair, program: Program, members: Members, minutes: int, now: datetime
) -> tuple[datetime, ...]:
    """Three times inside both people's hours that collide with none of their other sessions.

    A pair that ends on a common date is offered times after it, as any pair whose sessions were moved.
    """
    held_back = earliest_start(pair, program)
    return suggest_slots(
        working_time(members[Role.MENTEE].person, program),
        working_time(members[Role.MENTOR].person, program),
        max(now, held_back - timedelta(hours=24)) if held_back is not None else now,
        minutes,
        busy=await _busy(uow, pair, now),
    )


def earliest_start(pair: Pair, program: Program) -> datetime | None:
    """The moment before which no session of this pair may be planned; None when there is none."""
    if pair.state is not PairState.ENDING or pair.ends_on is None:
        return None
    return working_day_start(program_works(program), pair.ends_on)


async def _busy(uow: UnitOfWork, pair: Pair, now: datetime) -> list[Window]:
    pairs = await uow.pairs.list_for_participants([pair.mentor_id, pair.mentee_id], going_only=True)
    sessions = await uow.sessions.list_for_pairs([one.id for one in pairs])
    return [
        Window(start, start + timedelta(minutes=session.minutes))
        for session in sessions
        for start in (session.starts_at or session.suggested_at,)
        if start is not None and start > now
    ]


async def _own_check_in(uow: UnitOfWork, card: SessionCard, loaded: Mapping[str, Any]) -> CheckInCard | None:
    own = loaded["mentor"] if loaded["role"] is Role.MENTOR else loaded["mentee"]
    if loaded["role"] is None:
        return None
    check_in = await uow.check_ins.find_one(card.id, own.participant_id)
    if check_in is None:
        return None
    task = (
        await uow.tasks.find_one(loaded["program"].id, HELP_TASK, check_in.id)
        if check_in.wants_help
        else None
    )
    return check_in_card(check_in, loaded["now"], help_by=task.due_on if task is not None else None)


def check_in_card(check_in: CheckIn, now: datetime, *, help_by: date | None = None) -> CheckInCard:
    """One side's answers, for that side."""
    return CheckInCard(
        id=check_in.id,
        met=check_in.met,
        usefulness=check_in.usefulness,
        wants_help=check_in.wants_help,
        editable=now < check_in.editable_until,
        help_by=help_by,
    )


def _is_current(delivery: Delivery, card: SessionCard) -> bool:
    """Whether the time a message is about is the one that stands; messages about no time always are."""
    at = delivery.refs.get("at")
    if at is None:
        return True
    return at in {moment.isoformat() for moment in (card.starts_at, card.suggested_at) if moment is not None}


def _moot_pair(delivery: Delivery, facts: PairFacts) -> NotNeeded | None:
    if delivery.kind in {"pair.ended", "pair.closed"}:
        return None
    if not facts.state.is_going:
        return NotNeeded("the pair has ended")
    if delivery.kind == "trial.question":
        again = delivery.occurrence == "again"
        if facts.agreed_at is not None or (facts.answer is not None and not (again and _unsure(facts))):
            return NotNeeded("answered already")
    return None


def _unsure(facts: PairFacts) -> bool:
    return facts.answer is not None and facts.answer.value == "not_sure"


def _moot_session(delivery: Delivery, facts: SessionFacts) -> NotNeeded | None:
    if delivery.kind == "check_in.question":
        answered = facts.check_in is not None and facts.check_in.met is not None
        return NotNeeded("answered already") if answered else None
    if delivery.kind == "check_in.thanks":
        return None
    if not facts.state.is_going:
        return NotNeeded("the pair has ended")
    if delivery.kind in {"trial.nudge", "session.time", "session.nudge"}:
        has_time = facts.session.state is not SessionState.WINDOW
        return NotNeeded("a time was found") if has_time else None
    if delivery.kind in {"session.agenda", "session.reminder", "session.calendar_file"}:
        stands = facts.current and facts.session.state is SessionState.AGREED
        return None if stands else NotNeeded("the time no longer stands")
    return None if facts.current else NotNeeded("another time was suggested")


def local_today(program: Program, now: datetime) -> date:
    """The program's date at a moment."""
    return now.astimezone(program_works(program).zone).date()


# ------------------------------------------------------------------ Home


async def home_pairs(uow: UnitOfWork, participant: Participant, now: datetime) -> tuple[PairHome, ...]:
    """A participant's pairs that are going, each with what is open for them and the next session."""
    found = []
    for pair in await uow.pairs.list_for_participant(participant.id, going_only=True):
        members = await load_members(uow, pair)
        me = next(one for one in members.values() if one.participant.id == participant.id)
        sessions = await uow.sessions.list_for_pair(pair.id)
        asked = pair.state is PairState.ENDING and has_asked_to_end(pair, me.role)
        found.append(
            PairHome(
                pair_id=pair.id,
                role=me.role,
                partner=_card(members[me.role.other], ()),
                next_session=_next_session(sessions, now),
                check_in=await _open_check_in(uow, participant, sessions, now),
                asks_trial=_asks_trial(pair, me.role),
                ends_on=pair.ends_on if asked else None,
            )
        )
    return tuple(found)


def _next_session(sessions: Sequence[Session], now: datetime) -> SessionCard | None:
    """The next one with a time ahead, else the one whose date is to be found now."""
    timed = [
        (start, session)
        for session in sessions
        for start in (session.starts_at or session.suggested_at,)
        if start is not None and start > now and session.state is not SessionState.PAST
    ]
    if timed:
        return session_card(min(timed, key=lambda one: one[0])[1])
    for session in sessions:
        is_open = session.window_from <= now and (session.number == FIRST_CHAT or now < session.window_until)
        if session.state in {SessionState.WINDOW, SessionState.CANCELLED} and is_open:
            return session_card(session)
    return None


async def _open_check_in(
    uow: UnitOfWork, participant: Participant, sessions: Sequence[Session], now: datetime
) -> tuple[CheckInCard, SessionCard] | None:
    by_id = {session.id: session for session in sessions}
    rows = [
        row
        for row in await uow.check_ins.list_for_sessions(list(by_id))
        if row.participant_id == participant.id and now < row.editable_until
    ]
    for row in reversed(rows):
        is_over = by_id[row.session_id].state is SessionState.PAST
        if is_over and stage(Answers(row.met, row.usefulness)) is not CheckInStage.SAVED:
            return check_in_card(row, now), session_card(by_id[row.session_id])
    return None


def _asks_trial(pair: Pair, role: Role) -> bool:
    answer = _answer_of(pair, role)
    asked = pair.trial_asked_at is not None and pair.agreed_at is None
    return asked and answer in {None, TrialAnswer.NOT_SURE}
