"""Ready agents to begin with: each runs at once with its sample values, without any key."""

from collections.abc import Mapping

from graphs.gallery import data, decisions, letters, texts
from graphs.gallery.template import Template

TEMPLATES: Mapping[str, Template] = {
    template.slug: template
    for template in (*texts.TEMPLATES, *letters.TEMPLATES, *data.TEMPLATES, *decisions.TEMPLATES)
}
