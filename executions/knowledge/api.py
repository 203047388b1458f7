"""The API of knowledge: /api/knowledge …"""

from typing import Any, ClassVar
from uuid import UUID

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.response import Response

from accounts.http import UserApiRequest
from accounts.models import Scope
from accounts.viewsets import ApiViewSet
from executions.knowledge import own_accounts, searching, services
from executions.knowledge.models import Collection, CollectionQuerySet, Document, DocumentQuerySet
from executions.knowledge.serializers import (
    ChangedCollectionSerializer,
    CollectionSerializer,
    DocumentSerializer,
    FoundPassagesSerializer,
    NewCollectionSerializer,
    NewDocumentSerializer,
    SearchSerializer,
)


class CollectionViewSet(ListModelMixin, RetrieveModelMixin, ApiViewSet):
    """The caller's collections."""

    serializer_class = CollectionSerializer
    queryset = Collection.objects.none()
    scopes: ClassVar = {
        **dict.fromkeys(("list", "retrieve", "documents", "search"), Scope.READ_KNOWLEDGE),
        **dict.fromkeys(("create", "update", "destroy", "add"), Scope.WRITE_KNOWLEDGE),
    }

    def get_queryset(self) -> CollectionQuerySet:
        """Their own, by name."""
        return Collection.objects.owned_by(self.request.user).with_counts().by_name()

    @extend_schema(request=NewCollectionSerializer, responses={201: CollectionSerializer})
    def create(self, request: UserApiRequest) -> Response:
        """Make an empty collection."""
        made = services.create_collection(
            request.user.pk, **self._with_account(self.read(NewCollectionSerializer))
        )
        return Response(self._shown(made), status.HTTP_201_CREATED)

    @extend_schema(request=ChangedCollectionSerializer, responses=CollectionSerializer)
    def update(self, request: UserApiRequest, pk: UUID) -> Response:
        """Change a collection. Another model has its documents embedded again, in the background."""
        collection = self.get_object()
        body = self._with_account(self.read(ChangedCollectionSerializer))
        return Response(self._shown(services.change_collection(collection, **body)))

    @extend_schema(responses={204: None})
    def destroy(self, request: UserApiRequest, pk: UUID) -> Response:
        """Delete a collection with all its documents."""
        services.delete_collection(self.get_object())
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(responses=DocumentSerializer(many=True), filters=False)
    def documents(self, request: UserApiRequest, pk: UUID) -> Response:
        """The documents of a collection, newest first."""
        page = self.paginate_queryset(self.get_object().documents.newest_first())
        return self.get_paginated_response(DocumentSerializer(page, many=True).data)

    @extend_schema(request=NewDocumentSerializer, responses={201: DocumentSerializer})
    def add(self, request: UserApiRequest, pk: UUID) -> Response:
        """Have a document indexed; one of the same name is replaced."""
        collection = self.get_object()
        document = services.add_document(collection, **self.read(NewDocumentSerializer))
        return Response(DocumentSerializer(document).data, status.HTTP_201_CREATED)

    @extend_schema(request=SearchSerializer, responses=FoundPassagesSerializer)
    def search(self, request: UserApiRequest) -> Response:
        """The passages that are closest in meaning to a query."""
        body = self.read(SearchSerializer)
        wanted = self._wanted(body["collections"])
        with services.paid_by(request.user) as ports:
            found = searching.search(
                wanted, body["query"], ports.llm, limit=body["limit"], least=body["min_closeness"]
            )
        return Response(FoundPassagesSerializer({"results": found}).data)

    def _wanted(self, ids: list[UUID]) -> list[Collection]:
        owned = Collection.objects.owned_by(self.request.user)
        if not ids:
            return list(owned)
        wanted = list(owned.filter(pk__in=ids))
        if len(wanted) < len(set(ids)):
            raise Http404
        return wanted

    def _with_account(self, body: dict[str, Any]) -> dict[str, Any]:
        """The body with the credential that it names. Raises `ValidationError`."""
        if "credential_id" not in body:
            return body
        rest = {name: value for name, value in body.items() if name != "credential_id"}
        found = own_accounts.account_with(self.request.user, body["credential_id"])
        return {**rest, "credential": found}

    def _shown(self, collection: Collection) -> Any:
        return CollectionSerializer(self.get_queryset().get(pk=collection.pk)).data


class DocumentViewSet(RetrieveModelMixin, ApiViewSet):
    """The documents of the caller's collections."""

    serializer_class = DocumentSerializer
    queryset = Document.objects.none()
    scopes: ClassVar = {
        "retrieve": Scope.READ_KNOWLEDGE,
        "refresh": Scope.WRITE_KNOWLEDGE,
        "destroy": Scope.WRITE_KNOWLEDGE,
    }

    def get_queryset(self) -> DocumentQuerySet:
        """Their own."""
        return Document.objects.owned_by(self.request.user)

    @extend_schema(request=None, responses=DocumentSerializer)
    def refresh(self, request: UserApiRequest, pk: UUID) -> Response:
        """Read it again from its source, and index what has changed."""
        return Response(DocumentSerializer(services.refresh_document(self.get_object())).data)

    @extend_schema(responses={204: None})
    def destroy(self, request: UserApiRequest, pk: UUID) -> Response:
        """Delete a document."""
        services.delete_document(self.get_object())
        return Response(status=status.HTTP_204_NO_CONTENT)
