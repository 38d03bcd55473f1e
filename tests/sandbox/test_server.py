"""The official libraries, unchanged, against the stand-in: command, modal, button, Home, over a real socket."""

from __future__ import annotations

from tests.sandbox.kit import actions, button, goal_modal, home, section


async def test_bolt_app_over_socket_mode_plays_command_modal_button_and_home(app, slack):
    @app.command("/mentoring")
    async def on_command(ack, body, client):
        await client.views_open(trigger_id=body["trigger_id"], view=goal_modal())
        await ack()

    @app.view("join")
    async def on_submit(ack, body, client):
        goal = body["view"]["state"]["values"]["goal"]["goal"]["value"]
        await client.chat_postMessage(
            channel=body["user"]["id"],
            text=f"Your goal: {goal}",
            blocks=[section(f"Your goal: *{goal}*"), actions(button("Keep it", "keep.v1", value="1"))],
        )
        await ack()

    @app.action("keep.v1")
    async def on_keep(ack, body, client):
        channel, ts = body["channel"]["id"], body["message"]["ts"]
        await client.chat_update(channel=channel, ts=ts, text="Kept.", blocks=[section("Kept.")])
        await ack()

    @app.event("app_home_opened")
    async def on_home(event, client):
        await client.views_publish(user_id=event["user"], view=home(section("Welcome")))

    ada = slack.person("ada")
    await ada.types("/mentoring join")
    assert ada.modal.title == "Join"
    await ada.writes("Goal", "short video")
    await ada.submits()
    assert ada.modal is None
    ada.sees("Your goal: short video")
    await ada.presses("Keep it")
    ada.sees("Kept.")
    ada.sees_not("Your goal")
    await ada.opens_home()
    ada.sees("Welcome", within="home")
    assert (ada.taps, ada.screens) == (2, 1)
