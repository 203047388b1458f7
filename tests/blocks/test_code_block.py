"""Code of strangers: it computes, and it reaches nothing."""

import pytest

from blocks.base import BlockError
from tests.blocks.ports import Script, run_block


def run_code(code, **given):
    return dict(run_block("execute_code_block", {"code": code, "timeout": 1, **given}))


ESCAPES = [
    "open('/etc/passwd').read()",
    "open('/tmp/x', 'w').write('x')",
    "import os\nos.environ['PATH']",
    "import os\nos.listdir('/')",
    "import os\nos.system('id')",
    "import os\nos.fork()",
    "import os\nos._exit(0)",
    "import os\nos.kill(1, 9)",
    "from pathlib import Path\nPath('/etc/passwd').read_text()",
    "import socket\nsocket.create_connection(('127.0.0.1', 80))",
    "import urllib.request\nurllib.request.urlopen('http://127.0.0.1')",
    "import subprocess\nsubprocess.run(['id'])",
    "import ctypes",
    "import importlib",
    "import django.conf",
    "import blocks.base",
    "import multiprocessing",
    "import threading",
    "import pickle",
    "import signal",
    "__import__('os').system('id')",
    "().__class__.__mro__[1].__subclasses__()",
    "(lambda: 0).__globals__",
    "(lambda: 0).__code__",
    "print.__self__",
    "getattr((), '__cl' + 'ass__').__mro__",
    "globals()['__builtins__']['open']",
    "(x for x in [1]).gi_frame.f_back",
    "eval(\"__import__('os')\")",
    'exec("import socket")',
    "compile('1', 'x', 'exec')",
    "'{0.__class__.__mro__}'.format(())",
    "import sys\nsys.modules['os'].environ",
    "import sys\nsys.exit(1)",
    "raise SystemExit(1)",
    "raise KeyboardInterrupt",
    "breakpoint()",
    "input()",
]


@pytest.mark.parametrize("code", ESCAPES)
def test_code_reaches_nothing_outside(code):
    with pytest.raises(BlockError) as refusal:
        run_code(code)
    assert refusal.value.code == "code_failed"


PRICES = "data:text/csv,tea%0A3.50"
READING = [
    ("files", ["/files/file-1.csv"]),
    ("open(files[0]).read()", "tea\n3.50"),
    ("[line.strip() for line in open('/files/file-1.csv')]", ["tea", "3.50"]),
    ("from pathlib import Path\n[str(each) for each in Path('/').iterdir()]", ["/files"]),
]


@pytest.mark.parametrize(("code", "result"), READING)
def test_code_reads_the_files_that_it_is_handed(code, result):
    assert run_code(code, files=[PRICES])["result"] == result


BEYOND = [
    *("open('/files/../etc/passwd').read()", "open('../etc/passwd').read()"),
    *("open('/proc/self/environ').read()", "open(files[0], 'w')", "open(files[0], 'r+')"),
    *("open('/files/x', 'a').write('x')", "from pathlib import Path\nPath(files[0]).unlink()"),
    *("from pathlib import Path\nPath('/x').mkdir()", "import os\nos.rename(files[0], '/x')"),
]


@pytest.mark.parametrize("code", [*(each for each in ESCAPES if "listdir" not in each), *BEYOND])
def test_with_files_code_still_reaches_nothing_else(code):
    with pytest.raises(BlockError) as refusal:
        run_code(code, files=[PRICES])
    assert refusal.value.code == "code_failed"


def test_files_of_hostile_and_equal_names_lie_in_one_folder():
    script = Script()
    names = ["../../etc/passwd", "a.csv", "a.csv", "..", "\0"]
    files = [script.files.write(name, b"x", content_type="text/csv") for name in names]
    [(_, paths), *_] = run_block("execute_code_block", {"code": "files", "files": files}, script)
    assert paths == [
        *("/files/_.._etc_passwd", "/files/a.csv", "/files/a-2.csv", "/files/file-4.csv"),
        "/files/_",
    ]


def test_files_that_are_too_large_together_are_refused():
    large = "data:application/octet-stream;base64," + "A" * 8_000_000
    with pytest.raises(BlockError) as refusal:
        run_code("1", files=[large, large])
    assert refusal.value.code == "resource_limit"


BOMBS = [
    "while True: pass",
    "x = ' ' * 10**10",
    "x = [0]\nwhile True: x = x + x",
    "10 ** 10 ** 8",
    "def f(): return f()\nf()",
    "while True: print('x' * 1000)",
    "print('x' * 50_000_000)",
    "'x' * 60_000_000 + 'y' * 60_000_000",
    "'%999999999d' % 1",
    "'{:>999999999}'.format(1)",
    "list(range(10**9))",
    "sum(range(10**12))",
    "x = {}\nfor i in range(10**9): x[i] = i",
]


@pytest.mark.parametrize("code", BOMBS)
def test_a_bomb_is_stopped(code):
    with pytest.raises(BlockError) as refusal:
        run_code(code)
    assert refusal.value.code == "resource_limit"
    assert str(refusal.value).startswith("The code was stopped: ")


def test_the_next_code_runs_after_a_bomb():
    with pytest.raises(BlockError):
        run_code("x = [0]\nwhile True: x = x + x")
    assert run_code("1 + 1")["result"] == 2


def test_one_code_leaves_nothing_for_the_next():
    run_code("secret = 'canary'")
    with pytest.raises(BlockError, match="NameError"):
        run_code("secret")


def test_sleeping_holds_up_nobody():
    assert run_code("import time\ntime.sleep(1_000_000)\n'awake'")["result"] == "awake"


@pytest.mark.parametrize("code", ["{1, 2}", "float('nan')", "b'x'", "1j"])
def test_a_result_that_is_no_json_is_refused_in_a_sentence(code):
    with pytest.raises(BlockError) as refusal:
        run_code(code)
    assert refusal.value.code == "code_failed"


def test_a_pattern_that_would_take_ages_elsewhere_ends():
    code = "import re\nre.match('(a+)+$', 'a' * 50 + '!') is None"
    assert run_code(code)["result"] is True


def test_wrong_code_says_its_line():
    with pytest.raises(BlockError, match="The code failed in line 2: SyntaxError"):
        run_code("x = 1\ny = = 2")
