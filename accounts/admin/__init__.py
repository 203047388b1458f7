"""People, what lets them in, their credits and deeds, and blocks, for operators; Django looks for them here."""

from django.contrib import admin
from django.contrib.auth.models import Group
from django.utils.translation import gettext_lazy

from accounts.admin import audit, blocks, doors, money, people

__all__ = ["audit", "blocks", "doors", "money", "people"]

admin.site.unregister(Group)  # what somebody may do follows from their role
admin.site.site_header = admin.site.site_title = gettext_lazy("Agentloom administration")
admin.site.site_url = "/"
