"""The catalogue: all blocks, and one page for each."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from blocks import catalogue, registry


@login_required
@require_GET
def block_list(request: HttpRequest) -> HttpResponse:
    text, category = request.GET.get("q", ""), request.GET.get("category", "")
    context = {
        "categories": catalogue.search(text, category),
        "all_categories": catalogue.search(),
        "text": text,
        "category": category,
    }
    return render(request, "blocks/list.html", context)


@login_required
@require_GET
def block_detail(request: HttpRequest, block_id: str) -> HttpResponse:
    block = registry.find(block_id)
    if block is None:
        raise Http404
    context = {
        "entry": block,
        "inputs": catalogue.input_pins(block).values(),
        "outputs": catalogue.output_pins(block).values(),
        "takes_any_pin": catalogue.takes_any_pin(block),
    }
    return render(request, "blocks/detail.html", context)
