"""Browsers, as the tests of pages have them."""

from tests.pages.conftest import page, stranger_page

__all__ = ["page", "stranger_page"]
