"""One address: a POST that inserts one row and does nothing else."""

from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

INSERT = "INSERT INTO bench_row (status) VALUES ('QUEUED') RETURNING id"


@csrf_exempt
def insert_row(request: HttpRequest) -> JsonResponse:
    with connection.cursor() as cursor:
        cursor.execute(INSERT)
        (id_,) = cursor.fetchone()
    return JsonResponse({"id": id_})


urlpatterns = [path("row", insert_row)]
