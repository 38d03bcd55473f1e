"""The one-time code that makes the first coordinator: computed from what only the operator has, stored nowhere."""

from __future__ import annotations

import hashlib
import hmac
from datetime import date, datetime, timedelta

# Letters and digits that no two people read differently: without I, O, 0 and 1.
_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_LENGTH = 8


def setup_code(key: str, team_id: str, day: date) -> str:
    """The code of one workspace and one day in UTC, as `ABCD-EFGH`.

    Args:
        key: the newest data key.
        team_id: Slack's id of the workspace.
        day: the day it is printed on; it is accepted on that day and the next.
    """
    digest = hmac.new(key.encode(), f"set-up {team_id} {day.isoformat()}".encode(), hashlib.sha256).digest()
    number = int.from_bytes(digest[:5], "big")
    letters = "".join(_ALPHABET[number >> 5 * place & 31] for place in range(_LENGTH))
    return f"{letters[:4]}-{letters[4:]}"


def is_setup_code(typed: str, key: str, team_id: str, now: datetime) -> bool:
    """Whether somebody typed today's or yesterday's code; dashes, blanks and case do not matter."""
    given = "".join(character for character in typed.upper() if character.isalnum()).encode()
    days = (now.date(), now.date() - timedelta(days=1))
    codes = [setup_code(key, team_id, day).replace("-", "").encode() for day in days]
    # Both are compared, so that the time taken tells nothing.
    return sum(hmac.compare_digest(given, code) for code in codes) > 0
