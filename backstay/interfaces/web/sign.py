"""Who may pass: signed-in people of a company."""

from __future__ import annotations

from functools import wraps
from typing import Any
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect


def signed_in(view: Any) -> Any:
    """Send strangers to the sign-in and back; the middleware has opened the company's transaction for everybody else.

    A script whose session is over learns it (401) and keeps what was typed until the person has signed in again.
    """

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.ctx is None:  # type: ignore[attr-defined]
            if request.headers.get("Accept", "").startswith("application/json") or request.headers.get(
                "HX-Request"
            ):
                return JsonResponse({"sign_in": "/sign-in"}, status=401)
            there = request.get_full_path() if request.method == "GET" else request.path
            return redirect(f"/sign-in?next={quote(there)}")
        answer: HttpResponse = view(request, *args, **kwargs)
        return answer

    return wrapped
