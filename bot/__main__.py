"""The command line, `turnabout` or `python -m bot`. Heavy modules are loaded by the command that needs them."""

from __future__ import annotations

import asyncio
import sys
import zoneinfo
from pathlib import Path
from typing import Annotated

import typer

from bot.errors import BotError

_CHECKOUT_ONLY = frozenset({"sandbox", "bench"})

app = typer.Typer(
    name="turnabout",
    help="A Slack bot that runs a company's reverse-mentoring program.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
keys = typer.Typer(help="Keys for private text at rest.", no_args_is_help=True)
app.add_typer(keys, name="keys")
db = typer.Typer(help="Upgrade, copy and restore the database.", no_args_is_help=True)
app.add_typer(db, name="db")
outbox = typer.Typer(help="What is owed, sent, unknown, parked, dead and skipped, and why.")
app.add_typer(outbox, name="outbox")


@app.command()
def run(
    mode: Annotated[str, typer.Option(help="How Slack reaches us: socket or http.")] = "socket",
    no_send: Annotated[
        bool, typer.Option("--no-send", help="Handle interactions, never send what is owed.")
    ] = False,
) -> None:
    """Run the bot."""
    from bot.service import run_service

    asyncio.run(run_service(mode=mode, sends=not no_send))


@app.command()
def sandbox(
    people: Annotated[Path | None, typer.Option(help="A CSV file with one's own people.")] = None,
    port: Annotated[int, typer.Option(help="Where the page is served on this machine.")] = 8765,
    database: Annotated[str, typer.Option(help="Another database than the sandbox's own SQLite file.")] = "",
    fresh: Annotated[bool, typer.Option("--fresh", help="Begin anew.")] = False,
    no_open: Annotated[bool, typer.Option("--no-open", help="Do not open a browser.")] = False,
    journal: Annotated[Path | None, typer.Option(help="Write everything that passes to this file.")] = None,
) -> None:
    """Open a local workspace in the browser, with the real bot and invented people."""
    from sandbox.run import run_sandbox

    asyncio.run(
        run_sandbox(
            people=people,
            port=port,
            database=database,
            fresh=fresh,
            opens_browser=not no_open,
            journal=journal,
        )
    )


@app.command()
def bench(
    sizes: Annotated[str, typer.Option(help="People in the companies that are matched.")] = "100,1000,10000",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Measure the matching beside other ways of choosing; from a checkout, the image holds no measurements."""
    from bench.run import run_bench

    if not all(size.isdigit() and int(size) > 0 for size in sizes.split(",")):
        raise BotError(f"--sizes takes numbers of people such as 100,1000, got {sizes}")
    raise typer.Exit(run_bench([int(size) for size in sizes.split(",")], as_json=as_json))


@app.command()
def simulate(
    people: Annotated[int, typer.Option(help="How many join.")] = 40,
    weeks: Annotated[int, typer.Option(help="How long it is played, set-up included.")] = 26,
    seed: Annotated[int, typer.Option(help="The same seed gives the same run.")] = 1,
    database: Annotated[str, typer.Option(help="An empty database; a temporary one unless named.")] = "",
    faults: Annotated[float, typer.Option(help="Chance that a call or a delivery goes wrong.")] = 0.0,
    journal: Annotated[Path | None, typer.Option(help="Write everything that passes to this file.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Play a whole program at full speed in a local workspace, and count what must never happen."""
    from sandbox.simulate import run_simulation

    print(
        asyncio.run(
            run_simulation(
                people=people,
                weeks=weeks,
                seed=seed,
                database=database,
                faults=faults,
                journal=journal,
                as_json=as_json,
            )
        )
    )


@app.command()
def match(
    people: Annotated[Path, typer.Option(help="The CSV file of people.")],
    org_unchecked: Annotated[
        bool, typer.Option("--org-unchecked", help="Go on without reporting lines.")
    ] = False,
    out: Annotated[Path | None, typer.Option(help="Write the pairs to this CSV file.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """See whom a round would bring together, from a file and without Slack."""
    from bot.match import run_match

    raise typer.Exit(run_match(people, org_unchecked=org_unchecked, out=out, as_json=as_json))


@app.command()
def manifest(
    command: Annotated[str, typer.Option(help="Another slash command than /mentoring.")] = "/mentoring",
) -> None:
    """Print the app manifest to paste at Slack."""
    from bot.manifest import manifest_text

    print(manifest_text(command), end="")


@app.command()
def doctor(
    mode: Annotated[str, typer.Option(help="How Slack reaches us: socket or http.")] = "socket",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, without secrets or names.")] = False,
) -> None:
    """Check tokens, scopes, database, key, clock and queue; print the card with the set-up code."""
    from bot.doctor import run_doctor

    report, code = asyncio.run(run_doctor(mode=mode, as_json=as_json))
    print(report)
    raise typer.Exit(code)


@keys.command("new")
def keys_new() -> None:
    """Print a fresh key for TURNABOUT_DATA_KEYS."""
    from storage.vault import new_key

    print(new_key())


@db.command("upgrade")
def db_upgrade() -> None:
    """Bring the database to this release; a SQLite file is copied first."""
    from bot.backup import upgrade_database
    from bot.settings import load_settings

    print(asyncio.run(upgrade_database(load_settings(tokens=False))))


@db.command("backup")
def db_backup(
    file: Annotated[Path, typer.Argument(help="Where the copy goes; nothing is overwritten.")],
) -> None:
    """Copy the SQLite database to a file, also while the bot runs."""
    from bot.backup import back_up
    from bot.settings import load_settings

    print(back_up(load_settings(tokens=False), file))


@db.command("restore")
def db_restore(file: Annotated[Path, typer.Argument(help="A copy made by `turnabout db backup`.")]) -> None:
    """Put a copy in the database's place; it sends nothing until `turnabout db confirm`."""
    from bot.backup import restore
    from bot.settings import load_settings

    print(asyncio.run(restore(load_settings(tokens=False), file)))


@db.command("hold")
def db_hold() -> None:
    """Send nothing until `turnabout db confirm`; for databases restored with PostgreSQL's own tools."""
    from bot.backup import hold
    from bot.settings import load_settings

    print(asyncio.run(hold(load_settings(tokens=False))))


@app.command()
def health(
    ready: Annotated[
        bool, typer.Option("--ready", help="Ask whether it can do its work, not only whether it lives.")
    ] = False,
) -> None:
    """Ask the running bot on this machine whether it is well; for a container's health check."""
    from bot.probe import ask_health
    from bot.settings import load_settings

    well, said = ask_health(load_settings(tokens=False), path="/ready" if ready else "/live")
    print(said)
    raise typer.Exit(0 if well else 1)


@db.command("confirm")
def db_confirm() -> None:
    """Let a restored or held database send again."""
    from bot.backup import confirm
    from bot.settings import load_settings

    print(asyncio.run(confirm(load_settings(tokens=False))))


@outbox.callback(invoke_without_command=True)
def outbox_show(
    context: typer.Context,
    state: Annotated[str, typer.Option(help="Only this state, such as sent.")] = "",
    limit: Annotated[int, typer.Option(help="At most so many deliveries.")] = 100,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show what is due, unknown, parked, dead or skipped, and why. Ids only, no text."""
    if context.invoked_subcommand is not None:
        return
    from bot.outbox import show_outbox
    from bot.settings import load_settings

    print(asyncio.run(show_outbox(load_settings(tokens=False), state=state, limit=limit, as_json=as_json)))


@outbox.command("retry")
def outbox_retry(
    delivery: Annotated[str, typer.Argument(help="The id that `turnabout outbox` shows.")],
) -> None:
    """Send a dead, parked or skipped delivery after all."""
    from bot.outbox import retry_delivery
    from bot.settings import load_settings

    print(asyncio.run(retry_delivery(load_settings(tokens=False), delivery)))


def main() -> None:
    """Run a command; what an operator can mend is one clear line and a non-zero exit, never a traceback."""
    # Zone data is the pinned tzdata package's on every machine, so that two machines never disagree on an hour.
    zoneinfo.reset_tzpath(to=[])
    try:
        app()
    except BotError as error:
        for line in str(error).splitlines():
            print(f"turnabout: {line}", file=sys.stderr)
        raise SystemExit(1) from None
    except ModuleNotFoundError as error:
        if error.name not in _CHECKOUT_ONLY:
            raise
        print(
            f"turnabout: this command runs from a checkout; the image holds no {error.name}", file=sys.stderr
        )
        raise SystemExit(1) from None
    except KeyboardInterrupt:
        raise SystemExit(130) from None


if __name__ == "__main__":
    main()
