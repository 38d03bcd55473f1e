"""Rounds: a dry run, its review, the hold, and the publication in small steps that a crash cannot tear.

The computing itself happens elsewhere, in a process of its own; here a round is handed out, and its result taken in.
Nothing of a round can be sent before the round is published: its proposals are owed only from then on.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from mentoring.facts import (
    DroppedPair,
    Facts,
    LeftOverLine,
    NotNeeded,
    PairLine,
    ReviewPage,
    RoundCard,
    RoundFacts,
)
from mentoring.matching.explain import pair_reasons
from mentoring.matching.model import Inactivity, MatchingTask, ProposedPair
from mentoring.matching.rules import broken_rules, returned_topics, shared_half_hours, shared_topics
from mentoring.participants import NamedRole, NamedRoleState, Role
from mentoring.program import ProposalMode
from mentoring.proposals import ProposalState
from mentoring.rounds import (
    DropCause,
    PublishRefusal,
    RoundState,
    can_publish,
    can_run_again,
    can_stop,
    publish_at,
    round_due_at,
)
from usecases.candidates import cooldown_since, load_candidates, matching_settings
from usecases.cards import settings_of
from usecases.unit import Candidate as Line
from usecases.unit import Proposal, Round

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from mentoring.matching.model import Candidate, MatchingSettings, MatchResult, Unmatched
    from usecases.unit import Delivery, Person, Program, Storage, UnitOfWork

SOLVER_ROLE = "matching"
SOLVER_TTL = timedelta(seconds=60)

PAGE = 50
"""People read in one go; a page is short enough that presses do not wait for it."""

STEP = 50
"""Lines written in one transaction. Two hundred are allowed; fifty keep a press waiting for a few hundredths of a
second at most where one file is the database."""

REVIEW_LINES = 20


def round_series(round_id: str) -> str:
    """The series of a round's cards."""
    return f"round:{round_id}"


# ------------------------------------------------------------------ what a coordinator does


async def open_round(uow: UnitOfWork, program: Program, person: Person, now: datetime) -> Round:
    """The round that is under way, or a new one whose dry run is computed soon."""
    found = await uow.rounds.find_open(program.id)
    if found is not None:
        return found
    started = uow.rounds.add(
        Round(
            id=uow.ids.new(),
            program_id=program.id,
            number=await uow.rounds.next_number(program.id),
            state=RoundState.SOLVING,
            version=1,
            started_by=person.id,
            created_at=now,
        )
    )
    await uow.flush()
    await mark_round_changed(uow, started)
    return started


async def find_round(uow: UnitOfWork, program: Program, round_id: str) -> Round | None:
    """A round of this program, held until the unit ends; None when there is no such round in it."""
    found = await uow.rounds.find(round_id, lock=True) if round_id else None
    return found if found is not None and found.program_id == program.id else None


async def show_round(uow: UnitOfWork, round_: Round, person: Person, now: datetime) -> None:
    """Send the round's card to a coordinator; it is redrawn as long as it stands."""
    program = await uow.programs.get(round_.program_id)
    await uow.outbox.owe(
        "round.card",
        new_id=uow.ids.new(),
        workspace_id=program.workspace_id,
        program_id=program.id,
        person_id=person.id,
        recipient=f"person:{person.id}",
        series=round_series(round_.id),
        occurrence=now.isoformat(),
        refs={"round": round_.id},
        now=now,
    )


async def run_again(uow: UnitOfWork, round_: Round) -> bool:
    """Compute the dry run anew, with the people as they are now; the draft reviewed so far is void."""
    if not can_run_again(round_.state):
        return False
    round_.state = RoundState.SOLVING
    round_.version += 1
    round_.result = {}
    await mark_round_changed(uow, round_)
    return True


async def hold_round(
    uow: UnitOfWork, program: Program, round_: Round, *, reviewed_version: int, now: datetime
) -> PublishRefusal | None:
    """Publish was pressed and confirmed: the round goes out after its hold, unless somebody stops it."""
    refusal = can_publish(
        round_.state,
        version=round_.version,
        reviewed_version=reviewed_version,
        pairs=int(round_.result.get("pairs", 0)),
        is_live=program.state.is_live,
    )
    if refusal is not None:
        return refusal
    round_.state = RoundState.HELD
    round_.publish_at = publish_at(now, hold_minutes=settings_of(program).publish_hold_minutes)
    _recompute(round_)
    await mark_round_changed(uow, round_)
    return None


async def stop_round(uow: UnitOfWork, round_: Round, now: datetime) -> bool:
    """Stop a held round: nothing was sent, and the draft stands as it was."""
    if not can_stop(round_.state, publish_at=round_.publish_at, now=now):
        return False
    round_.state = RoundState.DRAFT
    round_.publish_at = None
    _recompute(round_)
    await mark_round_changed(uow, round_)
    return True


def _recompute(round_: Round) -> None:
    round_.due_at = round_due_at(round_.state, round_.publish_at, round_.created_at)


async def mark_round_changed(uow: UnitOfWork, round_: Round) -> None:
    """The cards in Slack and the coordinators' Homes no longer show the present state."""
    await uow.flush()
    await uow.outbox.mark_redraw(series=round_series(round_.id))
    for holder in await uow.role_holders.list_for_program(round_.program_id, NamedRole.COORDINATOR):
        if holder.state is NamedRoleState.ACCEPTED:
            await uow.homes.mark(holder.person_id)


# ------------------------------------------------------------------ computing


@dataclass(frozen=True, slots=True)
class Solving:
    """A round in one version, handed out to be computed."""

    round_id: str
    version: int


async def take_solving(storage: Storage, owner: str) -> Solving | None:
    """The next dry run to compute, for the one process that computes; None when there is none or another has it."""
    async with storage.read() as uow:
        found = await uow.rounds.find_solving()
        if found is None:
            return None
        solving = Solving(found.id, found.version)
    return solving if await keep_solving(storage, owner) else None


async def keep_solving(storage: Storage, owner: str) -> bool:
    """Become or remain the process that computes."""
    async with storage.write() as uow:
        epoch = await uow.leases.take(
            SOLVER_ROLE, owner, database_now=await uow.database_now(), ttl=SOLVER_TTL
        )
        return epoch is not None


async def end_solving(storage: Storage, owner: str) -> None:
    async with storage.write() as uow:
        await uow.leases.give_back(SOLVER_ROLE, owner, database_now=await uow.database_now())


async def matching_task(storage: Storage, solving: Solving, now: datetime) -> MatchingTask:
    """Everything the matching needs to know of a program's people, read page by page."""
    candidates: list[Candidate] = []
    person_of: dict[str, str] = {}
    after = ""
    while True:
        async with storage.read() as uow:
            round_ = await uow.rounds.get(solving.round_id)
            program = await uow.programs.get(round_.program_id)
            page = await uow.participants.page_with_people(program.id, after=after, limit=PAGE)
            if not page:
                return MatchingTask(
                    candidates=tuple(candidates),
                    settings=matching_settings(program),
                    forbidden=await _forbidden(uow, program, person_of, now),
                    seed=round_.number,
                )
            loaded = await load_candidates(uow, program, page, now)
        candidates += loaded.values()
        person_of |= {participant_id: candidate.id for participant_id, candidate in loaded.items()}
        after = page[-1][0].id


async def _forbidden(
    uow: UnitOfWork, program: Program, person_of: Mapping[str, str], now: datetime
) -> frozenset[tuple[str, str]]:
    """Pairs that were proposed not long ago and did not come about, for whatever cause: nobody is asked twice."""
    since = cooldown_since(settings_of(program).cooldown_months, now)
    return frozenset(
        (person_of[row.mentor_id], person_of[row.mentee_id])
        for row in await uow.proposals.list_for_program(program.id)
        if row.state is ProposalState.CLOSED
        and (row.closed_at or row.created_at) >= since
        and row.mentor_id in person_of
        and row.mentee_id in person_of
    )


async def store_result(
    storage: Storage, solving: Solving, task: MatchingTask, result: MatchResult, now: datetime
) -> bool:
    """Take a result in, line by line; the draft stands when all of it does. False if it is no longer wanted."""
    async with storage.write() as uow:
        round_ = await _still_solving(uow, solving)
        if round_ is None:
            return False
        await uow.candidates.remove_for_round(round_.id)
        people = {row.person_id: row.id for row in await uow.participants.list_for_program(round_.program_id)}
        program = await uow.programs.get(round_.program_id)
        in_turn = settings_of(program).proposal_mode is ProposalMode.IN_TURN
    lines, left_over = _lines(result, {one.id: one for one in task.candidates}, people)
    for start in range(0, len(lines), STEP):
        async with storage.write() as uow:
            if await _still_solving(uow, solving) is None:
                return False
            for position, line in enumerate(lines[start : start + STEP], start=start + 1):
                uow.candidates.add(
                    Line(id=uow.ids.new(), round_id=solving.round_id, position=position, **line)
                )
    async with storage.write() as uow:
        round_ = await _still_solving(uow, solving)
        if round_ is None:
            return False
        pairs = [line for line in lines if line["is_pair"]]
        inactive = {code.value: 0 for code in Inactivity}
        for code in result.inactive.values():
            inactive[code.value] += 1
        round_.state = RoundState.DRAFT
        round_.settings = settings_of(program).to_json()
        round_.result = {
            "pairs": len(pairs),
            "mentors": len({line["mentor_id"] for line in pairs}),
            "mentees": len({line["mentee_id"] for line in pairs}),
            "left_over": left_over,
            "paused": inactive[Inactivity.PAUSED],
            "in_turn": in_turn,
            "value": str(result.value),  # beyond the integers that every reader of JSON keeps whole
            "bound": str(result.bound),
            "proved": result.proved_optimal,
            "seed": result.seed,
            "solved_at": now.isoformat(),
        }
        _recompute(round_)
        await mark_round_changed(uow, round_)
        return True


async def store_failure(storage: Storage, solving: Solving, reason: str) -> None:
    """The computation ended without a result; the reason is kept for the coordinator and the operator."""
    async with storage.write() as uow:
        round_ = await _still_solving(uow, solving)
        if round_ is not None:
            round_.state = RoundState.FAILED
            round_.result = {"failure": reason}
            await mark_round_changed(uow, round_)


async def _still_solving(uow: UnitOfWork, solving: Solving) -> Round | None:
    round_ = await uow.rounds.get(solving.round_id, lock=True)
    wanted = round_.state is RoundState.SOLVING and round_.version == solving.version
    return round_ if wanted else None


def _lines(
    result: MatchResult, candidates: Mapping[str, Candidate], participant_of: Mapping[str, str]
) -> tuple[list[dict[str, Any]], int]:
    """The lines of a draft, pairs first, and how many people have no pair at all."""
    lines: list[dict[str, Any]] = []
    paired: set[str] = set()
    for pair in result.pairs:
        if pair.mentor_id in participant_of and pair.mentee_id in participant_of:
            paired |= {pair.mentor_id, pair.mentee_id}
            lines.append(
                {
                    "is_pair": True,
                    "mentor_id": participant_of[pair.mentor_id],
                    "mentee_id": participant_of[pair.mentee_id],
                    "score": pair.score,
                    "facts": _pair_facts(pair, candidates[pair.mentor_id], candidates[pair.mentee_id]),
                }
            )
    waiting = [row for row in result.unmatched if row.id not in paired and row.id in participant_of]
    lines += [_left_over_line(row, participant_of) for row in waiting]
    return lines, len({row.id for row in waiting})


def _pair_facts(pair: ProposedPair, mentor: Candidate, mentee: Candidate) -> dict[str, Any]:
    """What a coordinator may read of a pair, and its people of each other: never a level, a rating or a wish list."""
    return {
        "reasons": [
            {"code": reason.code, **_plain(reason.facts)} for reason in pair_reasons(pair, mentor, mentee)
        ],
        "parts": dict(pair.parts),
        "half_hours": pair.shared_half_hours,
    }


def _plain(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {name: list(value) if isinstance(value, tuple) else value for name, value in facts.items()}


def _left_over_line(row: Unmatched, participant_of: Mapping[str, str]) -> dict[str, Any]:
    facts: dict[str, Any] = {"role": row.role.value, "reasons": dict(row.reasons)}
    miss, change = row.nearest_miss, row.one_change
    if miss is not None and miss.partner_id in participant_of:
        facts["nearest_miss"] = {"partner": participant_of[miss.partner_id], "codes": list(miss.codes)}
    if change is not None:
        facts["one_change"] = {
            "code": change.code,
            "what": change.what,
            "partners": change.partners,
            "free": change.free,
        }
    side = "mentor_id" if row.role is Role.MENTOR else "mentee_id"
    return {"is_pair": False, side: participant_of[row.id], "score": 0, "facts": facts}


# ------------------------------------------------------------------ publishing


async def plan_rounds(storage: Storage, now: datetime) -> datetime | None:
    """Held rounds whose time has come are published, step by step; when to look again.

    Each step is one transaction with its own place in the draft, so that a process that dies resumes where it was.
    """
    while True:
        async with storage.write() as uow:
            due = await uow.rounds.list_due(now, 1)
            if not due:
                return await uow.rounds.next_due_at()
            await publish_step(uow, due[0], now)


async def publish_step(uow: UnitOfWork, round_: Round, now: datetime) -> None:
    """Take one step of a publication: begin it, write some of its lines, or end it."""
    if round_.state is RoundState.HELD:
        round_.state = RoundState.PUBLISHING
        round_.result = {**round_.result, "position": 0, "written": 0, "dropped": []}
        _recompute(round_)
        await mark_round_changed(uow, round_)
        return
    position = int(round_.result["position"])
    lines = await uow.candidates.list_after(round_.id, position, STEP)
    if not lines:
        round_.state = RoundState.PUBLISHED
        round_.published_at = now
        _recompute(round_)
        await mark_round_changed(uow, round_)
        return
    program = await uow.programs.get(round_.program_id)
    written, dropped = await _write_proposals(uow, program, round_, lines, now)
    waiting = [line.mentor_id or line.mentee_id for line in lines if not line.is_pair]
    await _let_wait(uow, [one for one in waiting if one is not None])
    round_.result = {
        **round_.result,
        "position": lines[-1].position,
        "written": int(round_.result["written"]) + written,
        "dropped": [*round_.result["dropped"], *dropped],
    }


async def _let_wait(uow: UnitOfWork, participant_ids: Sequence[str]) -> None:
    """They are without a partner after this round and come first in the next (P25)."""
    for participant, _ in await uow.participants.list_by_ids(sorted(set(participant_ids))):
        participant.waiting_rounds += 1


async def _write_proposals(
    uow: UnitOfWork, program: Program, round_: Round, lines: Sequence[Line], now: datetime
) -> tuple[int, list[dict[str, Any]]]:
    """Write the proposals of some lines; a pair that is no longer what was reviewed is dropped, with its cause.

    Returns:
        How many were written, and the dropped ones as they are stored.
    """
    pairs = [(line.mentor_id, line.mentee_id) for line in lines if line.mentor_id and line.mentee_id]
    ids = sorted({one for pair in pairs for one in pair})
    candidates = await load_candidates(uow, program, await uow.participants.list_by_ids(ids), now)
    settings = matching_settings(program)
    written = 0
    dropped: list[dict[str, Any]] = []
    for mentor_id, mentee_id in pairs:
        mentor, mentee = candidates[mentor_id], candidates[mentee_id]
        broken = broken_rules(mentor, mentee, settings)
        if broken:
            dropped.append(_dropped(mentor_id, mentee_id, mentor, mentee))
            active = {mentor_id: mentor, mentee_id: mentee}
            await _let_wait(uow, [one for one, candidate in active.items() if candidate.is_active])
            continue
        # Two pairs of one person may stand in the same step, where the rows written in it do not count yet.
        candidates[mentor_id] = replace(mentor, mentor_capacity=mentor.mentor_capacity - 1)
        candidates[mentee_id] = replace(mentee, mentee_capacity=mentee.mentee_capacity - 1)
        uow.proposals.add(
            Proposal(
                id=uow.ids.new(),
                program_id=program.id,
                round_id=round_.id,
                mentor_id=mentor_id,
                mentee_id=mentee_id,
                facts=proposal_facts(mentor, mentee, settings),
                state=ProposalState.WAITING,
                created_at=now,
                due_at=now,  # the planner passes over it until the round is published
            )
        )
        written += 1
    return written, dropped


def proposal_facts(mentor: Candidate, mentee: Candidate, settings: MatchingSettings) -> dict[str, Any]:
    """Why these two, as both may read it, from what they say today."""
    pair = ProposedPair(
        mentor_id=mentor.id,
        mentee_id=mentee.id,
        score=0,
        parts={},
        shared_half_hours=shared_half_hours(mentor, mentee),
        topics=shared_topics(mentor, mentee, settings),
        return_topics=returned_topics(mentor, mentee),
    )
    return {
        "topics": list(pair.topics),
        "return_topics": list(pair.return_topics),
        "goals": sorted(mentor.goals & mentee.goals),
        "interests": sorted(mentor.interests & mentee.interests),
        "half_hours": pair.shared_half_hours,
    }


_CAUSES = {
    Inactivity.LEAVING: DropCause.LEFT,
    Inactivity.NOT_OPTED_IN: DropCause.LEFT,
    Inactivity.PAUSED: DropCause.PAUSED,
    Inactivity.GUEST: DropCause.NOT_ELIGIBLE,
    Inactivity.EXTERNAL: DropCause.NOT_ELIGIBLE,
}


def _dropped(mentor_id: str, mentee_id: str, mentor: Candidate, mentee: Candidate) -> dict[str, Any]:
    causes = {
        one: _CAUSES[candidate.inactive_because].value
        for one, candidate in ((mentor_id, mentor), (mentee_id, mentee))
        if candidate.inactive_because is not None
    }
    return {"mentor": mentor_id, "mentee": mentee_id, "causes": causes}


# ------------------------------------------------------------------ what is shown


async def load_round_facts(uow: UnitOfWork, delivery: Delivery, base: Facts) -> Facts | NotNeeded:
    """A round as a coordinator sees it."""
    round_ = await uow.rounds.find(str(delivery.refs.get("round", "")))
    if round_ is None:
        return NotNeeded("no such round")
    return RoundFacts(
        delivery_id=base.delivery_id,
        kind=base.kind,
        now=base.now,
        reader=base.reader,
        program=base.program,
        refs=base.refs,
        maybe_second_copy=base.maybe_second_copy,
        round=await round_card(uow, round_),
    )


async def home_round(uow: UnitOfWork, program: Program) -> RoundCard | None:
    """The round on a coordinator's Home: the one under way, else the last one that went out."""
    round_ = await uow.rounds.find_open(program.id) or await uow.rounds.find_latest(program.id)
    return None if round_ is None else await round_card(uow, round_)


async def round_card(uow: UnitOfWork, round_: Round) -> RoundCard:
    result = round_.result
    program = await uow.programs.get(round_.program_id)
    settings = settings_of(program)
    return RoundCard(
        id=round_.id,
        number=round_.number,
        state=round_.state,
        version=round_.version,
        pairs=int(result.get("pairs", 0)),
        mentors=int(result.get("mentors", 0)),
        left_over=int(result.get("left_over", 0)),
        paused=int(result.get("paused", 0)),
        in_turn=settings.proposal_mode is ProposalMode.IN_TURN,
        hold_minutes=settings.publish_hold_minutes,
        publish_at=round_.publish_at,
        published_at=round_.published_at,
        written=int(result.get("written", 0)),
        introduced=await uow.proposals.count_introduced(round_.id) if round_.published_at is not None else 0,
        dropped=await _dropped_pairs(uow, result.get("dropped", [])),
    )


async def _dropped_pairs(uow: UnitOfWork, stored: Sequence[Mapping[str, Any]]) -> tuple[DroppedPair, ...]:
    name_of = await _names(uow, [str(one[side]) for one in stored for side in ("mentor", "mentee")])
    return tuple(
        DroppedPair(
            mentor=name_of(str(one["mentor"])),
            mentee=name_of(str(one["mentee"])),
            causes=tuple((name_of(who), DropCause(cause)) for who, cause in sorted(one["causes"].items())),
        )
        for one in stored
    )


async def review_page(uow: UnitOfWork, round_: Round, *, pairs: bool, page: int) -> ReviewPage:
    """A page of the draft: pairs with their reasons, or people left over with what stood in the way."""
    total = await uow.candidates.count(round_.id, pairs=pairs)
    pages = max((total + REVIEW_LINES - 1) // REVIEW_LINES, 1)
    page = min(max(page, 1), pages)
    lines = await uow.candidates.list_page(
        round_.id, pairs=pairs, offset=(page - 1) * REVIEW_LINES, limit=REVIEW_LINES
    )
    misses = [str(line.facts["nearest_miss"]["partner"]) for line in lines if "nearest_miss" in line.facts]
    sides = [side for line in lines for side in (line.mentor_id, line.mentee_id) if side is not None]
    name_of = await _names(uow, [*sides, *misses])
    return ReviewPage(
        round=await round_card(uow, round_),
        shows_pairs=pairs,
        page=page,
        pages=pages,
        pairs=tuple(_pair_line(line, name_of) for line in lines if line.is_pair),
        left_over=tuple(_left_over(line, name_of) for line in lines if not line.is_pair),
    )


def _pair_line(line: Line, name_of: Callable[[str], str]) -> PairLine:
    return PairLine(
        mentor=name_of(line.mentor_id or ""),
        mentee=name_of(line.mentee_id or ""),
        reasons=tuple(line.facts["reasons"]),
    )


def _left_over(line: Line, name_of: Callable[[str], str]) -> LeftOverLine:
    miss = line.facts.get("nearest_miss")
    return LeftOverLine(
        name=name_of(line.mentor_id or line.mentee_id or ""),
        role=Role(str(line.facts["role"])),
        reasons={str(code): int(count) for code, count in line.facts["reasons"].items()},
        nearest=name_of(str(miss["partner"])) if miss else "",
        nearest_codes=tuple(str(code) for code in miss["codes"]) if miss else (),
        one_change=line.facts.get("one_change"),
    )


async def _names(uow: UnitOfWork, participant_ids: Sequence[str]) -> Callable[[str], str]:
    """The names of participants; empty for somebody whose data were erased."""
    found = await uow.participants.list_by_ids(sorted(set(participant_ids)))
    names = {participant.id: person.name for participant, person in found}
    return lambda one: names.get(one, "")
