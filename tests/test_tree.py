"""No file of the tree names a package index or a path of somebody's machine."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
# Put together here, so that this file does not name them either.
UNWANTED = re.compile(
    "|".join(["pypi" + r"\.org", "python" + r"hosted", "/ho" + "me/\\w", "/Us" + "ers/\\w", "/wo" + "rk/"])
)
LOCKS = {"requirements.lock", "requirements-dev.lock"}


@pytest.fixture(scope="module")
def files() -> list[Path]:
    if not (ROOT / ".git").exists():
        return [path for path in ROOT.rglob("*") if path.is_file() and ".venv" not in path.parts]
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S607 - git, wherever it is
    return [ROOT / name for name in listed.stdout.splitlines() if (ROOT / name).is_file()]


def test_no_file_names_an_index_or_a_path_of_a_machine(files):
    found = {
        str(path.relative_to(ROOT))
        for path in files
        if UNWANTED.search(path.read_bytes().decode("utf-8", "ignore"))
    }

    assert found == set()


def test_locks_hold_hashes_and_no_address():
    for name in LOCKS:
        text = (ROOT / name).read_text(encoding="utf-8")
        assert "--hash=sha256:" in text
        assert "://" not in text
