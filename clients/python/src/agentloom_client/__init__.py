"""The client of Agentloom: start graphs, wait for their runs, and watch them live."""

from agentloom_client.async_client import AsyncAgentloom
from agentloom_client.client import Agentloom
from agentloom_client.errors import AgentloomError
from agentloom_client.events import Event

__all__ = ["Agentloom", "AgentloomError", "AsyncAgentloom", "Event"]
