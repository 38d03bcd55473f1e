"""The command line, `turnabout` or `python -m bot`. Heavy modules are loaded by the command that needs them."""

from __future__ import annotations

import asyncio
import sys
import zoneinfo
from pathlib import Path
from typing import Annotated

import typer

from bot.errors import BotError

app = typer.Typer(
    name="turnabout",
    help="A Slack bot that runs a company's reverse-mentoring program.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
keys = typer.Typer(help="Keys for private text at rest.", no_args_is_help=True)
app.add_typer(keys, name="keys")


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


@keys.command("new")
def keys_new() -> None:
    """Print a fresh key for TURNABOUT_DATA_KEYS."""
    from storage.vault import new_key

    print(new_key())


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
    except KeyboardInterrupt:
        raise SystemExit(130) from None


if __name__ == "__main__":
    main()
