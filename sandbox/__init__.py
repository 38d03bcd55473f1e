"""A stand-in for Slack on this machine: tests, `turnabout simulate` and the page of `turnabout sandbox` share it.

It plays the workspace and its people over HTTP and Socket Mode, and knows nothing of the bot it talks to.
"""

from __future__ import annotations
