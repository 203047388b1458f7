import os
import re
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blocks.adapters.templates import SandboxedTemplates, fill_plainly
from blocks.base import BlockError
from blocks.sandbox.jobs.templates import Sandbox
from blocks.sandbox.pool import ProcessSandbox


@pytest.fixture(scope="module")
def sandbox():
    processes = ProcessSandbox()
    yield processes
    processes.close()


@pytest.fixture(scope="module")
def templates(sandbox):
    return SandboxedTemplates(sandbox)


@pytest.fixture
def hasty():
    """Templates that are stopped quickly, so that the tests need not wait."""
    processes = ProcessSandbox(children=1)
    SandboxedTemplates(processes).render("{% if true %}warm{% endif %}", {})
    yield SandboxedTemplates(processes, seconds=0.3)
    processes.close()


@pytest.mark.parametrize(
    ("template", "values", "expected"),
    [
        ("Hello {{ name }}!", {"name": "Ada"}, "Hello Ada!"),
        ("{% for x in xs %}{{ loop.index }}{{ x }} {% endfor %}", {"xs": ["a", "b"]}, "1a 2b "),
        ("{{ a.b.c }} {{ a['b']['c'] }}", {"a": {"b": {"c": 1}}}, "1 1"),
        ("{{ missing }}|{{ missing.deep.er }}|{{ d.missing }}", {"d": {}}, "||"),
        ("{{ names | join(', ') | upper }}", {"names": ["a", "b"]}, "A, B"),
        ("{{ items.items() | list }}", {"items": {"a": 1}}, "[('a', 1)]"),
        ("{% set ns = namespace(n=0) %}{% for i in range(3) %}{% set ns.n = ns.n + i %}"
         "{% endfor %}{{ ns.n }}", {}, "3"),
        ("{{ 'a' * 3 }}{{ 2 ** 10 }}{{ '%05.1f' | format(2.25) }}", {}, "aaa1024002.2"),
        ("{{ '{:>5}|{}'.format('a', 1) }}", {}, "    a|1"),
        ("{{ data | tojson }}", {"data": {"a": [1, None, True]}}, '{"a": [1, null, true]}'),
        ("line\r\nend\n", {}, "line\nend"),
        ("{{ text }}", {"text": "{{ 7 * 7 }}{% raw %}{x.__class__}"}, "{{ 7 * 7 }}{% raw %}{x.__class__}"),
        ("{text.__class__} {x:>99999999}", {"text": "x"}, "{text.__class__} {x:>99999999}"),
        ("", {}, ""),
        ("{{ when }}{# note #}", {"when": object}, "<class 'object'>"),
    ],
)  # fmt: skip
def test_templates_are_filled(templates, template, values, expected):
    assert templates.render(template, values) == expected


@pytest.mark.parametrize("template", ["{{ a }}", "{% if true %}{{ a }}{% endif %}"])
def test_values_are_escaped_when_html_is_wanted(templates, template):
    values = {"a": "<b>&\"'"}
    assert templates.render(template, values) == "<b>&\"'"
    assert templates.render(template, values, escape_html=True) == "&lt;b&gt;&amp;&#34;&#39;"


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("a\n{% for %}", "The template is wrong at line 2: Expected an expression"),
        ("{{ 1 / 0 }}", "The template is wrong at line 1: division by zero."),
        ("\n\n{{ nope() }}", "The template is wrong at line 3: 'nope' is undefined."),
        ("{{ 'a' + 1 }}", "The template is wrong at line 1: can only concatenate"),
        ("{{ a | nofilter }}", "The template is wrong at line 1: No filter named 'nofilter'."),
        ("{{ unclosed", "The template is wrong at line 1: unexpected end of template"),
        ("{% include 'other' %}", "The template is wrong at line 1: no loader"),
        ("{{ lipsum() }}", "The template is wrong at line 1: 'lipsum' is undefined."),
        ("{{ (10**1000)**5 }}", "The template is wrong at line 1: Exceeds the limit"),
    ],
)
def test_a_wrong_template_is_explained_with_its_line(templates, template, message):
    with pytest.raises(BlockError, match=re.escape(message)) as error:
        templates.render(template, {"a": "x"})
    assert error.value.code == "template_error"


@pytest.mark.parametrize(
    "template",
    [
        "{{ ''.__class__ }}",
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ '' | attr('__class__') }}",
        "{{ ''['__class__'] }}",
        "{{ xs | map(attribute='__class__') | list }}",
        "{{ xs | groupby('__class__') }}",
        "{{ cycler.__init__.__globals__ }}",
        "{{ joiner.__init__ }}",
        "{{ namespace.__init__.__globals__ }}",
        "{{ self.__init__.__globals__ }}",
        "{{ self._TemplateReference__context }}",
        "{{ range.__class__ }}",
        "{{ dict.mro() }}",
        "{{ missing.__class__ }}",
        "{{ '{0.__class__}'.format('') }}",
        "{{ '{a.__class__}'.format_map({'a': 1}) }}",
        "{{ ('{0.__class__}' | safe).format('') }}",
        "{% set f = '{0.__class__}'.format %}{{ f('') }}",
        "{{ xs.append(1) }}",
        "{{ d.update({'a': 1}) }}",
        "{{ (xs | map('upper')).gi_frame }}",
        "{{ ''.join.__self__ }}",
    ],
)
def test_a_template_cannot_leave_its_sandbox(templates, template):
    with pytest.raises(BlockError, match="not allowed") as error:
        templates.render(template, {"xs": ["a"], "d": {}})
    assert error.value.code == "sandbox_violation"


@pytest.mark.parametrize(
    "template",
    ["{{ lipsum.__globals__ }}", "{% macro m() %}{% endmacro %}{{ m.__globals__ }}"],
)
def test_what_does_not_exist_in_the_sandbox_is_nothing(templates, template):
    assert templates.render(template, {}) == ""


@pytest.mark.parametrize(
    "template",
    [
        "{{ 'a' * 300000000 }}",
        "{{ 3 * (xs * 9999 * 9999) }}",
        "{{ '{:>200000000}'.format('a') }}",
        "{{ '%200000000d' % 1 }}",
        "{{ 'a'.ljust(500000000) }}",
        "{{ 'a' | center(500000000) }}",
        "{{ 2 ** 100000 }}",
        "{{ range(10001) | list }}",
        "{% for i in range(10000) %}{% for j in range(10000) %}{{ big }}{% endfor %}{% endfor %}",
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
        "{{ " + "(" * 100_000,
        "{{ " + "[" * 5_000 + "]" * 5_000 + " }}",
        "{{ xs | batch(1, 'x') | list }}{{ big * 20 }}",
    ],
    ids=lambda template: template[:30],
)
def test_a_bomb_is_stopped(templates, template):
    with pytest.raises(BlockError, match="The template was stopped") as error:
        templates.render(template, {"xs": ["a"], "big": "x" * 100_000})
    assert error.value.code == "resource_limit"


@pytest.mark.parametrize(
    "template",
    [
        "{% for i in range(10000) %}{% for j in range(10000) %}{% endfor %}{% endfor %}",
        "{{ ((2 ** 1000) ** 1000) ** 1000 }}",
        "{{ ('a' * 9999) | wordwrap(1) | length }}{% for i in range(10000) %}"
        "{% set x = ('a' * 9999) | wordwrap(1) %}{% endfor %}",
    ],
)
def test_a_template_that_takes_too_long_is_stopped_and_the_next_one_works(hasty, template):
    with pytest.raises(BlockError, match="it takes too long") as error:
        hasty.render(template, {})
    assert error.value.code == "resource_limit"
    assert hasty.render("{% if true %}next{% endif %}", {}) == "next"


def test_values_may_not_be_huge(templates):
    with pytest.raises(BlockError) as error:
        templates.render("{{ x | length }}", {"x": "a" * 16_000_000})
    assert error.value.code == "resource_limit"


def test_a_huge_result_is_refused_on_the_quick_way_too(templates):
    with pytest.raises(BlockError) as error:
        templates.render("{{ x }}{{ x }}", {"x": "a" * 600_000})
    assert error.value.code == "resource_limit"


def test_values_that_go_in_circles_are_refused(templates):
    circle = []
    circle.append(circle)
    with pytest.raises(BlockError) as error:
        templates.render("{{ x | length }}", {"x": circle})
    assert error.value.code == "invalid_input"


def test_large_values_pass_through_the_pipe(templates):
    assert templates.render("{{ x | length }}", {"x": "ä" * 1_000_000}) == "1000000"
    assert templates.render("{{ x | upper }}", {"x": "ä" * 900_000}) == "Ä" * 900_000


def test_the_child_knows_nothing_of_its_surroundings(sandbox, templates):
    line = "{{ self._TemplateReference__context.environ }}"
    with pytest.raises(BlockError):
        templates.render(line, {})
    child = sandbox._slots_for(()).queue[-1]._process.pid
    assert Path(f"/proc/{child}/environ").read_bytes() == b""


@pytest.mark.parametrize("program", ["/bin/false", "/does/not/exist"])
def test_a_child_that_does_not_start_is_not_the_fault_of_the_template(monkeypatch, program):
    monkeypatch.setattr(sys, "executable", program)
    with pytest.raises(BlockError) as error:
        SandboxedTemplates(ProcessSandbox()).render("{{ 1 + 1 }}", {})
    assert (error.value.code, error.value.retryable) == ("sandbox_unavailable", True)


def test_threads_share_the_children(templates):
    def render(number):
        return templates.render("{% if true %}{{ n }}{% endif %}", {"n": number})

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(render, range(100))) == [str(n) for n in range(100)]


def test_a_forked_process_has_children_of_its_own(sandbox, templates):
    template = "{% if true %}{{ n }}{% endif %}"
    templates.render(template, {"n": 1})
    child = os.fork()
    if not child:
        works = templates.render(template, {"n": 2}) == "2"
        sandbox.close()
        os._exit(0 if works else 1)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0
    assert templates.render(template, {"n": 3}) == "3"


def test_a_child_ends_when_its_parent_closes_the_pipe():
    processes = ProcessSandbox(children=1)
    SandboxedTemplates(processes).render("{% if true %}{% endif %}", {})
    process = processes._slots_for(()).queue[-1]._process
    process.stdin.close()
    assert process.wait(10) == 0
    process.stdout.close()


JINJA = {escape: Sandbox(autoescape=escape) for escape in (False, True)}
PLAIN_VALUES = st.one_of(
    st.text(max_size=8), st.integers(), st.floats(), st.booleans(), st.none(), st.just("<&>\r\n")
)
NAMES = st.sampled_from(["a", "b", "_c", "in", "self", "loop", "range", "True", "dict", "missing"])
KEYS = st.sampled_from(["x", "items", "keys", "y", "__class__", "missing"])
PIECES = st.one_of(
    st.sampled_from(["{{", "}}", "{", "}", "\n", " ", "{% if a %}1{% endif %}", "{# n #}", "\r\n"]),
    st.text(alphabet="ab{}%# \n", max_size=6),
    NAMES.map("{{{{ {} }}}}".format),
    NAMES.map("{{{{{}\n}}}}".format),
    st.tuples(NAMES, KEYS).map(lambda pair: f"{{{{ {pair[0]}.{pair[1]} }}}}"),
)


@settings(max_examples=300, deadline=None)
@given(
    pieces=st.lists(PIECES, max_size=6),
    flat=st.dictionaries(NAMES, PLAIN_VALUES),
    nested=st.dictionaries(KEYS, PLAIN_VALUES),
    escape=st.booleans(),
)
def test_the_quick_way_gives_what_jinja_gives(pieces, flat, nested, escape):
    template, values = "".join(pieces), flat | {"b": nested}
    quick = fill_plainly(template, values, escape_html=escape)
    if quick is not None:
        assert quick == JINJA[escape].from_string(template).render(values)


@pytest.mark.parametrize(
    ("template", "is_quick"),
    [
        ("Hello {{ name }}, {{user.name}}!", True),
        ("No marks at all", True),
        ("{{ name | upper }}", False),
        ("{{ user.items }}", False),
        ("{{ missing }}", False),
        ("{{ users }}", False),
        ("{{- name }}", False),
    ],
)
def test_only_plain_look_ups_take_the_quick_way(template, is_quick):
    values = {"name": "Ada", "user": {"name": "Bo"}, "users": [1]}
    assert (fill_plainly(template, values, escape_html=False) is not None) is is_quick
