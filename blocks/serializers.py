"""The shape of a block in answers."""

from typing import Any

from rest_framework import serializers

from blocks.base import Effect, Kind


class BlockCostSerializer(serializers.Serializer[Any]):
    """What using a block costs."""

    cost_type = serializers.CharField(help_text="`run`: for each run of the block.")
    cost_amount = serializers.IntegerField(help_text="Credits.")


class BlockSerializer(serializers.Serializer[Any]):
    """A block: what a node can do."""

    id = serializers.CharField()
    aliases = serializers.ListField(
        child=serializers.CharField(), help_text="Other ids that it answers to."
    )
    name = serializers.CharField()
    description = serializers.CharField()
    limits = serializers.CharField(help_text="What is too much for it, in a sentence.")
    category = serializers.CharField()
    kind = serializers.ChoiceField(choices=[kind.value for kind in Kind])
    effect = serializers.ChoiceField(choices=[effect.value for effect in Effect])
    costs = BlockCostSerializer(many=True)
    input_schema = serializers.DictField(help_text="JSON Schema of the input pins.")
    output_schema = serializers.DictField(help_text="JSON Schema of the output pins.")
    static_output = serializers.BooleanField(
        help_text="Whether links keep what it sends for every later firing."
    )


class ModelsSerializer(serializers.Serializer[Any]):
    """The language models of this installation."""

    provider = serializers.CharField()
    default = serializers.CharField(help_text="Answers where a block names no model.")
    models = serializers.ListField(child=serializers.CharField())
    problem = serializers.CharField(help_text="Why the provider has not told its models, or empty.")
