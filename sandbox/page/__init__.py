"""The browser page of the sandbox: several people's Slack side by side, drawn by the server.

`Page(stand_in, advance=..., due=...)` and `page.add_to(stand_in.app)` are all the composition root needs.
"""

from __future__ import annotations

from sandbox.page.routes import Page, Temperaments
from sandbox.page.screen import Due

__all__ = ["Due", "Page", "Temperaments"]
