"""The catalogue of blocks, /api/blocks …, and the models that they may ask, /api/models."""

import hashlib
import time
from functools import cache, lru_cache
from typing import Any, ClassVar

import orjson
from django.conf import settings
from django.http import Http404
from django.utils.decorators import method_decorator
from django.utils.translation import get_language
from django.views.decorators.http import etag
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from blocks import registry
from blocks.adapters import model_names
from blocks.adapters.endpoints import operator_client
from blocks.base import BlockError
from blocks.registry import AnyBlock
from blocks.serializers import BlockSerializer, ModelsSerializer
from blocks.translations import translated, translated_schema

NAMES_LAST = 300  # seconds that a provider's list of models is kept


@cache
def _catalogue(language: str) -> list[dict[str, Any]]:
    """Every block as JSON; the registry is complete when the process serves."""
    return [_as_json(block, language) for block in registry.all_blocks()]


def _as_json(block: AnyBlock, language: str) -> dict[str, Any]:
    return {
        "id": block.id,
        "aliases": list(block.aliases),
        "name": translated(block.name, language),
        "description": translated(block.description, language),
        "limits": translated(block.limits, language),
        "category": block.category,
        "kind": block.kind,
        "effect": block.effect,
        "costs": [{"cost_type": "run", "cost_amount": block.cost}] if block.cost else [],
        "input_schema": translated_schema(registry.input_schema(block.id), language),
        "output_schema": translated_schema(registry.output_schema(block.id), language),
        "static_output": block.static_output,
    }


@cache
def _etag(language: str) -> str:
    return f'"{hashlib.sha256(orjson.dumps(_catalogue(language))).hexdigest()[:32]}"'


def _language() -> str:
    return get_language() or ""


class BlockViewSet(GenericViewSet[Any]):
    """What a node can do."""

    scopes: ClassVar = {"list": "read_blocks", "retrieve": "read_blocks"}
    metadata_class = None
    pagination_class = None
    filter_backends = ()

    @extend_schema(responses=BlockSerializer(many=True))
    @method_decorator(etag(lambda request: _etag(_language())))
    def list(self, request: Request) -> Response:
        """All blocks, by category and name. Send the `ETag` back in `If-None-Match` to save the transfer."""
        return Response(_catalogue(_language()))

    @extend_schema(responses=BlockSerializer)
    def retrieve(self, request: Request, block_id: str) -> Response:
        """One block, by its id or one of its aliases."""
        block = registry.find(block_id)
        if block is None:
            raise Http404
        return Response(_as_json(block, _language()))


@lru_cache(maxsize=1)
def _model_names(_period: int) -> list[str]:
    return model_names.offered(settings.LLM, operator_client(settings.LLM.base_url))


class ModelViewSet(GenericViewSet[Any]):
    """What language models there are."""

    scopes: ClassVar = {"retrieve": "read_blocks"}
    metadata_class = None
    pagination_class = None
    filter_backends = ()

    @extend_schema(responses=ModelsSerializer)
    def retrieve(self, request: Request) -> Response:
        """Names for the pin `model`: suggestions, any other name may be given to a block as well."""
        names, problem = [], ""
        try:
            names = _model_names(int(time.monotonic() // NAMES_LAST))
        except BlockError as error:
            problem = str(error)
        llm = settings.LLM
        shown = {"provider": llm.provider, "default": llm.default_model, "models": names}
        return Response({**shown, "problem": problem})
