"""Writes the skeleton of a block, which passes the tests from the start."""

import json
import re
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser

from blocks import registry
from blocks.translations import FOLDER

LIBRARY = Path(__file__).resolve().parents[2] / "library"
_NAME = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*")

SKELETON = '''"""{title}."""

from collections.abc import Iterator

from pydantic import Field

from blocks.base import Block, Example, Pins, PinValue
from blocks.ports import Ports
from blocks.registry import register


@register
class {class_name}(Block["{class_name}.Input"]):
    id = "{name}_block"
    name = "{title}"
    description = "{title}: passes a text on."
    category = "basic"

    class Input(Pins):
        text: str = Field(description="The text of {name}.")

    class Output(Pins):
        output: str = Field(description="The result of {name}.")

    examples = (
        Example(given={{"text": "tea"}}, yields=[("output", "tea")]),
        Example(given={{"text": 1}}, yields=[("output", "1")]),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        yield "output", data.text
'''

CHINESE = {
    "{title}": "{title}",
    "{title}: passes a text on.": "{title}：原样传递文本。",
    "The text of {name}.": "{name} 的文本。",
    "The result of {name}.": "{name} 的结果。",
}


class Command(BaseCommand):
    """`./dev manage new_block reading_time`."""

    help = "Write the skeleton of a new block into blocks/library/, and its texts in Chinese."

    def add_arguments(self, parser: CommandParser) -> None:
        """What it is called."""
        parser.add_argument("name", help="Small letters and underscores, such as reading_time.")

    def handle(self, *, name: str, **options: object) -> None:
        """Raises `CommandError` for a name that cannot be, or is taken."""
        name = name.removesuffix("_block")
        path = LIBRARY / f"{name}.py"
        if not _NAME.fullmatch(name):
            raise CommandError("A name is made of small letters, digits and underscores")
        if path.exists() or registry.find(f"{name}_block"):
            raise CommandError(f"{name} is taken: choose another name")
        words = {
            "name": name,
            "title": name.replace("_", " ").capitalize(),
            "class_name": name.title().replace("_", ""),
        }
        path.write_text(SKELETON.format(**words), encoding="utf-8")
        _translate({key.format(**words): text.format(**words) for key, text in CHINESE.items()})
        self.stdout.write(
            f"Wrote {path}, and its texts at the end of {FOLDER / 'zh_hans.json'}."
            f" Now change both, and run ./dev test tests/blocks"
        )


def _translate(texts: dict[str, str]) -> None:
    path = FOLDER / "zh_hans.json"
    known: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    written = json.dumps(known | texts, ensure_ascii=False, indent=1)
    path.write_text(f"{written}\n", encoding="utf-8")
