"""The way in from Django's routes: the API is loaded by the first program that asks, not by every start."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt


@csrf_exempt  # no cookie is read here
def serve(request: HttpRequest, rest: str) -> HttpResponse:
    """Any request to ``/api/v1/…``."""
    from backstay.interfaces.api import served

    return served.serve(request, rest)


@csrf_exempt
def elsewhere(request: HttpRequest, rest: str = "") -> HttpResponse:
    """Below ``/api/``, and of no version there is."""
    from backstay.interfaces.api import served

    return served.elsewhere(request)
