"""${message}"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import storage.types

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = ${repr(branch_labels)}
depends_on = ${repr(depends_on)}


def upgrade() -> None:  # noqa: PLR0915 - one statement a table
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:  # noqa: PLR0915 - one statement a table
    ${downgrades if downgrades else "pass"}
