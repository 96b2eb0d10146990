"""The application: hardened, with the routes over a counter, and how it stands with the service itself."""

from __future__ import annotations

from fastapi import APIRouter, FastAPI, Response
from pydantic import BaseModel, ConfigDict

from cloister.service.counter import Counter
from cloister.service.documents import Routes
from cloister.service.limits import Gate, Rate
from cloister.service.problems import hardened


class Health(BaseModel):
    """Whether the service lives."""

    model_config = ConfigDict(extra="forbid")

    status: str


def application(counter: Counter, rate: Rate, gate: Gate, version: str) -> FastAPI:
    """The whole API."""
    app = hardened(version=version)
    routes = Routes(counter, rate, gate)
    app.include_router(routes.router())
    app.include_router(_about(counter, routes, version))
    return app


def _about(counter: Counter, routes: Routes, version: str) -> APIRouter:
    router = APIRouter(tags=["service"])

    @router.get("/health")
    async def health() -> Health:
        """Tell that the process lives."""
        return Health(status="ok")

    @router.get("/ready")
    async def ready(response: Response) -> Health:
        """Tell whether a document would be taken now: keys are open, records and log can be reached."""
        response.status_code = 200 if await routes.run(counter.is_ready) else 503
        return Health(status="ok" if response.status_code == 200 else "not ready")  # noqa: PLR2004 - OK

    @router.get("/version")
    async def tell_version() -> dict[str, str]:
        """Tell which version this is."""
        return {"version": version}

    return router
