"""What an agreement fixes: the windows of the sessions and the day on which a pair is complete."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from mentoring.calendar import Window, add_working_days
from mentoring.trials import months_after

if TYPE_CHECKING:
    from datetime import date

    from mentoring.calendar import WorkingTime
    from mentoring.program import ProgramSettings


def agreed_end(agreed_on: date, closing_months: int, works: WorkingTime) -> date:
    """The day on which a pair is complete: so many months after it agreed, or the next working day after that."""
    return add_working_days(works, months_after(agreed_on, closing_months) - timedelta(days=1), 1)


def session_windows(agreed_at: datetime, settings: ProgramSettings) -> tuple[Window, ...]:
    """The window of each agreed session: one after the other from the agreement on, without a gap."""
    length = timedelta(weeks=settings.session_every_weeks)
    return tuple(
        Window(agreed_at + number * length, agreed_at + (number + 1) * length)
        for number in range(settings.session_count)
    )
