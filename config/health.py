"""For those who watch over the processes: is this one alive, and can it do its work?"""

from django.core.cache import cache
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from redis.exceptions import RedisError

from config import tables


@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """200 while the process and its database answer, 503 otherwise."""
    if _database_answers():
        return JsonResponse({"status": "ok"})
    return JsonResponse({"status": "unavailable"}, status=503)


@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """As above, and whether its tables are those of this version, and Redis answers: without Redis runs go on, only more
    slowly (`degraded`)."""
    database, redis = _database_answers(), _redis_answers()
    fits = database and tables.fit()
    status = ("ok" if redis else "degraded") if fits else "unavailable"
    body = {"status": status, "database": _word(database), "redis": _word(redis)}
    if database and not fits:
        body["database"] = "behind this version: run prepare"
    return JsonResponse(body, status=200 if fits else 503)


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def _redis_answers() -> bool:
    try:
        cache.get("readyz")
    except RedisError:
        return False
    return True


def _word(answers: bool) -> str:
    return "ok" if answers else "unavailable"
