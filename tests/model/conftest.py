"""`--seed` says where the random schedules begin."""

import pytest


@pytest.fixture
def first_seed(request):
    return request.config.getoption("--seed")
