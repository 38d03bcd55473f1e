"""The facts a message is made of: plain values, loaded fresh when a message is rendered, never stored with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from mentoring.participants import Role
from mentoring.program import ProgramState

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from mentoring.announcements import AnnouncementState, Audience, Report
    from mentoring.participants import NamedRole, NamedRoleState, ParticipantState
    from mentoring.program import ProgramSettings
    from mentoring.proposals import ProposalView
    from mentoring.rounds import DropCause, RoundState
    from mentoring.sessions import Met, SessionState
    from mentoring.setup import ChannelState, Charter, Need
    from mentoring.trials import PairState, TrialAnswer


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads a message: one person, or the people of a channel (then without a person)."""

    locale: str
    timezone: str
    person_id: str | None = None
    slack_user_id: str | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class ProgramCard:
    """What messages may say of a program."""

    id: str
    name: str
    goal: str
    settings: ProgramSettings
    timezone: str
    channel_id: str | None
    signup_closes_on: date | None
    starts_on: date | None
    departments: tuple[str, ...] = ()
    state: ProgramState = ProgramState.OPEN


@dataclass(frozen=True, slots=True)
class PersonCard:
    """What one person of a pair may know of the other."""

    person_id: str
    participant_id: str
    slack_user_id: str
    name: str
    department: str
    timezone: str
    shares: tuple[str, ...]  # topic ids, in the order they were chosen
    learns: tuple[str, ...]
    booking_link: str = ""
    languages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Facts:
    """What every message knows: the delivery it belongs to, who reads it, the program, and the moment.

    Attributes:
        delivery_id: goes into every button, so that a press proves that the message arrived.
        refs: ids of what it is about (`pair`, `session`, …), for the buttons.
        maybe_second_copy: Slack gave no clear answer to the first; the message says that it may be a repeat.
    """

    delivery_id: str
    kind: str
    now: datetime
    reader: Reader
    program: ProgramCard | None
    refs: Mapping[str, Any] = field(default_factory=dict)
    maybe_second_copy: bool = False


@dataclass(frozen=True, slots=True)
class PersonFacts(Facts):
    """Facts about the reader's own part in the program."""

    role: Role | None = None
    signed_up: int = 0


@dataclass(frozen=True, slots=True)
class SessionCard:
    """One session of a pair, as both may know it."""

    id: str
    number: int  # 0 is the first chat
    state: SessionState
    minutes: int
    window_until: datetime
    suggested_at: datetime | None = None
    suggested_by: Role | None = None
    starts_at: datetime | None = None
    cancelled_by: Role | None = None
    sequence: int = 0


@dataclass(frozen=True, slots=True)
class CheckInCard:
    """One side's own answers about a session; never loaded for the other side."""

    id: str
    met: Met | None
    usefulness: int | None
    wants_help: bool
    editable: bool
    help_by: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PairFacts(Facts):
    """Facts about a pair.

    Attributes:
        role: the reader's; None in the group DM, which both read.
        state, ends_on: as the reader was told them; nobody sees that a pair will end because the other asked.
        answer: the reader's own to the trial question; the other side's is never loaded.
        mentor_gives, mentee_gives: topic ids that one shares and the other wants, in the order they were chosen.
        sessions: all of the pair's, in order.
        unrated: topic ids that the reader still has no starting rating for.
    """

    pair_id: str
    state: PairState
    mentor: PersonCard
    mentee: PersonCard
    introduced_at: datetime
    role: Role | None = None
    answer: TrialAnswer | None = None
    mentor_gives: tuple[str, ...] = ()
    mentee_gives: tuple[str, ...] = ()
    sessions: tuple[SessionCard, ...] = ()
    agreed_at: datetime | None = None
    ends_on: date | None = None
    active_at: datetime | None = None
    unrated: tuple[str, ...] = ()

    @property
    def partner(self) -> PersonCard:
        """The other one, as the reader sees it."""
        return self.mentee if self.role is Role.MENTOR else self.mentor

    def card(self, role: Role) -> PersonCard:
        """The one who has a role."""
        return self.mentor if role is Role.MENTOR else self.mentee


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionFacts(PairFacts):
    """Facts about one session of a pair.

    Attributes:
        options: times inside both people's hours that could be suggested now.
        check_in: the reader's own; None before they are asked, and in the group DM.
        current: the message still speaks of the time that stands.
    """

    session: SessionCard
    options: tuple[datetime, ...] = ()
    check_in: CheckInCard | None = None
    current: bool = True


@dataclass(frozen=True, slots=True)
class PairHome:
    """One pair on Home."""

    pair_id: str
    role: Role
    partner: PersonCard
    next_session: SessionCard | None
    check_in: tuple[CheckInCard, SessionCard] | None  # the one that is open
    asks_trial: bool  # the trial question is open for the reader
    ends_on: date | None = None  # it comes to an end then, because the reader asked for it


@dataclass(frozen=True, slots=True)
class ProposalCard:
    """A possible pair as one side may know it.

    Attributes:
        view: what may be said to the reader; never depends on the other's answer before all may know.
        gives, gets: topic ids that the reader would share, and would learn about.
        common: goals and interests that both named.
        overlap: shared working hours of an ordinary day, start and end; None where there are hardly any.
        answer_by: the end of the reader's window.
        hear_by: when the reader hears at the latest whether it came about.
        can_undo: the reader's answer can be taken back.
    """

    id: str
    view: ProposalView
    role: Role
    partner: PersonCard
    gives: tuple[str, ...]
    gets: tuple[str, ...]
    common: tuple[str, ...]
    overlap: tuple[datetime, datetime] | None
    answer_by: datetime
    hear_by: datetime
    can_undo: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalFacts(Facts):
    """Facts about a proposal, for one side of it."""

    proposal: ProposalCard


@dataclass(frozen=True, slots=True)
class DroppedPair:
    """A reviewed pair that was not proposed: by name who left or paused; empty where the rule may be a secret."""

    mentor: str
    mentee: str
    causes: tuple[tuple[str, DropCause], ...]


@dataclass(frozen=True, slots=True)
class RoundCard:
    """A round as coordinators see it: counts, and what stands in the way; never an answer.

    Attributes:
        mentors: people who are asked first where people are asked in turn.
        left_over: people without any pair.
        paused: people who take no part while they pause.
        written: pairs that were proposed.
        introduced: of these, the ones that came about.
    """

    id: str
    number: int
    state: RoundState
    version: int
    pairs: int
    mentors: int
    left_over: int
    paused: int
    in_turn: bool
    hold_minutes: int
    publish_at: datetime | None
    published_at: datetime | None
    written: int
    introduced: int
    dropped: tuple[DroppedPair, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundFacts(Facts):
    """Facts about a round, for a coordinator."""

    round: RoundCard


@dataclass(frozen=True, slots=True)
class PairLine:
    """One pair of a draft, with its reasons as codes and what a sentence needs."""

    mentor: str
    mentee: str
    reasons: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class LeftOverLine:
    """Somebody a draft leaves over: what each rule removed, who came nearest, which one change helps most."""

    name: str
    role: Role
    reasons: Mapping[str, int]
    nearest: str
    nearest_codes: tuple[str, ...]
    one_change: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class ReviewPage:
    """One page of a draft: pairs, or people left over."""

    round: RoundCard
    shows_pairs: bool
    page: int
    pages: int
    pairs: tuple[PairLine, ...]
    left_over: tuple[LeftOverLine, ...]


@dataclass(frozen=True, slots=True)
class AnnouncementCard:
    """An announcement as it stands; `send_at` None means at once."""

    id: str
    version: int
    state: AnnouncementState
    audience: Audience
    title: str
    text: str
    in_the_name_of: str
    send_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnouncementFacts(Facts):
    """Facts about an announcement; the report is there for its author only."""

    announcement: AnnouncementCard
    report: Report | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConcernFacts(Facts):
    """Facts about a concern for its reader: whether it waits and is still theirs; nothing of what it says."""

    waits: bool
    is_theirs: bool


@dataclass(frozen=True, slots=True)
class ConcernCard:
    """A concern on its reader's Home."""

    id: str
    is_opened: bool
    written_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportFacts(Facts):
    """A person's own data, for a file to themselves."""

    document: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class NotNeeded:
    """The message has nothing left to say (its subject is gone, answered or withdrawn)."""

    reason: str


@dataclass(frozen=True, slots=True)
class Invitation:
    """Somebody named for a role, as coordinators see it."""

    holder_id: str
    role: NamedRole
    state: NamedRoleState
    name: str
    slack_user_id: str


@dataclass(frozen=True, slots=True)
class RoleOffer:
    """A role that the reader was named for and has not answered."""

    holder_id: str
    role: NamedRole
    named_by: str


@dataclass(frozen=True, slots=True)
class SetupDesk:
    """The set-up as a coordinator sees it.

    Attributes:
        missing: what keeps sign-up from opening.
        named: everybody who has a role or was named for one.
        home_link: leads whoever gets it to the Home of this app.
    """

    program_id: str
    state: ProgramState
    charter: Charter
    missing: tuple[Need, ...]
    channel: ChannelState
    named: tuple[Invitation, ...]
    signed_up: int
    home_link: str


@dataclass(frozen=True, slots=True)
class HomeFacts:
    """What a person's Home shows: what they can do now, their pairs, and what they look after."""

    now: datetime
    reader: Reader
    program: ProgramCard | None
    state: ParticipantState | None = None
    role: Role | None = None
    paused_until: date | None = None
    roles: tuple[NamedRole, ...] = ()
    roles_offered: tuple[NamedRole, ...] = ()
    proposals: tuple[ProposalCard, ...] = ()
    round: RoundCard | None = None
    pairs: tuple[PairHome, ...] = ()
    role_offers: tuple[RoleOffer, ...] = ()
    setup: SetupDesk | None = None  # for coordinators only
    concerns: tuple[ConcernCard, ...] = ()
