"""The ledger, what things cost, and who used how much."""

from typing import TYPE_CHECKING

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy

from accounts import prices
from accounts.models import BlockPrice, CreditEntry, ModelPrice, TokenUsage
from accounts.operators import ReadOnlyAdmin, TableAdmin
from blocks import registry

if TYPE_CHECKING:
    BlockPriceFormBase = forms.ModelForm[BlockPrice]
else:
    BlockPriceFormBase = forms.ModelForm


def _priced_blocks() -> list[tuple[str, str]]:
    """The blocks that may have a price, with their own."""
    blocks = sorted(filter(prices.is_priced, registry.all_blocks()), key=lambda each: each.name)
    return [(block.id, f"{block.name} ({block.cost})") for block in blocks]


@admin.register(CreditEntry)
class CreditEntryAdmin(ReadOnlyAdmin):
    """The ledger."""

    list_display = ("created_at", "user", "amount", "reason", "reference")
    list_filter = ("reason", "created_at")
    list_select_related = ("user",)
    search_fields = ("user__email", "reference")
    ordering = ("-pk",)


@admin.register(ModelPrice)
class ModelPriceAdmin(TableAdmin):
    """What tokens cost."""

    readonly_fields = ("updated_at",)
    list_display = ("pattern", "input_price", "output_price", "updated_at")
    search_fields = ("pattern",)
    ordering = ("pattern",)


class BlockPriceForm(BlockPriceFormBase):
    """A price for one of the blocks that workers claim."""

    block_id = forms.ChoiceField(label=gettext_lazy("Block"), choices=_priced_blocks)

    class Meta:
        model = BlockPrice
        fields = ("block_id", "price")


@admin.register(BlockPrice)
class BlockPriceAdmin(TableAdmin):
    """What blocks cost here. It counts for what starts from now on; without a row the block's own price counts."""

    form = BlockPriceForm
    readonly_fields = ("updated_at",)
    list_display = ("block_id", "price", "updated_at")
    search_fields = ("block_id",)
    ordering = ("block_id",)


@admin.register(TokenUsage)
class TokenUsageAdmin(ReadOnlyAdmin):
    """Who used which model, and for how much."""

    list_display = (
        *("created_at", "user", "provider", "model", "input_tokens", "output_tokens"),
        *("price", "reference"),
    )
    list_filter = ("provider", "created_at")
    list_select_related = ("user",)
    search_fields = ("user__email", "model", "reference")
    ordering = ("-pk",)
