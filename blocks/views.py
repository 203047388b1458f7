"""The catalogue: all blocks, and one page for each."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import condition, require_GET

from blocks import catalogue, catalogue_json, registry


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


@login_required
@require_GET
@gzip_page
@condition(etag_func=lambda request: catalogue_json.etag())
def builder_catalogue(request: HttpRequest) -> HttpResponse:
    headers = {"Cache-Control": "private, no-cache"}  # kept, but asked for again with its ETag
    return HttpResponse(catalogue_json.text(), content_type="application/json", headers=headers)
