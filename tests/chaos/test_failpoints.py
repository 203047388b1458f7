"""The list of failpoints, and when they act."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from chaos import failures
from executions import failpoints

SOURCES = Path(failpoints.__file__).parent.rglob("*.py")


def test_the_list_names_the_moments_in_the_code():
    used = re.findall(r'failpoints\.hit\("([\w.]+)"\)', "\n".join(map(Path.read_text, SOURCES)))

    assert sorted(set(used)) == sorted((*failpoints.NAMES, *failpoints.BESIDE))


def test_the_product_loads_nothing_that_breaks_it():
    program = "import sys, django; django.setup(); print(sorted(m for m in sys.modules if m[:5] == 'chaos'))"
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings"}
    output = subprocess.check_output([sys.executable, "-c", program], env=env, text=True)

    assert output == "['chaos', 'chaos.apps']\n"


@pytest.mark.parametrize("text", ["burst.loaded", "burst.loaded=explode", "nowhere=kill@1"])
def test_a_plan_that_means_nothing_is_refused(tmp_path, text):
    with pytest.raises(ValueError, match="not a failpoint with an action"):
        failures.Armed(text, tmp_path / "report")


def test_the_nth_time_acts_and_no_other(tmp_path):
    report = tmp_path / "report"
    hit = failures.Armed("burst.loaded=raise@2", report)
    hit("burst.loaded")
    with pytest.raises(failures.BrokenOnPurposeError):
        hit("burst.loaded")
    hit("burst.loaded")
    hit("claim.after")

    assert report.read_text() == "burst.loaded=raise\n"
