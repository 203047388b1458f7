"""Published pages as JSON."""

from django.urls import reverse
from rest_framework import serializers

from executions.published.models import MOST_CREDITS, PublishedPage
from executions.triggers.serializers import KeptRowSerializer, KeptSerializer

KINDS = PublishedPage.Kind.choices


class PageFieldsSerializer(KeptSerializer):
    """What visitors see and may cost. `inputs` are the same for every run: visitors are not asked for these."""

    kind = serializers.ChoiceField(choices=KINDS, default=PublishedPage.Kind.FORM)
    description = serializers.CharField(max_length=1000, default="", allow_blank=True)
    is_public = serializers.BooleanField(
        default=False, help_text="Open to everybody who knows the address."
    )
    daily_credits = serializers.IntegerField(
        min_value=0,
        max_value=MOST_CREDITS,
        default=100,
        help_text="What its runs may cost you in 24 hours.",
    )


class NewPageSerializer(PageFieldsSerializer):
    """What a new page needs."""

    graph_id = serializers.UUIDField()


class PublishedPageSerializer(KeptRowSerializer[PublishedPage]):
    """A page, without the address at which visitors start runs."""

    kind = serializers.ChoiceField(choices=KINDS)

    class Meta:
        model = PublishedPage
        fields: tuple[str, ...] = (
            *("id", "graph_id", "name", "inputs", "credentials_inputs", "kind", "description"),
            *("is_public", "daily_credits", "is_paused", "created_at", "updated_at"),
        )
        read_only_fields = fields


class PageAccessSerializer(PublishedPageSerializer):
    """A page with its address, which no other answer has."""

    url = serializers.SerializerMethodField()

    class Meta(PublishedPageSerializer.Meta):
        fields = (*PublishedPageSerializer.Meta.fields, "url")
        read_only_fields = fields

    def get_url(self, page: PublishedPage) -> str:
        """Where visitors go."""
        address: str = self.context["request"].build_absolute_uri(
            reverse("published:visit", args=[page.token])
        )
        return address
