"""Documents that fall behind fail here."""

from pathlib import Path

from executions.engine.status import diagram

ROOT = Path(__file__).resolve().parent.parent


def test_the_state_diagram_is_the_one_that_the_table_makes():
    text = (ROOT / "ARCHITECTURE.md").read_text()
    _, _, rest = text.partition("<!-- state diagram: generated -->\n")

    assert rest.partition("\n<!-- end")[0] == diagram()


def test_every_dependency_says_why_it_is_there():
    text = (ROOT / "docs" / "dependencies.md").read_text()
    lines = (ROOT / "pyproject.toml").read_text().partition("dependencies = [")[2].partition("]")[0]
    names = [line.strip().strip('",').split("~=")[0].split("==")[0].split(">=")[0].split("[")[0] for line in lines.splitlines()]

    assert [name for name in names if name and f"`{name}`" not in text] == []
