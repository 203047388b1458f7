"""Code out of text: the fenced blocks of an answer, by language."""

from collections.abc import Iterator
from itertools import takewhile

from pydantic import Field

from blocks.base import Block, Example, Pins, PinValue
from blocks.ports import Ports
from blocks.registry import register

_FENCE = "```"

_LANGUAGES = {
    "html": "html",
    "htm": "html",
    "css": "css",
    "javascript": "javascript",
    "js": "javascript",
    "python": "python",
    "py": "python",
    "sql": "sql",
    "java": "java",
    "cpp": "cpp",
    "c++": "cpp",
    "csharp": "csharp",
    "c#": "csharp",
    "cs": "csharp",
    "json": "json_code",
    "bash": "bash",
    "shell": "bash",
    "sh": "bash",
    "php": "php",
    "ruby": "ruby",
    "rb": "ruby",
    "yaml": "yaml",
    "yml": "yaml",
    "markdown": "markdown",
    "md": "markdown",
    "typescript": "typescript",
    "ts": "typescript",
    "xml": "xml",
}


def _separate(text: str) -> tuple[dict[str, list[str]], str]:
    """The code by output pin, and the text without it. Other languages stay in the text."""
    code: dict[str, list[str]] = {}
    remaining: list[str] = []
    lines = iter(text.splitlines(keepends=True))
    for line in lines:
        pin = _pin_opened_by(line)
        if pin is None:
            remaining.append(line)
        else:
            inside = takewhile(lambda line: line.strip() != _FENCE, lines)
            code.setdefault(pin, []).append("".join(inside).rstrip("\n"))
    return code, "".join(remaining).strip()


def _pin_opened_by(line: str) -> str | None:
    if not line.lstrip().startswith(_FENCE):
        return None
    return _LANGUAGES.get(line.strip().removeprefix(_FENCE).strip().lower())


@register
class CodeExtraction(Block["CodeExtraction.Input"]):
    id = "code_extraction_block"
    aliases = ("d3a7d896-3b78-4f44-8b4b-48fbf4f0bcd8",)
    name = "Extract code"
    description = "Takes the code out of an answer and sends it on by language."
    category = "text"
    icon = "code"

    class Input(Pins):
        text: str = Field(description="Text with code between lines of three backticks.")

    class Output(Pins):
        html: str = Field(description="The HTML code, if there is any.")
        css: str = Field(description="The CSS code, if there is any.")
        javascript: str = Field(description="The JavaScript code, if there is any.")
        python: str = Field(description="The Python code, if there is any.")
        sql: str = Field(description="The SQL code, if there is any.")
        java: str = Field(description="The Java code, if there is any.")
        cpp: str = Field(description="The C++ code, if there is any.")
        csharp: str = Field(description="The C# code, if there is any.")
        json_code: str = Field(description="The JSON, if there is any.")
        bash: str = Field(description="The shell commands, if there are any.")
        php: str = Field(description="The PHP code, if there is any.")
        ruby: str = Field(description="The Ruby code, if there is any.")
        yaml: str = Field(description="The YAML, if there is any.")
        markdown: str = Field(description="The Markdown, if there is any.")
        typescript: str = Field(description="The TypeScript code, if there is any.")
        xml: str = Field(description="The XML, if there is any.")
        remaining_text: str = Field(description="The text without the code.")

    examples = (
        Example(
            given={"text": "Run this:\n```python\nprint(1)\n```\nDone."},
            yields=[("python", "print(1)"), ("remaining_text", "Run this:\nDone.")],
        ),
        Example(
            given={"text": "```js\nlet a;\n```\n```sql\nselect 1\n```\n```js\nlet b;\n```"},
            yields=[
                ("javascript", "let a;\n\nlet b;"),
                ("sql", "select 1"),
                ("remaining_text", ""),
            ],
        ),
        Example(given={"text": "No code."}, yields=[("remaining_text", "No code.")]),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        code, remaining = _separate(data.text)
        for pin in self.Output.model_fields:
            if pin in code:
                yield pin, "\n\n".join(code[pin])
        yield "remaining_text", remaining
