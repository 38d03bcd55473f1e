"""The image's own steps in a clean directory: an environment from the lock, only what is copied, and it works."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import sys
from pathlib import Path

import pytest

from sandbox.server import StandIn

ROOT = Path(__file__).resolve().parents[2]
KEY = "0Hn1Vb0q1kVQ0y2kq3m1b0l3v3nq8Vd0l9u3wK3yZ7E="


async def run(
    *words: object, env: dict[str, str] | None = None, cwd: Path | None = None
) -> tuple[int, str, str]:
    process = await asyncio.create_subprocess_exec(
        *map(str, words), env=env, cwd=cwd, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    out, err = await process.communicate()
    return process.returncode or 0, out.decode(), err.decode()


@pytest.mark.prove
async def test_what_the_image_gets_is_enough_and_no_more(tmp_path):
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    copied = [
        name
        for line in re.findall(r"^COPY ([^-].*) \S+$", dockerfile, re.MULTILINE)
        for name in line.split()
        if name != "requirements.lock"
    ]
    app, venv = tmp_path / "app", tmp_path / "venv"
    app.mkdir()
    for name in copied:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, app / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, app / name)
    python = venv / "bin" / "python"
    code, _, err = await run(sys.executable, "-m", "venv", venv)
    assert code == 0, err
    code, _, err = await run(
        python,
        *("-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"),
        *("-r", ROOT / "requirements.lock"),
    )
    assert code == 0, err

    async with StandIn(seed=7) as slack:
        environment = {
            **slack.environment,
            "PYTHONPATH": str(app),
            "TURNABOUT_DATABASE_URL": f"sqlite:///{tmp_path}/data/database/turnabout.db",
            "TURNABOUT_DATA_KEYS": KEY,
        }
        doctor = await run(python, "-m", "bot", "doctor", "--json", env=environment, cwd=tmp_path)
        upgrade = await run(python, "-m", "bot", "db", "upgrade", env=environment, cwd=tmp_path)
        sandbox = await run(python, "-c", "import sandbox", env=environment, cwd=tmp_path)

    assert doctor[0] == 0, doctor
    assert json.loads(doctor[1])["ok"] is True
    assert upgrade[0] == 0, upgrade
    assert sandbox[0] == 1
