"""What is wrong with a drawing is told in the language of whoever reads it."""

import copy

import pytest
from django.utils import translation

from graphs import drafts
from graphs.sentences import Sentence
from graphs.translating import translated

pytestmark = pytest.mark.django_db
DOCUMENT = {
    "name": "Half done",
    "nodes": [
        {"id": "ask", "block_id": "llm_call_block", "metadata": {"title": "Ask {it}"}},
        {"id": "tell", "block_id": "output_block", "input_default": {"name": "x"}},
    ],
    "links": [{"source_id": "ask", "source_name": "nope", "sink_id": "tell", "sink_name": "value"}],
}


def messages_in(language, document):
    with translation.override(language):
        return [translated(each.message) for each in drafts.problems_of(document)]


def test_a_problem_is_told_in_the_language_of_the_reader():
    document = DOCUMENT | {"links": []}
    assert messages_in("en", document)[0] == 'Ask {it} needs a value for "prompt"'
    assert messages_in("zh-hans", document)[0] == "Ask {it} 的“prompt”需要一个值"


def test_the_words_of_a_sentence_are_translated_too():
    [english], [chinese] = messages_in("en", DOCUMENT), messages_in("zh-hans", DOCUMENT)
    assert english.startswith('Ask {it} has no output pin "nope"; it has ')
    assert chinese.startswith("Ask {it} 没有输出引脚“nope”；它有 ")


def test_a_sentence_is_text_and_stays_one_when_it_is_copied():
    sentence = Sentence('There is no block "{id}"', id="{x}")
    assert sentence == 'There is no block "{x}"'
    with translation.override("zh-hans"):
        assert translated(copy.deepcopy(sentence)) == "没有模块“{x}”"
        assert translated("Anything else {x}") == "Anything else {x}"
