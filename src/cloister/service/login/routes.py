"""The pages of signing in and out. They hold no content: each sends a browser on, or says why not."""

from __future__ import annotations

import json
from collections.abc import Callable

from fastapi import APIRouter, Request, Response

from cloister.errors import CloisterError, TokenRefused
from cloister.service.login import flow, sessions
from cloister.service.login.attempt import SECONDS
from cloister.service.login.guard import ATTEMPT, SESSION, came_from_here, cookie, presented, set_cookie
from cloister.service.login.login import CALLBACK, Login

_HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}
_SEE_OTHER, _NO_CONTENT, _UNAUTHORIZED = 303, 204, 401


def routes(login: Login) -> APIRouter:
    """`GET /login`, `GET /login/callback` and `POST /logout`, for the top of the service's app.

    Whoever serves them keeps no log of requests with their query: that of the callback holds a code.
    """

    def start(request: Request) -> Response:
        """Send a browser to the provider; `to` is where to go on afterwards."""
        to = request.query_params.get("to", "/")
        address, attempt = flow.begun(login, to)
        return _sent_on(address, set_cookie(ATTEMPT, attempt.cookie, SECONDS))

    def callback(request: Request) -> Response:
        """Take what the provider sent along, and begin a session."""
        signed, to = flow.answered(login, request.query_params.multi_items(), cookie(request.headers, ATTEMPT))
        token, person = sessions.begin(login, signed, cookie(request.headers, SESSION))
        held = set_cookie(SESSION, token.open().decode("ascii"), person.until - login.now())
        return _sent_on(login.public + to, held, set_cookie(ATTEMPT, "", 0))

    def stop(request: Request) -> Response:
        """End the session that the request brings."""
        given = presented(request.headers)
        came_from_here(login, request.method, request.headers, given)
        sessions.end(login, given.token)
        return Response(status_code=_NO_CONTENT, headers={"Set-Cookie": set_cookie(SESSION, "", 0)})

    router = APIRouter(tags=["login"])
    router.add_api_route("/login", _answering(start), methods=["GET"], summary="Sign in")
    router.add_api_route(CALLBACK, _answering(callback), methods=["GET"], summary="Come back from the provider")
    router.add_api_route("/logout", _answering(stop), methods=["POST"], summary="Sign out")
    return router


def problem(refusal: CloisterError) -> Response:
    """A refusal as problem JSON (RFC 9457)."""
    kind = type(refusal)
    said = {"type": "about:blank", "title": kind.code, "status": kind.status, "detail": f"{refusal}", "code": kind.code}
    answer = Response(json.dumps(said), kind.status, media_type="application/problem+json")
    if kind.status == _UNAUTHORIZED:
        answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


def _answering(act: Callable[[Request], Response]) -> Callable[[Request], Response]:
    def answer(request: Request) -> Response:
        try:
            response = act(request)
        except CloisterError as refusal:
            response = problem(refusal)
            if isinstance(refusal, TokenRefused) and cookie(request.headers, SESSION) is not None:
                response.headers.append("Set-Cookie", set_cookie(SESSION, "", 0))
        response.headers.update(_HEADERS)
        return response

    return answer


def _sent_on(address: str, *cookies: str) -> Response:
    response = Response(status_code=_SEE_OTHER, headers={"Location": address})
    for each in cookies:
        response.headers.append("Set-Cookie", each)
    return response
