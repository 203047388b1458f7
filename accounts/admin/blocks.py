"""Blocks that are switched off: who adds one here switches it off, who deletes it switches it on again."""

from typing import TYPE_CHECKING

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy

from accounts.models import BlockSwitch
from accounts.operators import TableAdmin
from blocks import registry

if TYPE_CHECKING:
    BlockSwitchFormBase = forms.ModelForm[BlockSwitch]
else:
    BlockSwitchFormBase = forms.ModelForm


def _all_blocks() -> list[tuple[str, str]]:
    blocks = sorted(registry.all_blocks(), key=lambda each: each.name)
    return [(block.id, f"{block.name} ({block.id})") for block in blocks]


class BlockSwitchForm(BlockSwitchFormBase):
    """Which block, and why."""

    block_id = forms.ChoiceField(label=gettext_lazy("Block"), choices=_all_blocks)

    class Meta:
        model = BlockSwitch
        fields = ("block_id", "reason")


@admin.register(BlockSwitch)
class BlockSwitchAdmin(TableAdmin):
    """What nobody can use now. Graphs keep their nodes, and run again when the block is back."""

    form = BlockSwitchForm
    list_display = ("block_id", "reason", "created_at")
    search_fields = ("block_id", "reason")
    ordering = ("block_id",)
    readonly_fields = ("created_at",)
