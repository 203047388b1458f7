"""How bad an error is and where its cause lies; what blocks fail with, by code."""

from collections.abc import Mapping
from enum import StrEnum


class Severity(StrEnum):
    """How bad it is for the product."""

    LOW = "low"  # the caller can put it right
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"  # somebody has to look


class Category(StrEnum):
    """Where the cause lies."""

    VALIDATION = "validation"
    AUTH = "auth"
    RESOURCE = "resource"
    NETWORK = "network"
    SYSTEM = "system"
    BUSINESS = "business"


Kind = tuple[Severity, Category]

OTHER: Kind = (Severity.LOW, Category.BUSINESS)  # what a block says of its own matter
_KINDS: Mapping[Kind, tuple[str, ...]] = {
    (Severity.LOW, Category.VALIDATION): (
        *("invalid_input", "bad_url", "bad_request", "bad_method", "bad_header", "file_missing"),
        *("block_missing", "block_disabled", "llm_unknown_model", "output_not_storable"),
    ),
    (Severity.MEDIUM, Category.AUTH): (
        *("ssrf_blocked", "mcp_auth", "mcp_not_allowed", "llm_auth", "model_not_allowed"),
        "credential_unavailable",
    ),
    (Severity.MEDIUM, Category.NETWORK): (
        *("unreachable", "timeout", "too_many_redirects", "no_answer", "server_error"),
        *("mcp_error", "llm_unavailable", "llm_broken_stream", "llm_empty"),
    ),
    (Severity.MEDIUM, Category.RESOURCE): (
        *("output_too_large", "too_large", "resource_limit", "llm_too_long", "llm_quota"),
        *("agent_limit", "storage_quota", "file_too_large"),
    ),
    (Severity.HIGH, Category.SYSTEM): (
        *("sandbox_unavailable", "storage_full", "llm_not_configured", "worker_lost"),
        *("outcome_unknown", "internal_error"),
    ),
}
KINDS: Mapping[str, Kind] = {code: kind for kind, codes in _KINDS.items() for code in codes}
