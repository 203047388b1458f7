"""Notifications on pages."""

from django import template

from executions.notifications.models import Notification
from executions.notifications.texts import Said, said

register = template.Library()


@register.filter
def told(row: Notification) -> Said:
    """What the notification says."""
    return said(row)
