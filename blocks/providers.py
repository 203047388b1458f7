"""Whom credentials are for: the servers that blocks know, and how a key is shown to them."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Provider:
    """Somebody who gives out credentials. Without `hosts`, each credential says where it may be sent."""

    name: str
    label: str
    types: tuple[str, ...] = ("api_key",)
    hosts: tuple[str, ...] = ()
    check_url: str = (
        ""  # answers 2xx to a good credential, 401 or 403 to a bad one, and costs nothing
    )
    has_base_url: bool = False  # it can be anywhere; its check is `models` below its address
    key_header: str = "Authorization"
    speaks: str = ""  # the format of its language models: "openai" or "anthropic"
    models_url: str = ""  # where they are, unless each credential says so
    headers: Mapping[str, str] = field(default_factory=dict)  # that every request carries

    def key_headers(self, key: str) -> dict[str, str]:
        """How an API key is sent."""
        value = f"Bearer {key}" if self.key_header == "Authorization" else key
        return {**self.headers, self.key_header: value}


PROVIDERS: Mapping[str, Provider] = {
    provider.name: provider
    for provider in (
        Provider(
            "anthropic",
            "Anthropic",
            hosts=("api.anthropic.com",),
            check_url="https://api.anthropic.com/v1/models",
            speaks="anthropic",
            models_url="https://api.anthropic.com",
            key_header="x-api-key",
            headers={"anthropic-version": "2023-06-01"},
        ),
        Provider(
            "brave",
            "Brave Search",
            hosts=("api.search.brave.com",),
            key_header="X-Subscription-Token",
        ),
        Provider("database", "Database server", types=("user_password",)),
        Provider(
            "deepseek",
            "DeepSeek",
            hosts=("api.deepseek.com",),
            check_url="https://api.deepseek.com/models",
            speaks="openai",
            models_url="https://api.deepseek.com",
        ),
        Provider(
            "discord_webhook",
            "Incoming webhook of Discord",
            hosts=("discord.com", "discordapp.com"),
        ),
        Provider(
            "github",
            "GitHub",
            types=("api_key", "oauth2"),
            hosts=("api.github.com",),
            check_url="https://api.github.com/user",
        ),
        Provider(
            "groq",
            "Groq",
            hosts=("api.groq.com",),
            check_url="https://api.groq.com/openai/v1/models",
            speaks="openai",
            models_url="https://api.groq.com/openai/v1",
        ),
        Provider(
            "http",
            "Any web server",
            types=("host_scoped", "api_key", "user_password"),
        ),
        Provider("jina", "Jina, or a server that speaks as it does"),
        Provider("mcp", "Server of MCP", types=("api_key", "host_scoped", "oauth2")),
        Provider("ntfy", "Server of ntfy"),
        Provider(
            "open_router",
            "OpenRouter",
            hosts=("openrouter.ai",),
            check_url="https://openrouter.ai/api/v1/key",
            speaks="openai",
            models_url="https://openrouter.ai/api/v1",
        ),
        Provider(
            "openai",
            "OpenAI",
            hosts=("api.openai.com",),
            check_url="https://api.openai.com/v1/models",
            speaks="openai",
            models_url="https://api.openai.com/v1",
        ),
        Provider(
            "openai_compatible",
            "A server that speaks as OpenAI's does",
            has_base_url=True,
            speaks="openai",
        ),
        Provider("searxng", "Server of SearXNG"),
        Provider("slack", "Slack", hosts=("slack.com",)),
        Provider("slack_webhook", "Incoming webhook of Slack", hosts=("hooks.slack.com",)),
        Provider("smtp", "Mail server (SMTP and IMAP)", types=("user_password",)),
        Provider("tavily", "Tavily, or a server that speaks as it does"),
        Provider(
            "teams_webhook",
            "Incoming webhook of Teams",
            hosts=("*.webhook.office.com", "*.logic.azure.com", "*.api.powerplatform.com"),
        ),
        Provider("telegram", "Bot of Telegram", hosts=("api.telegram.org",)),
        Provider("webhook", "Signing of webhooks"),
    )
}

# Those that can be asked for an answer; a server of one's own first.
LANGUAGE_MODELS = (
    "openai_compatible",
    "openai",
    "anthropic",
    "open_router",
    "deepseek",
    "groq",
)

# Those of them that make vectors.
EMBEDDERS = tuple(name for name in LANGUAGE_MODELS if PROVIDERS[name].speaks == "openai")


def find(name: str) -> Provider:
    """The provider of this name; one that is not in the table takes a key as most do."""
    return PROVIDERS.get(name) or Provider(name, name.replace("_", " ").capitalize())
