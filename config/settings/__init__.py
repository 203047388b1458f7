"""All settings, read once from the environment. Defaults suit a laptop; production refuses unsafe ones."""

from config.settings.application import *
from config.settings.base import *
from config.settings.people import *
from config.settings.running import *
from config.settings.stores import *
from config.settings.web import *
