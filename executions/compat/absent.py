"""Parts of the AutoGPT platform that mean nothing here, and what its clients find in their place."""

from django.utils.translation import gettext_lazy as _

IN_THE_GALLERY = _("There is no store here; ready agents are on the page /gallery/")
BY_KEYS = _(
    "Programs of others get in by API keys, see /api/user/api-keys; there is no OAuth server here"
)
BY_RUNS = _("There are no tools of an assistant here; find graphs at /api/graphs and run them")
BY_CREDENTIALS = _("Credentials are at /api/credentials, with bodies of their own")


class NotOfferedError(Exception):
    """A client asks for a part that is not there; the message says what is."""
