"""The digest of a site that is really being served."""

import json
import shutil

import pytest

from blocks.adapters.sentences import sentences
from blocks.library.html import HtmlToText
from examples.site_server import SITE
from executions.engine.status import Status
from tests.blocks.ports import run_block
from tests.examples.conftest import serving

pytestmark = pytest.mark.django_db(transaction=True)

INDEX = json.loads((SITE / "index.json").read_bytes())


def entries_of(digest):
    """[(title and address, what stands below)] in their order."""
    parts = digest.split("\n## ")[1:]
    return [tuple(part.strip().split("\n\n", 1)) for part in parts]


def text_of(article):
    page = (SITE / article["path"]).read_text(encoding="utf-8")
    return dict(run_block(HtmlToText.id, {"html": page}))["text"]


def test_every_article_stands_in_the_digest_in_the_order_of_the_index(run_example, site):
    execution = run_example("web_digest.json", site=site)

    assert execution.status == Status.COMPLETED
    [digest] = execution.outputs["digest"]
    assert digest.startswith(f"# {INDEX['title']}\n")
    assert [head for head, _summary in entries_of(digest)] == [
        f"[{article['title']}]({site}/{article['path']})" for article in INDEX["articles"]
    ]
    assert len(INDEX["articles"]) == 8


def test_every_summary_is_two_sentences_of_its_own_article(run_example, site):
    execution = run_example("web_digest.json", site=site)

    summaries = [summary for _head, summary in entries_of(execution.outputs["digest"][0])]
    for article, summary in zip(INDEX["articles"], summaries, strict=True):
        chosen = sentences(summary)
        assert [each for each in sentences(text_of(article)) if each in chosen] == chosen
        assert len(chosen) == 2


def test_a_page_that_is_missing_is_named_in_its_place(run_example, tmp_path):
    folder = shutil.copytree(SITE, tmp_path / "site")
    (folder / "articles" / "bees.html").unlink()

    with serving(folder) as address:
        execution = run_example("web_digest.json", site=address)

    assert execution.status == Status.COMPLETED
    entries = entries_of(execution.outputs["digest"][0])
    assert len(entries) == 8
    assert entries[3][0].startswith("[How a bee finds the way home]")
    assert "File not found" in entries[3][1]


def test_an_index_without_articles_makes_an_empty_digest(run_example, tmp_path):
    (tmp_path / "index.json").write_text('{"title": "Nothing yet", "articles": []}')

    with serving(tmp_path) as address:
        execution = run_example("web_digest.json", site=address)

    assert execution.status == Status.COMPLETED
    assert execution.outputs == {"digest": ["# Nothing yet\n\nThe index lists no articles."]}


def test_a_site_without_an_index_gives_what_its_server_says(run_example, tmp_path):
    with serving(tmp_path) as address:
        execution = run_example("web_digest.json", site=address)

    assert execution.status == Status.COMPLETED
    assert list(execution.outputs) == ["problem"]
    assert "File not found" in execution.outputs["problem"][0]


def test_without_a_server_the_run_fails_in_a_sentence(run_example):
    with serving() as address:
        pass  # it has stopped now

    execution = run_example("web_digest.json", site=address)

    assert execution.status == Status.FAILED
    assert "127.0.0.1 cannot be reached" in execution.error
