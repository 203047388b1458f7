"""The pages of files: list and upload, download, delete."""

from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.http import UserRequest
from accounts.lists import listing_of, own_rows, several
from accounts.teams.finding import find
from executions.errors import StorageError
from executions.files import downloads, services
from executions.files.listing import VERBS, FileList
from executions.files.models import StoredFile

FILES_PER_PAGE = 50


class UploadForm(forms.Form):
    """A file of one's own."""

    file = forms.FileField(label=gettext_lazy("File"), allow_empty_file=True)


@login_required
@require_http_methods(["GET", "POST"])
def file_list(request: UserRequest) -> HttpResponse:
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid() and _is_kept(request, form):
        messages.success(request, _("The file is kept."))
        return redirect("files:list")
    files = StoredFile.objects.owned_by(request.user).newest_first()
    context = {
        "listing": listing_of(request, FileList, files, verbs=VERBS, per_page=FILES_PER_PAGE),
        "form": form,
        "taken": request.user.files.bytes(),
        "quota": settings.FILE_QUOTA_BYTES,
    }
    return render(request, "files/list.html", context)


with_several = several(own_rows(StoredFile), VERBS, "files:list")


def _is_kept(request: UserRequest, form: UploadForm) -> bool:
    upload = form.cleaned_data["file"]
    try:
        services.keep(request.user.pk, upload, name=upload.name, content_type=upload.content_type)
    except StorageError as error:
        form.add_error("file", str(error))
        return False
    return True


@login_required
@require_GET
def download(request: UserRequest, pk: UUID) -> HttpResponse:
    visible = StoredFile.objects.visible_to(request.user)
    return downloads.answer(get_object_or_404(visible, pk=pk))


@login_required
@require_POST
def delete(request: UserRequest, pk: UUID) -> HttpResponse:
    files = StoredFile.objects
    services.delete(find(files.owned_by(request.user), files.visible_to(request.user), pk=pk))
    messages.success(request, _("The file is deleted."))
    return redirect("files:list")
