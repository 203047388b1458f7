"""`--long` looks at much more than the suite does; `--seed` says where the random schedules begin."""

import pytest


@pytest.fixture
def is_long(request):
    return request.config.getoption("--long")


@pytest.fixture
def first_seed(request):
    return request.config.getoption("--seed")
