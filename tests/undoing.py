"""Trying many things on one scene, each as if the others had not been."""

from contextlib import contextmanager

from django.db import transaction


@contextmanager
def undone():
    """What is done inside is gone afterwards."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
