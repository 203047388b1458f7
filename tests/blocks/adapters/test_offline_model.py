import json

import pytest

from blocks.adapters.endpoints import LlmSettings
from blocks.adapters.llm import ProviderLlm
from blocks.adapters.prompt import Prompt, split
from blocks.adapters.sentences import sentences
from blocks.adapters.structured import found_by_kind
from blocks.base import BlockError
from blocks.ports import ChatRequest

ENGLISH = """The Honeybee and the Orchard

For centuries, farmers have known that orchards near beehives give more fruit. Bees visit \
blossoms to collect nectar and pollen, and while they do so they carry pollen from flower to \
flower. This pollination is what makes apples, pears and cherries grow. Without it, Dr. Smith \
notes, an apple tree would keep only about 5.2 percent of its fruit.

In recent decades the number of honeybee colonies has fallen in many countries. Scientists name \
several causes: pesticides, a parasitic mite called Varroa, and the loss of meadows with wild \
flowers. None of these causes explains the loss of bee colonies alone. Together they weaken the \
bees until a colony does not survive the winter.

Farmers have begun to act. Some plant strips of wild flowers between their trees, and others \
spray pesticides only at night, when bees are in the hive. My uncle once painted his hives blue. \
In several regions, these measures have brought back both wild bees and honeybees, and the \
harvest of fruit has grown as well. Is that enough? Researchers say that protecting bees and \
other pollinators is cheaper than any technical replacement of pollination."""

CHINESE = """城市更新中的老街区

近年来，许多城市开始重新审视老街区的价值。老街区不仅保存着历史建筑，也保留着邻里之间的生活方式。\
过去，城市更新往往意味着大规模拆除，居民被迫搬离，街区的记忆随之消失。

如今，越来越多的城市选择“微更新”的方式。微更新强调在保留建筑和居民的前提下，改善排水、电力、消防等基础设施。\
设计师与居民一起讨论方案，让公共空间更适合老人和儿童使用。有一位居民说，他最喜欢的是门口新装的长椅。

研究表明，采用微更新的老街区，居民满意度明显提高，商业活力也有所增强。不过，微更新也面临资金不足和产权复杂等问题。\
专家建议，政府应当建立长期的资金机制，并鼓励社会力量参与老街区的更新。天气好的时候，街上有很多游客。\
总的来说，保护与发展并不矛盾，老街区的微更新可以让城市既有温度，又有活力。"""

FRUIT = "- apples\n- pears\n- plums"


@pytest.fixture
def ask(run, strict_http):
    """The offline model's reply to one prompt."""

    def chat(prompt, **options):
        request = ChatRequest(messages=[{"role": "user", "content": prompt}], **options)
        return ProviderLlm(LlmSettings(), strict_http, run, public=strict_http, meter=print).chat(
            request
        )

    return chat


def sentences_from(summary, text):
    """The places of the summary's sentences in the text."""
    known = sentences(text)
    return [known.index(sentence) for sentence in sentences(summary)]


@pytest.mark.parametrize(
    ("prompt", "count"),
    [
        (f"Summarize the following text:\n\n{ENGLISH}", 3),
        (f"Please summarise in two sentences.\n\n```\n{ENGLISH}\n```", 2),
        (f"<text>{ENGLISH}</text>\n\nGive me a summary of 4 sentences.", 4),
        (f"Text:\n{ENGLISH}\n\nWhat is this about, in one sentence?", 1),
        (f"Summarise the text below. Style: detailed. Focus: bees.\n\n{ENGLISH}", 6),
        (ENGLISH, 3),
    ],
)
def test_an_english_summary_has_sentences_of_the_text_in_their_order(ask, prompt, count):
    places = sentences_from(ask(prompt).text, ENGLISH)
    assert (len(places), places) == (count, sorted(places))


@pytest.mark.parametrize(
    ("prompt", "count"),
    [
        (f"请总结以下文章：\n\n{CHINESE}", 3),
        (f"{CHINESE}\n\n请用两句话概括上文。", 2),
        (f"请用一句话总结：\n{CHINESE}", 1),
        (f"“““请详细概括下面的内容”””\n\n{CHINESE}", 6),
        (CHINESE, 3),
    ],
)
def test_a_chinese_summary_has_sentences_of_the_text_in_their_order(ask, prompt, count):
    places = sentences_from(ask(prompt).text, CHINESE)
    assert (len(places), places) == (count, sorted(places))


def test_a_summary_tells_what_matters(ask):
    assert ask(f"Summarise:\n\n{ENGLISH}").text == (
        "For centuries, farmers have known that orchards near beehives give more fruit. "
        "Scientists name several causes: pesticides, a parasitic mite called Varroa, and the loss "
        "of meadows with wild flowers. In several regions, these measures have brought back both "
        "wild bees and honeybees, and the harvest of fruit has grown as well."
    )
    assert ask(f"请总结：\n\n{CHINESE}").text == (
        "近年来，许多城市开始重新审视老街区的价值。老街区不仅保存着历史建筑，也保留着邻里之间的生活方式。"
        "总的来说，保护与发展并不矛盾，老街区的微更新可以让城市既有温度，又有活力。"
    )


def test_the_reply_names_who_really_answered(ask, run):
    reply = ask(f"Summarise:\n\n{ENGLISH}", model="gpt-4o")
    assert (reply.provider, reply.model) == ("offline", "offline-extractive")
    assert (reply.input_tokens, reply.output_tokens) == (294, 81)
    assert "".join(run.pieces) == reply.text
    assert len(run.pieces) == len(reply.text.split())


def test_the_same_prompt_gets_the_same_answer(ask):
    assert ask(ENGLISH) == ask(ENGLISH)


@pytest.mark.parametrize("max_tokens", [1, 10, 20, 40, 100])
@pytest.mark.parametrize("text", [ENGLISH, CHINESE])
def test_a_summary_keeps_to_the_token_limit(ask, text, max_tokens):
    reply = ask(f"Summarise:\n\n{text}", max_tokens=max_tokens)
    assert 0 < reply.output_tokens <= max_tokens


def test_a_focus_lifts_the_sentences_about_it(ask):
    assert (
        "only at night" in ask(f"Summarise in 1 sentence. Focus: spray at night.\n\n{ENGLISH}").text
    )
    assert ask(f"{ENGLISH}\n\nHow did my uncle paint his hives?").text == (
        "My uncle once painted his hives blue."
    )


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        (f"List the fruit:\n{FRUIT}", "- apples\n- pears\n- plums"),
        (f"Give me a numbered list of these:\n\n{FRUIT}", "1. apples\n2. pears\n3. plums"),
        ("List the fruit:\n\napples, pears and plums", "- apples\n- pears\n- plums"),
        ("列举以下水果：\n\n苹果、梨、李子", "- 苹果\n- 梨\n- 李子"),
        (f"列出以下2个要点：\n{FRUIT}", "- apples\n- pears"),
    ],
)
def test_a_list_of_entries_stays_a_list(ask, prompt, expected):
    assert ask(prompt).text == expected


def test_key_points_of_a_text_become_a_list(ask):
    rows = ask(f"List 3 key points of this text:\n\n{ENGLISH}").text.splitlines()
    assert len(rows) == 3
    assert all(row.removeprefix("- ") in ENGLISH for row in rows)


@pytest.mark.parametrize(
    ("condition", "value", "expected"),
    [
        ("it is an e-mail address", "ada@example.com", "true"),
        ("it is an e-mail address", "ada at example", "false"),
        ("the text is not about bees", "Wild bees visit flowers.", "false"),
        ("the text is about bees", "Wild bees visit flowers.", "true"),
        ("文章谈到老街区", CHINESE, "true"),
        ("文章谈到海洋生物", CHINESE, "false"),
    ],
)
def test_a_yes_or_no_question_gets_one_word(ask, condition, value, expected):
    prompt = (
        "Does the condition hold for the input? Answer with one word, true or false.\n"
        f"Condition: {condition}\n\nInput: {value}"
    )
    assert ask(prompt).text == expected
    answers = {"true": "yes", "false": "no"}
    assert ask(prompt.replace("true or false", "yes or no")).text == answers[expected]


def form(keys, kind="a JSON object"):
    return (
        f"Answer only with {kind} with these keys (here with what each means): {json.dumps(keys)}"
    )


def test_a_json_answer_has_the_asked_keys(ask):
    keys = {
        "title": "a headline",
        "summary": "",
        "keywords": "list of words",
        "percent": "a number",
        "bees": "true or false",
        "dragons": "boolean",
        "treeOwner": "who has trees",
    }
    answer = json.loads(ask(f"Analyse:\n\n{ENGLISH}\n\n{form(keys)}").text)
    assert list(answer) == list(keys)
    assert answer["title"] == "The Honeybee and the Orchard"
    assert sentences_from(answer["summary"], ENGLISH) == [1, 6]
    assert answer["keywords"] == ["bee", "flower", "fruit", "wild", "apple"]
    assert (answer["percent"], answer["bees"], answer["dragons"]) == (5.2, True, False)
    assert "tree" in answer["treeOwner"]


def test_a_chinese_json_answer_has_the_asked_keys(ask):
    prompt = f'请只用 JSON 回答，格式如下：\n{{"标题": "", "摘要": "", "关键词": []}}\n\n{CHINESE}'
    answer = json.loads(ask(prompt).text)
    assert list(answer) == ["标题", "摘要", "关键词"]
    assert answer["标题"] == "城市更新中的老街区"
    assert answer["关键词"][:2] == ["老街区", "城市"]


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        (
            f"Take the items:\n\n{FRUIT}\n\nAnswer with a JSON list of texts.",
            ["apples", "pears", "plums"],
        ),
        (
            "Ada met Alan in 1950.\n\n" + form({"year": "number"}, "a JSON list of objects, each"),
            [{"year": 1950}],
        ),
        (
            'Extract as JSON the keys "email", "due_date" and "site":\n\n'
            "Pay by 2024-05-01 to ada@example.com, see https://example.com/pay.",
            {"email": "ada@example.com", "due_date": "2024-05-01", "site": None},
        ),
        (
            'Answer in JSON like {"person": {"name": "", "age": 0}, "ok": true}\n\nName: Ada, age 36.',
            {"person": {"name": None, "age": 36}, "ok": False},
        ),
        (
            'Answer as JSON: {"type": "object", "properties": {"n": {"type": "number"}}}\n\n36 bees.',
            {"n": 36},
        ),
        (f"Summarise as JSON.\n\n{FRUIT}", {"summary": None}),
    ],
)
def test_a_json_answer_has_the_asked_shape(ask, prompt, expected):
    assert filled(json.loads(ask(prompt).text), expected) == expected


def filled(answer, expected):
    """The answer with None for those texts that the expectation leaves open."""
    if isinstance(expected, dict):
        return {key: filled(answer[key], expected.get(key)) for key in answer}
    return None if expected is None and isinstance(answer, str) else answer


def test_a_json_answer_stands_in_the_asked_tags(ask):
    prompt = f'Answer with JSON inside <json_output id="a1">…</json_output>.\n\n{ENGLISH}'
    text = ask(prompt).text
    assert text.startswith('<json_output id="a1">{"summary": ')
    assert text.endswith("}</json_output>")


@pytest.mark.parametrize("prompt", ["Write a haiku about autumn.", "Hello", "Who wrote Emma?", ""])
def test_without_a_text_it_says_what_it_can_do(ask, prompt):
    assert ask(prompt).text.startswith("The built-in offline model only")


def test_without_a_text_it_says_so_in_chinese(ask):
    assert ask("写一首关于秋天的诗").text.startswith("内置的离线模型")


def test_without_a_text_there_is_no_json(ask):
    with pytest.raises(BlockError) as error:
        ask(f"Who wrote Emma?\n\n{form({'author': 'name'})}")
    assert (error.value.code, error.value.retryable) == ("llm_offline", False)


def test_a_question_may_be_about_an_earlier_message(run, strict_http):
    messages = [
        {"role": "system", "content": "You are kind."},
        {"role": "user", "content": [{"type": "text", "text": ENGLISH}]},
        {"role": "assistant", "content": "Thank you."},
        {"role": "user", "content": "Summarise it in one sentence."},
    ]
    reply = ProviderLlm(LlmSettings(), strict_http, run, public=strict_http, meter=print).chat(
        ChatRequest(messages=messages)
    )
    assert sentences_from(reply.text, ENGLISH) == [1]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It costs 3.50 today. Dr. Smith paid.", ["It costs 3.50 today.", "Dr. Smith paid."]),
        ("J. R. Tolkien wrote e.g. tales. Yes!", ["J. R. Tolkien wrote e.g. tales.", "Yes!"]),
        ("他说：“好。”然后走了。真的？是！", ["他说：“好。”", "然后走了。", "真的？", "是！"]),
        ("中文。English here. 又是中文。", ["中文。", "English here.", "又是中文。"]),
        ("A line that its writer wrapped at some width\ngoes on. End.",
         ["A line that its writer wrapped at some width goes on.", "End."]),
        ("Title\n\n- one\n- two\n3. three", ["Title", "one", "two", "three"]),
        ("Wait... what? \"Yes.\" No", ["Wait... what?", "\"Yes.\"", "No"]),
        ("", []),
    ],
)  # fmt: skip
def test_text_is_cut_into_sentences(text, expected):
    assert sentences(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Summarise:\n\nA story.", Prompt("Summarise:", "A story.")),
        ("请总结以下文本：你好", Prompt("请总结以下文本", "你好")),
        ("Text: A story.\n\nSummarise it.", Prompt("Summarise it.", "A story.")),
        ("Tell me a joke", Prompt("Tell me a joke", "")),
        ("Summarise: A story.\n\nIt is long.", Prompt("Summarise", "A story.\n\nIt is long.")),
        ("Summarise it. Style: kind. Go on.\n\nText: Yes.", Prompt("Summarise it. Style: kind. Go on.", "Yes.")),
        ('Shorten """a very long story about bees"""', Prompt('Shorten """\n"""', "a very long story about bees")),
    ],
)  # fmt: skip
def test_a_prompt_is_taken_apart(text, expected):
    assert split(text) == expected


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Call +49 171 2345678.", "+49 171 2345678"),
        ("电话13912345678。", "13912345678"),
        ("<input-4711081512345678>", ""),
        ("id_4711081512345678 a4711081512345678b", ""),
    ],
)
def test_a_phone_number_is_no_part_of_a_word(text, found):
    assert found_by_kind("phone", text) == found


@pytest.mark.parametrize(
    "hostile",
    ["." * 200000 + "x", "<a>" * 60000, "a" * 200000, "{" * 200000, '"""' * 60000, "\n" * 200000, "<json" * 40000, "1(" * 100000, "- a\n" * 50000, "a. B" * 50000, "\x00" * 1000, " " * 200000],
    ids=lambda text: repr(text[:6]),
)  # fmt: skip
def test_hostile_text_is_answered_too(ask, hostile):
    question = 'Give me JSON with the keys "email", "phone" and "keywords":'
    assert "keywords" in json.loads(ask(f"{question}\n\nText: .{hostile}").text)


def test_a_prompt_that_would_take_too_long_is_refused(ask):
    with pytest.raises(BlockError, match="250,000 characters at most"):
        ask("Summarise: " + "a word. " * 40_000)
