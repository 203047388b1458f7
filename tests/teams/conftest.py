"""Browsers of the people of a team."""

from tests.pages.conftest import page, stranger_page

__all__ = ["page", "stranger_page"]
