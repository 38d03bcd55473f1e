"""Every table, with the privacy class of each column. Rules about the values live in `mentoring`."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, ClassVar

from sqlalchemy import CheckConstraint, Enum, ForeignKey, Index, MetaData, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped

from mentoring.announcements import AnnouncementState, Audience
from mentoring.concerns import ConcernState, TaskState
from mentoring.deliveries import Cause, DeliveryState
from mentoring.participants import NamedRole, NamedRoleState, ParticipantState, Role, Side
from mentoring.program import ProgramState
from mentoring.proposals import ProposalAnswer, ProposalState
from mentoring.rounds import RoundState
from mentoring.sessions import Met, SessionState
from mentoring.trials import EndCause, PairState, TrialAnswer
from storage.types import JsonValue, UtcDateTime, coordinator, partner, private, secret, technical

if TYPE_CHECKING:
    import enum

# pair and session are joined to their participants by id, never by ORM relationship: a use case loads what it names.
NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Base of all tables."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: UtcDateTime(),
        dict[str, Any]: JsonValue,
        list[Any]: JsonValue,
    }


def _states(kind: type[enum.StrEnum]) -> Enum:
    """A state column: the enum's words; the check that holds it is added below, named after the column."""
    return Enum(
        kind,
        native_enum=False,
        create_constraint=False,
        length=24,
        values_callable=lambda members: [member.value for member in members],
    )


def _parent(target: str, *, index: bool = True, nullable: bool = False) -> Any:
    return technical(ForeignKey(f"{target}.id"), index=index, nullable=nullable)


class Workspace(Base):
    """One Slack workspace; a process serves one, and every row belongs to one."""

    __tablename__ = "workspace"
    id: Mapped[str] = technical(primary_key=True)
    slack_team_id: Mapped[str] = technical(unique=True)
    name: Mapped[str] = coordinator(default="")
    bot_user_id: Mapped[str] = technical(default="")
    app_id: Mapped[str] = technical(default="")
    created_at: Mapped[datetime] = technical()
    members_synced_at: Mapped[datetime | None] = technical()
    sending_stopped_cause: Mapped[str | None] = technical()


class Person(Base):
    """Someone in the workspace who had to do with the bot: Slack's view of them, and when they work."""

    __tablename__ = "person"
    __table_args__ = (UniqueConstraint("workspace_id", "slack_user_id"),)
    id: Mapped[str] = technical(primary_key=True)
    workspace_id: Mapped[str] = _parent("workspace")
    slack_user_id: Mapped[str] = technical()
    name: Mapped[str] = partner(default="")
    email: Mapped[str | None] = coordinator()
    locale: Mapped[str] = technical(default="en")
    timezone: Mapped[str] = partner(default="UTC")
    country: Mapped[str | None] = private()
    subdivision: Mapped[str | None] = private()
    work_start: Mapped[str] = partner(default="09:00")
    work_end: Mapped[str] = partner(default="17:00")
    work_days: Mapped[str] = partner(default="01234")
    away_from: Mapped[date | None] = partner()
    away_until: Mapped[date | None] = partner()
    is_deactivated: Mapped[bool] = technical(default=False)
    is_bot: Mapped[bool] = technical(default=False)
    is_guest: Mapped[bool] = technical(default=False)
    is_external: Mapped[bool] = technical(default=False)
    fewer: Mapped[bool] = private(default=False)
    created_at: Mapped[datetime] = technical()
    synced_at: Mapped[datetime | None] = technical()
    erased_at: Mapped[datetime | None] = technical()


class Program(Base):
    """One mentoring program, its settings and its charter."""

    __tablename__ = "program"
    id: Mapped[str] = technical(primary_key=True)
    workspace_id: Mapped[str] = _parent("workspace")
    name: Mapped[str] = partner(default="")
    state: Mapped[ProgramState] = technical(_states(ProgramState), default=ProgramState.DRAFT)
    goal: Mapped[str] = partner(default="")
    charter: Mapped[dict[str, Any]] = coordinator(default=dict)
    settings: Mapped[dict[str, Any]] = coordinator(default=dict)
    departments: Mapped[list[Any]] = coordinator(default=list)
    hidden_topics: Mapped[list[Any]] = coordinator(default=list)
    channel_id: Mapped[str | None] = technical()
    channel_checked_at: Mapped[datetime | None] = technical()
    timezone: Mapped[str] = technical(default="UTC")
    signup_closes_on: Mapped[date | None] = partner()
    starts_on: Mapped[date | None] = partner()
    created_at: Mapped[datetime] = technical()
    due_at: Mapped[datetime | None] = technical(index=True)


class RoleHolder(Base):
    """A person named for a role of the program; written to only after accepting."""

    __tablename__ = "role_holder"
    __table_args__ = (UniqueConstraint("program_id", "person_id", "role"),)
    id: Mapped[str] = technical(primary_key=True)
    program_id: Mapped[str] = _parent("program")
    person_id: Mapped[str] = _parent("person")
    role: Mapped[NamedRole] = coordinator(_states(NamedRole))
    state: Mapped[NamedRoleState] = coordinator(_states(NamedRoleState))
    named_by: Mapped[str | None] = technical()
    changed_at: Mapped[datetime] = technical()


class Participant(Base):
    """A person's part in one program."""

    __tablename__ = "participant"
    __table_args__ = (UniqueConstraint("program_id", "person_id"),)
    id: Mapped[str] = technical(primary_key=True)
    program_id: Mapped[str] = _parent("program")
    person_id: Mapped[str] = _parent("person")
    state: Mapped[ParticipantState] = coordinator(_states(ParticipantState))
    level: Mapped[int] = coordinator()
    department: Mapped[str] = partner(default="")
    site: Mapped[str] = partner(default="")
    manager_person_id: Mapped[str | None] = coordinator()
    chain_known: Mapped[bool] = coordinator(default=False)
    mentor_capacity: Mapped[int] = coordinator(default=0)
    mentee_capacity: Mapped[int] = coordinator(default=0)
    languages: Mapped[list[Any]] = partner(default=lambda: ["en"])
    goals: Mapped[list[Any]] = partner(default=list)
    interests: Mapped[list[Any]] = partner(default=list)
    work_style: Mapped[int | None] = private()
    hours_a_month: Mapped[int | None] = coordinator()
    booking_link: Mapped[str] = partner(default="")
    booker: Mapped[str] = partner(default="")
    off_limits_sealed: Mapped[str | None] = secret()
    do_not_pair_sealed: Mapped[str | None] = secret()
    paused_until: Mapped[date | None] = coordinator()
    consented_at: Mapped[datetime] = technical()
    joined_at: Mapped[datetime] = coordinator()
    left_at: Mapped[datetime | None] = coordinator()
    waiting_rounds: Mapped[int] = technical(default=0)
    last_active_at: Mapped[datetime | None] = technical()
    due_at: Mapped[datetime | None] = technical(index=True)


class Skill(Base):
    """A participant's self-rating on a topic, as shared or wanted."""

    __tablename__ = "skill"
    __table_args__ = (UniqueConstraint("participant_id", "side", "topic_id"),)
    id: Mapped[str] = technical(primary_key=True)
    participant_id: Mapped[str] = _parent("participant")
    side: Mapped[Side] = partner(_states(Side))
    topic_id: Mapped[str] = partner()
    rating: Mapped[int] = private()
    position: Mapped[int] = technical(default=0)


class Draft(Base):
    """What somebody typed or chose in a form they have not sent; sealed, theirs alone, dropped when sent."""

    __tablename__ = "draft"
    __table_args__ = (UniqueConstraint("person_id", "form"),)
    id: Mapped[str] = technical(primary_key=True)
    person_id: Mapped[str] = _parent("person")
    form: Mapped[str] = technical()
    sealed: Mapped[str] = secret()
    updated_at: Mapped[datetime] = technical()


class Round(Base):
    """One run of the matching."""

    __tablename__ = "round"
    __table_args__ = (UniqueConstraint("program_id", "number"),)
    id: Mapped[str] = technical(primary_key=True)
    program_id: Mapped[str] = _parent("program")
    number: Mapped[int] = coordinator()
    state: Mapped[RoundState] = coordinator(_states(RoundState))
    version: Mapped[int] = technical(default=1)
    settings: Mapped[dict[str, Any]] = coordinator(default=dict)
    result: Mapped[dict[str, Any]] = coordinator(default=dict)
    started_by: Mapped[str] = technical()
    created_at: Mapped[datetime] = technical()
    publish_at: Mapped[datetime | None] = technical()
    published_at: Mapped[datetime | None] = technical()
    due_at: Mapped[datetime | None] = technical(index=True)


class Candidate(Base):
    """A line of a round's draft: a pair it proposes, or a person it leaves over with the reasons."""

    __tablename__ = "candidate"
    id: Mapped[str] = technical(primary_key=True)
    round_id: Mapped[str] = _parent("round")
    mentor_id: Mapped[str | None] = coordinator(ForeignKey("participant.id"))
    mentee_id: Mapped[str | None] = coordinator(ForeignKey("participant.id"))
    is_pair: Mapped[bool] = technical()
    score: Mapped[int] = coordinator(default=0)
    facts: Mapped[dict[str, Any]] = coordinator(default=dict)
    position: Mapped[int] = technical(default=0)


class Proposal(Base):
    """A possible pair that was published, and the two answers."""

    __tablename__ = "proposal"
    __table_args__ = (UniqueConstraint("round_id", "mentor_id", "mentee_id"),)
    id: Mapped[str] = technical(primary_key=True)
    program_id: Mapped[str] = _parent("program")
    round_id: Mapped[str | None] = _parent("round", nullable=True)
    mentor_id: Mapped[str] = _parent("participant")
    mentee_id: Mapped[str] = _parent("participant")
    facts: Mapped[dict[str, Any]] = partner(default=dict)
    state: Mapped[ProposalState] = technical(_states(ProposalState))
    mentor_answer: Mapped[ProposalAnswer | None] = secret(_states(ProposalAnswer))
    mentor_answered_at: Mapped[datetime | None] = secret()
    mentor_asked_at: Mapped[datetime | None] = technical()
    mentor_answer_by: Mapped[datetime | None] = technical()
    mentee_answer: Mapped[ProposalAnswer | None] = secret(_states(ProposalAnswer))
    mentee_answered_at: Mapped[datetime | None] = secret()
    mentee_asked_at: Mapped[datetime | None] = technical()
    mentee_answer_by: Mapped[datetime | None] = technical()
    created_at: Mapped[datetime] = technical()
    closed_at: Mapped[datetime | None] = technical()
    due_at: Mapped[datetime | None] = technical(index=True)


class Pair(Base):
    """Two participants who said yes to each other."""

    __tablename__ = "pair"
    id: Mapped[str] = technical(primary_key=True)
    program_id: Mapped[str] = _parent("program")
    proposal_id: Mapped[str | None] = technical(ForeignKey("proposal.id"), unique=True)
    mentor_id: Mapped[str] = _parent("participant")
    mentee_id: Mapped[str] = _parent("participant")
    facts: Mapped[dict[str, Any]] = partner(default=dict)
    state: Mapped[PairState] = technical(_states(PairState))
    mentor_trial: Mapped[TrialAnswer | None] = secret(_states(TrialAnswer))
    mentee_trial: Mapped[TrialAnswer | None] = secret(_states(TrialAnswer))
    trial_asked_at: Mapped[datetime | None] = technical()
    introduced_at: Mapped[datetime] = technical()
    active_at: Mapped[datetime] = technical()
    agreed_at: Mapped[datetime | None] = partner()
    ends_on: Mapped[date | None] = partner()
    end_cause: Mapped[EndCause | None] = secret(_states(EndCause))
    end_asked_by: Mapped[str | None] = secret()
    ended_at: Mapped[datetime | None] = partner()
    due_at: Mapped[datetime | None] = technical(index=True)


class Session(Base):
    """One meeting of a pair; number 0 is the first chat."""

    __tablename__ = "session"
    __table_args__ = (UniqueConstraint("pair_id", "number"),)
    id: Mapped[str] = technical(primary_key=True)
    pair_id: Mapped[str] = _parent("pair")
    number: Mapped[int] = partner()
    state: Mapped[SessionState] = partner(_states(SessionState))
    minutes: Mapped[int] = partner()
    window_from: Mapped[datetime] = partner()
    window_until: Mapped[datetime] = partner()
    suggested_at: Mapped[datetime | None] = partner()
    suggested_by: Mapped[Role | None] = partner(_states(Role))
    starts_at: Mapped[datetime | None] = partner()
    confirmed_at: Mapped[datetime | None] = technical()
    moves: Mapped[int] = partner(default=0)
    cancelled_by: Mapped[Role | None] = partner(_states(Role))
    calendar_sequence: Mapped[int] = technical(default=0)
    created_at: Mapped[datetime] = technical()
    due_at: Mapped[datetime | None] = technical(index=True)


class CheckIn(Base):
    """One side's private answer about one session."""

    __tablename__ = "check_in"
    __table_args__ = (UniqueConstraint("session_id", "participant_id"),)
    id: Mapped[str] = technical(primary_key=True)
    session_id: Mapped[str] = _parent("session")
    participant_id: Mapped[str] = _parent("participant")
    asked_at: Mapped[datetime] = technical()
    met: Mapped[Met | None] = private(_states(Met))
    usefulness: Mapped[int | None] = private()
    wants_help: Mapped[bool] = coordinator(default=False)
    answered_at: Mapped[datetime | None] = technical()
    editable_until: Mapped[datetime] = technical()


class Feedback(Base):
    """What one side wrote about one session; sealed, read by whom the writer chose."""

    __tablename__ = "feedback"
    __table_args__ = (UniqueConstraint("session_id", "participant_id"),)
    id: Mapped[str] = technical(primary_key=True)
    session_id: Mapped[str] = _parent("session")
    participant_id: Mapped[str] = _parent("participant")
    learned_sealed: Mapped[str | None] = private()
    taught_sealed: Mapped[str | None] = private()
    tried_sealed: Mapped[str | None] = private()
    readers: Mapped[str] = private(default="nobody")
    written_at: Mapped[datetime] = technical()


class Rating(Base):
    """A self-rating on a topic at one moment of a pair's life."""

    __tablename__ = "rating"
    __table_args__ = (UniqueConstraint("participant_id", "pair_id", "topic_id", "moment"),)
    id: Mapped[str] = technical(primary_key=True)
    participant_id: Mapped[str] = _parent("participant")
    pair_id: Mapped[str] = _parent("pair")
    topic_id: Mapped[str] = private()
    moment: Mapped[str] = technical()
    value: Mapped[int] = private()
    rated_at: Mapped[datetime] = technical()


class Announcement(Base):
    """A program-wide announcement and where it stands."""

    __tablename__ = "announcement"
    id: Mapped[str] = technical(primary_key=True)
    program_id: Mapped[str] = _parent("program")
    author_id: Mapped[str] = _parent("person")
    title: Mapped[str] = partner(default="")
    body: Mapped[str] = partner(default="")
    in_the_name_of: Mapped[str] = partner(default="")
    audience: Mapped[Audience] = coordinator(_states(Audience))
    with_join_button: Mapped[bool] = coordinator(default=True)
    state: Mapped[AnnouncementState] = coordinator(_states(AnnouncementState))
    version: Mapped[int] = technical(default=1)
    previewed_version: Mapped[int | None] = technical()
    send_at: Mapped[datetime | None] = coordinator()
    created_at: Mapped[datetime] = technical()
    due_at: Mapped[datetime | None] = technical(index=True)


class Task(Base):
    """Something a coordinator has to look at, with a due date and an outcome."""

    __tablename__ = "task"
    __table_args__ = (UniqueConstraint("program_id", "kind", "subject"),)
    id: Mapped[str] = technical(primary_key=True)
    program_id: Mapped[str] = _parent("program")
    kind: Mapped[str] = coordinator()
    subject: Mapped[str] = coordinator()
    participant_id: Mapped[str | None] = coordinator(ForeignKey("participant.id"))
    state: Mapped[TaskState] = coordinator(_states(TaskState))
    due_on: Mapped[date] = coordinator()
    outcome: Mapped[str] = coordinator(default="")
    created_at: Mapped[datetime] = technical()
    closed_at: Mapped[datetime | None] = technical()


class Concern(Base):
    """A private word to the concern contact or the deputy."""

    __tablename__ = "concern"
    id: Mapped[str] = technical(primary_key=True)
    program_id: Mapped[str] = _parent("program")
    writer_id: Mapped[str] = secret(ForeignKey("person.id"), index=True)
    reader_id: Mapped[str] = secret(ForeignKey("person.id"), index=True)
    text_sealed: Mapped[str] = secret()
    state: Mapped[ConcernState] = secret(_states(ConcernState))
    written_at: Mapped[datetime] = secret()
    opened_at: Mapped[datetime | None] = secret()
    due_at: Mapped[datetime | None] = technical(index=True)


class Conversation(Base):
    """Where a recipient (`person:…`, `pair:…`, `channel:…`) is reached in Slack, once known."""

    __tablename__ = "conversation"
    recipient: Mapped[str] = technical(primary_key=True)
    workspace_id: Mapped[str] = _parent("workspace")
    slack_channel_id: Mapped[str] = technical()
    opened_at: Mapped[datetime] = technical()


class Delivery(Base):
    """One message owed to one conversation. It holds references, not text: text is rendered when it is sent."""

    __tablename__ = "delivery"
    __table_args__ = (
        UniqueConstraint("series", "recipient", "occurrence"),
        Index("ix_delivery_queue", "state", "lane", "not_before", "id"),
        Index("ix_delivery_budget", "person_id", "sent_at"),
        Index("ix_delivery_kind", "kind", "state"),
    )
    id: Mapped[str] = technical(primary_key=True)
    workspace_id: Mapped[str] = _parent("workspace", index=False)
    program_id: Mapped[str | None] = technical(ForeignKey("program.id"))
    kind: Mapped[str] = technical()
    kind_version: Mapped[int] = technical(default=1)
    series: Mapped[str] = technical()
    occurrence: Mapped[str] = technical(default="")
    recipient: Mapped[str] = technical()
    person_id: Mapped[str | None] = technical(ForeignKey("person.id"))
    refs: Mapped[dict[str, Any]] = technical(default=dict)
    state: Mapped[DeliveryState] = technical(_states(DeliveryState))
    lane: Mapped[int] = technical()
    not_before: Mapped[datetime] = technical()
    expires_at: Mapped[datetime | None] = technical()
    owner: Mapped[str | None] = technical()
    lease_until: Mapped[datetime | None] = technical(index=True)
    fence: Mapped[int] = technical(default=0)
    attempts: Mapped[int] = technical(default=0)
    render_failures: Mapped[int] = technical(default=0)
    copies: Mapped[int] = technical(default=0)
    sending_at: Mapped[datetime | None] = technical()
    request_hash: Mapped[str | None] = technical()
    cause: Mapped[Cause | None] = technical(_states(Cause))
    reason: Mapped[str] = technical(default="")
    unknown_since: Mapped[datetime | None] = technical()
    slack_channel_id: Mapped[str | None] = technical()
    slack_ts: Mapped[str | None] = technical()
    sent_at: Mapped[datetime | None] = technical()
    budgeted: Mapped[bool] = technical(default=False)
    redraw: Mapped[bool] = technical(default=False, index=True)
    created_at: Mapped[datetime] = technical()


class HomeView(Base):
    """A person's Home that no longer shows the present state; last state wins, published freely.

    `slack_user_id` is kept only for somebody just erased, until their Home shows a stranger's.
    """

    __tablename__ = "home_view"
    person_id: Mapped[str] = technical(ForeignKey("person.id"), primary_key=True)
    dirty: Mapped[bool] = technical(default=True, index=True)
    not_before: Mapped[datetime | None] = technical()
    published_at: Mapped[datetime | None] = technical()
    slack_user_id: Mapped[str | None] = technical()


class Handled(Base):
    """A press that was dealt with, and the answer that was given: the same press again gets the same answer."""

    __tablename__ = "handled"
    key: Mapped[str] = technical(primary_key=True)
    answer: Mapped[dict[str, Any]] = technical(default=dict)
    handled_at: Mapped[datetime] = technical(index=True)


class Lease(Base):
    """Who may do a thing alone, until when (on the database's clock), and since which epoch."""

    __tablename__ = "lease"
    name: Mapped[str] = technical(primary_key=True)
    holder: Mapped[str] = technical()
    until: Mapped[datetime] = technical()
    epoch: Mapped[int] = technical(default=0)


class Pace(Base):
    """How fast a Slack method may be called, and until when it is blocked, so that a new sender honours it."""

    __tablename__ = "pace"
    method: Mapped[str] = technical(primary_key=True)
    blocked_until: Mapped[datetime | None] = technical()
    per_second: Mapped[float] = technical()
    changed_at: Mapped[datetime] = technical()


class Heartbeat(Base):
    """When a tick last finished a turn, for readiness and the operator."""

    __tablename__ = "heartbeat"
    tick: Mapped[str] = technical(primary_key=True)
    beat_at: Mapped[datetime] = technical()
    outcome: Mapped[str] = technical(default="")


class Audit(Base):
    """Who granted, overrode, published or erased what; never private text."""

    __tablename__ = "audit"
    id: Mapped[str] = technical(primary_key=True)
    workspace_id: Mapped[str] = _parent("workspace")
    program_id: Mapped[str | None] = technical()
    actor_id: Mapped[str | None] = coordinator()
    act: Mapped[str] = coordinator()
    subject: Mapped[str] = coordinator(default="")
    reason: Mapped[str] = coordinator(default="")
    at: Mapped[datetime] = coordinator()


def _hold_states() -> None:
    """Give every state column its check constraint; the library's own would be named alike for two columns."""
    for table in Base.metadata.tables.values():
        for found in table.columns:
            if isinstance(found.type, Enum):
                words = ", ".join(f"'{word}'" for word in found.type.enums)
                table.append_constraint(CheckConstraint(f"{found.name} IN ({words})", name=found.name))


_hold_states()
