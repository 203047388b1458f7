"""What Prometheus would read."""

import pytest
from prometheus_client.parser import text_string_to_metric_families

from executions import measuring
from executions.metrics import exposition


@pytest.fixture(autouse=True)
def _nothing_counted():
    """What other tests of this process have counted."""
    measuring.take()


@pytest.fixture
def read():
    """The value of each series: {(name, label values…): value}, labels by their names."""

    def read():
        families = text_string_to_metric_families(exposition.text().decode())
        return {
            (sample.name, *sample.labels.values()): sample.value
            for family in families
            for sample in family.samples
        }

    return read
