"""The operator's settings, read once at start from the environment or `.env`; all faults are named together."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from bot.errors import SettingsFaultyError

if TYPE_CHECKING:
    from collections.abc import Mapping

SLACK_API_URL = "https://slack.com/api/"
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}


class Settings(BaseSettings):
    """Everything an operator can set. Program settings live in the database and are edited in Slack."""

    model_config = SettingsConfigDict(frozen=True, env_file=".env", extra="ignore", populate_by_name=True)

    bot_token: str = Field(
        alias="SLACK_BOT_TOKEN", description="Bot token of the Slack app; begins with xoxb-."
    )
    app_token: str = Field(
        default="",
        alias="SLACK_APP_TOKEN",
        description="App-level token with connections:write, for Socket Mode; begins with xapp-.",
    )
    signing_secret: str = Field(
        default="", alias="SLACK_SIGNING_SECRET", description="Signing secret, needed in HTTP mode only."
    )
    api_url: str = Field(
        default=SLACK_API_URL,
        alias="SLACK_API_URL",
        description="Slack's Web API; another host only as https, or http on this machine.",
    )
    database_url: str = Field(
        default="sqlite:///data/turnabout.db",
        alias="TURNABOUT_DATABASE_URL",
        description="sqlite:///file or postgresql://user:password@host/name.",
    )
    data_keys: str = Field(
        default="",
        alias="TURNABOUT_DATA_KEYS",
        description="Keys for private text at rest, newest first, separated by commas; made on first start on SQLite.",
    )
    http: str = Field(
        default="127.0.0.1:8080",
        alias="TURNABOUT_HTTP",
        description="Address of health and metrics, and of Slack's requests in HTTP mode.",
    )
    log: str = Field(
        default="info json",
        alias="TURNABOUT_LOG",
        description="Level (debug to error), then json or console.",
    )
    command: str = Field(
        default="/mentoring", alias="TURNABOUT_COMMAND", description="The slash command, as in the manifest."
    )
    proxy: str = Field(default="", alias="TURNABOUT_PROXY", description="Proxy for all outbound connections.")

    @field_validator("bot_token")
    @classmethod
    def _bot_token_kind(cls, value: str) -> str:
        if value.startswith("xapp-"):
            raise ValueError(
                "this is an app-level token (xapp-); the two tokens are swapped: it belongs into SLACK_APP_TOKEN"
            )
        if not value.startswith("xoxb-"):
            raise ValueError(
                "a bot token begins with xoxb-; copy it from OAuth & Permissions of the Slack app"
            )
        return value

    @field_validator("app_token")
    @classmethod
    def _app_token_kind(cls, value: str) -> str:
        if value.startswith("xoxb-"):
            raise ValueError(
                "this is a bot token (xoxb-); the two tokens are swapped: it belongs into SLACK_BOT_TOKEN"
            )
        if value and not value.startswith("xapp-"):
            raise ValueError(
                "an app-level token begins with xapp-; make one under Basic Information of the Slack app"
            )
        return value

    @field_validator("api_url")
    @classmethod
    def _api_url_is_safe(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
            raise ValueError(
                f"must be https, or http on this machine; tokens would travel in the clear to {value}"
            )
        return value.rstrip("/") + "/"

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str) -> str:
        if not value.startswith(("sqlite:///", "postgresql://", "postgres://")):
            raise ValueError("must begin with sqlite:/// or postgresql://")
        return value

    @field_validator("http")
    @classmethod
    def _address(cls, value: str) -> str:
        host, _, port = value.rpartition(":")
        if not host or not port.isdigit() or not 0 <= int(port) <= 65535:
            raise ValueError(f"must be host:port such as 127.0.0.1:8080, got {value}")
        return value

    @field_validator("log")
    @classmethod
    def _log_words(cls, value: str) -> str:
        words = value.lower().split()
        levels, forms = {"debug", "info", "warning", "error"}, {"json", "console"}
        if not words or any(word not in levels | forms for word in words):
            raise ValueError(
                f"must be a level (debug, info, warning, error) and json or console, got {value}"
            )
        return " ".join(words)

    @field_validator("command")
    @classmethod
    def _command_word(cls, value: str) -> str:
        if not value.startswith("/") or not 2 <= len(value) <= 32 or " " in value:
            raise ValueError(f"must be one word of 2 to 32 characters that begins with /, got {value}")
        return value

    @model_validator(mode="after")
    def _keys_where_needed(self) -> Settings:
        if not self.data_keys and not self.database_url.startswith("sqlite"):
            raise ValueError(
                "TURNABOUT_DATA_KEYS: on PostgreSQL the keys for private text must be given; "
                "`turnabout keys new` prints one"
            )
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 - pydantic's signature
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - pydantic's signature
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, dotenv_settings

    @property
    def health_host(self) -> str:
        return self.http.rpartition(":")[0]

    @property
    def health_port(self) -> int:
        return int(self.http.rpartition(":")[2])


def load_settings(given: Mapping[str, Any] | None = None, *, mode: str = "", tokens: bool = True) -> Settings:
    """Read the settings; any value may come from a file named by `NAME_FILE`.

    Args:
        given: values that come before the environment.
        mode: `socket` or `http`: what Slack needs to reach us that way has to be there.
        tokens: False for commands that only touch the database; Slack's tokens are not looked at then.

    Raises:
        SettingsFaultyError: naming every fault at once.
    """
    values: dict[str, Any] = dict(given or {})
    if not tokens:
        values |= {"SLACK_BOT_TOKEN": "xoxb-not-used", "SLACK_APP_TOKEN": ""}
    faults, written = _check_env_file(Path(".env"))
    for field in Settings.model_fields.values():
        name = field.alias or ""
        path = os.environ.get(f"{name}_FILE")
        if path and name not in values:
            try:
                values[name] = Path(path).read_text(encoding="utf-8").strip()
            except (OSError, UnicodeDecodeError) as error:
                faults.append(f"{name}_FILE: cannot read {path}: {error}")
    needed = _NEEDED.get(mode, ())
    if mode and not needed:
        faults.append(f"--mode must be socket or http, got {mode}")
    faults += [
        f"{name}: is not set, and mode {mode} needs it; {fix}"
        for name, fix in needed
        if not (values.get(name) or os.environ.get(name) or name in written)
    ]
    try:
        settings = Settings(**values)
    except ValidationError as error:
        faults += [_in_words(detail) for detail in error.errors()]
    except (OSError, UnicodeDecodeError) as error:
        faults.append(f".env cannot be read: {error}")
    if faults:
        raise SettingsFaultyError(dict.fromkeys(faults))
    return settings


_NEEDED = {
    "socket": (
        (
            "SLACK_APP_TOKEN",
            "make an app-level token with connections:write under Basic Information of the Slack app",
        ),
    ),
    "http": (("SLACK_SIGNING_SECRET", "copy it from Basic Information of the Slack app"),),
}


def _check_env_file(path: Path) -> tuple[list[str], set[str]]:
    """What is wrong with the lines of `.env`, and the names that it sets; the library would pass over bad lines."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    except (OSError, UnicodeDecodeError):
        return [], set()  # the settings name it
    faults, names = [], set()
    for number, line in enumerate(lines, start=1):
        stripped = line.strip()
        if not stripped or stripped.startswith("#"):
            continue
        found = re.fullmatch(r"(?:export\s+)?([A-Za-z_]\w*)\s*=\s*(.*)", stripped)
        if found is None:
            faults.append(f".env line {number}: is not NAME=value")
            continue
        name, value = found.groups()
        if value[:1] in {"'", '"'} and value.count(value[0]) < 2:
            faults.append(f".env line {number}: {name} has an opening quote and no closing one")
        if value:
            names.add(name)
    return faults, names


def _in_words(detail: Any) -> str:
    name = ".".join(str(part) for part in detail["loc"])
    message = str(detail["msg"]).removeprefix("Value error, ")
    if detail["type"] == "missing":
        message = "is not set; put it into the environment or into .env"
    return f"{name}: {message}" if name else message


def settings_table() -> str:
    """The settings as the README shows them, one row each."""
    rows = ["| setting | default | what it is |", "| --- | --- | --- |"]
    for field in Settings.model_fields.values():
        default = "none" if field.is_required() or field.default == "" else f"`{field.default}`"
        rows.append(f"| `{field.alias}` | {default} | {field.description} |")
    return "\n".join(rows)
