"""Messages to people: Slack, Discord, Teams, Telegram, ntfy. None of them can tell a message that came twice."""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any

from pydantic import Field

from blocks.base import Block, BlockError, Effect, Example, Pins, PinValue
from blocks.credentials import CredentialType, Reference, Secret, credentials_pin, secret_of
from blocks.library.http_calls import json_body, json_of, require_good, require_host
from blocks.ports import Ports
from blocks.registry import register

_REFERENCE = {"id": "7d1c0b5e-5a0e-4d0b-9d0e-0d8f6c1d2a3b"}


def _secret(provider: str, key: str, host: str) -> Secret:
    """What a credential of the examples stands for."""
    return Secret(provider, CredentialType.API_KEY, (host,), {"api_key": key})


def _post(
    url: str, value: Mapping[str, Any], ports: Ports, credential: Secret | None = None
) -> Any:
    """Send JSON; the answer."""
    headers = {"Content-Type": "application/json; charset=utf-8"}
    return ports.http.request(
        "POST", url, headers=headers, content=json_body(value), credential=credential
    )


class Chat(StrEnum):
    """Whose incoming webhook it is."""

    SLACK = "slack"
    DISCORD = "discord"
    TEAMS = "teams"


@register
class SendChatWebhook(Block["SendChatWebhook.Input"]):
    id = "send_chat_webhook_block"
    name = "Send to chat webhook"
    description = (
        "Posts a message to a channel of Slack, Discord or Teams through its incoming webhook."
    )
    category = "communication"
    icon = "message"
    effect = Effect.AT_MOST_ONCE

    class Input(Pins):
        service: Chat = Field(description="Whose webhook it is.")
        text: str = Field(min_length=1, max_length=20_000, description="The message.")
        credentials: Reference = credentials_pin(
            "slack_webhook",
            "discord_webhook",
            "teams_webhook",
            description="The address of the webhook, kept as a key: who knows it can post.",
            discriminator="service",
            mapping={each.value: f"{each.value}_webhook" for each in Chat},
        )

    class Output(Pins):
        status: str = Field(description="That the message was taken.")

    examples = (
        Example(
            given={"service": "slack", "text": "Tea is ready", "credentials": _REFERENCE},
            secret=_secret(
                "slack_webhook", "https://hooks.slack.com/services/x", "hooks.slack.com"
            ),
            answers=[{"status": 200, "body": "ok"}],
            yields=[("status", "sent")],
        ),
        Example(
            given={"service": "discord", "text": "Tea is ready", "credentials": _REFERENCE},
            secret=_secret(
                "discord_webhook", "https://discord.com/api/webhooks/1/x", "discord.com"
            ),
            answers=[{"status": 404, "body": "Unknown Webhook"}],
            error="answered 404",
        ),
        Example(
            given={"service": "teams", "text": "Tea is ready", "credentials": _REFERENCE},
            secret=_secret("teams_webhook", "https://evil.example/x", "*.logic.azure.com"),
            error="may not be used for",
        ),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        secret = ports.credentials.read(data.credentials)
        url = secret.values["api_key"]
        require_host(secret, url)
        require_good(
            _post(url, _message(data.service, data.text), ports), data.service.capitalize()
        )
        yield "status", "sent"


def _message(service: Chat, text: str) -> dict[str, Any]:
    match service:
        case Chat.SLACK:
            return {"text": text}
        case Chat.DISCORD:
            if len(text) > 2_000:
                raise BlockError("A message on Discord may have 2,000 characters", code="too_large")
            return {"content": text, "allowed_mentions": {"parse": []}}
        case Chat.TEAMS:
            card = {
                "type": "AdaptiveCard",
                "version": "1.4",
                "body": [{"type": "TextBlock", "text": text, "wrap": True}],
            }
            content_type = "application/vnd.microsoft.card.adaptive"
            return {
                "type": "message",
                "attachments": [{"contentType": content_type, "content": card}],
            }


@register
class SendSlackMessage(Block["SendSlackMessage.Input"]):
    id = "send_slack_message_block"
    aliases = ("50cf5290-ec87-4ca1-b7d7-b8b4ef772f6d",)
    name = "Send Slack message"
    description = "Posts a message to a channel of Slack as a bot."
    category = "communication"
    icon = "brand-slack"
    effect = Effect.AT_MOST_ONCE

    class Input(Pins):
        credentials: Reference = credentials_pin("slack", description="The token of the bot.")
        channel: str = Field(min_length=1, description="The channel: its name with #, or its id.")
        text: str = Field(min_length=1, max_length=40_000, description="The message.")
        thread_ts: str | None = Field(default=None, description="The message that it answers.")
        username: str | None = Field(default=None, description="A name for the bot.")
        icon_emoji: str | None = Field(default=None, description="A picture for it, such as :tea:.")
        unfurl_links: bool = Field(default=True, description="Show what links lead to.")
        mrkdwn: bool = Field(default=True, description="Read the markup of Slack in the text.")

    class Output(Pins):
        ts: str = Field(description="The id of the message in its channel.")
        channel: str = Field(description="The id of the channel.")

    examples = (
        Example(
            given={"channel": "#tea", "text": "Ready", "credentials": _REFERENCE},
            secret=_secret("slack", "xoxb-1", "slack.com"),
            answers=[{"status": 200, "body": '{"ok": true, "ts": "1.2", "channel": "C1"}'}],
            yields=[("ts", "1.2"), ("channel", "C1")],
        ),
        Example(
            given={"channel": "#gone", "text": "Ready", "credentials": _REFERENCE},
            secret=_secret("slack", "xoxb-1", "slack.com"),
            answers=[{"status": 200, "body": '{"ok": false, "error": "channel_not_found"}'}],
            error="channel_not_found",
        ),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        secret = ports.credentials.read(data.credentials)
        message = data.model_dump(exclude={"credentials"}, exclude_none=True)
        url = "https://slack.com/api/chat.postMessage"
        answer = json_of(_post(url, message, ports, secret), "Slack")
        if not (isinstance(answer, dict) and answer.get("ok") is True):
            reason = answer.get("error") if isinstance(answer, dict) else None
            raise BlockError(f"Slack refused it: {reason}"[:300], code="bad_answer")
        yield "ts", str(answer.get("ts", ""))
        yield "channel", str(answer.get("channel", ""))


class ParseMode(StrEnum):
    """The markup that Telegram reads in a text."""

    NONE = ""
    MARKDOWN = "Markdown"
    MARKDOWN_V2 = "MarkdownV2"
    HTML = "HTML"


@register
class SendTelegramMessage(Block["SendTelegramMessage.Input"]):
    id = "send_telegram_message_block"
    aliases = ("787678ad-1f47-4efc-89df-643f9908621a",)
    name = "Send Telegram message"
    description = "Sends a message to a chat of Telegram as a bot."
    category = "communication"
    icon = "brand-telegram"
    effect = Effect.AT_MOST_ONCE

    class Input(Pins):
        credentials: Reference = credentials_pin("telegram", description="The token of the bot.")
        chat_id: int = Field(description="The id of the chat.")
        text: str = Field(min_length=1, max_length=4_096, description="The message.")
        parse_mode: ParseMode = Field(default=ParseMode.NONE, description="Its markup.")
        reply_to_message_id: int | None = Field(
            default=None, description="The message that it answers."
        )
        disable_notification: bool = Field(default=False, description="Make no sound.")

    class Output(Pins):
        message_id: int = Field(description="The id of the message in its chat.")
        status: str = Field(description="That it was sent.")

    examples = (
        Example(
            given={"chat_id": 7, "text": "Ready", "credentials": _REFERENCE},
            secret=_secret("telegram", "1:abc", "api.telegram.org"),
            answers=[{"status": 200, "body": '{"ok": true, "result": {"message_id": 5}}'}],
            yields=[("message_id", 5), ("status", "Message sent")],
        ),
        Example(
            given={"chat_id": 7, "text": "Ready", "credentials": _REFERENCE},
            secret=_secret("telegram", "1:abc", "api.telegram.org"),
            answers=[{"status": 400, "body": '{"ok": false, "description": "chat not found"}'}],
            error="chat not found",
        ),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        token = ports.credentials.read(data.credentials).values["api_key"]
        if not token.replace(":", "").replace("-", "").replace("_", "").isalnum():
            raise BlockError("This is not the token of a bot", code="bad_key")
        message = {
            "chat_id": data.chat_id,
            "text": data.text,
            "disable_notification": data.disable_notification,
        }
        if data.parse_mode:
            message["parse_mode"] = data.parse_mode.value
        if data.reply_to_message_id is not None:
            message["reply_parameters"] = {"message_id": data.reply_to_message_id}
        url = f"https://api.telegram.org/bot{token}/sendMessage"
        answer = json_of(_post(url, message, ports), "Telegram")
        result = answer.get("result") if isinstance(answer, dict) else None
        number = result.get("message_id") if isinstance(result, dict) else None
        yield "message_id", number if isinstance(number, int) else 0
        yield "status", "Message sent"


@register
class SendNtfy(Block["SendNtfy.Input"]):
    id = "send_ntfy_block"
    name = "Send ntfy notification"
    description = "Sends a notification to everybody who listens to a topic of ntfy."
    category = "communication"
    icon = "bell"
    effect = Effect.AT_MOST_ONCE

    class Input(Pins):
        topic: str = Field(pattern=r"^[A-Za-z0-9_-]{1,64}$", description="The topic.")
        message: str = Field(min_length=1, max_length=4_000, description="The text.")
        title: str = Field(default="", max_length=250, description="The title.")
        priority: int = Field(default=3, ge=1, le=5, description="From 1, the least, to 5.")
        tags: list[str] = Field(default=[], max_length=10, description="Tags, or names of emoji.")
        server: str = Field(default="https://ntfy.sh", description="The address of the server.")
        credentials: Reference | None = credentials_pin(
            "ntfy", description="The token, if the server wants one.", optional=True
        )

    class Output(Pins):
        id: str = Field(description="The id of the notification.")

    examples = (
        Example(
            given={"topic": "tea", "message": "Ready"},
            answers=[{"status": 200, "body": '{"id": "x7"}'}],
            yields=[("id", "x7")],
        ),
        Example(
            given={"topic": "tea", "message": "Ready", "title": "Tea", "credentials": _REFERENCE},
            secret=_secret("ntfy", "tk_1", "ntfy.sh"),
            answers=[{"status": 403, "body": "forbidden"}],
            error="answered 403",
        ),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        secret = secret_of(data.credentials, ports)
        message = data.model_dump(include={"topic", "message", "title", "priority", "tags"})
        answer = json_of(_post(data.server, message, ports, secret), "The server of ntfy")
        yield "id", str(answer.get("id", "")) if isinstance(answer, dict) else ""
