"""A real server whose sinks count and hash. Run as a module; it prints its port, and nothing else ever."""

from __future__ import annotations

import asyncio
import hashlib
import socket
import time

import uvicorn
from fastapi import Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from cloister.service.intake.body import raw
from cloister.service.intake.form import multipart
from cloister.service.intake.sink import Bounds
from cloister.service.intake.tus import Uploads
from cloister.service.limits import Rate
from cloister.service.problems import config, hardened

LIMIT = 3 << 30
app = hardened()
ended = {"commit": 0, "abort": 0, "open": 0}
uploads = Uploads(Bounds(64 << 20, grace=1.0, silence=2.0))
held = {}
rate = Rate(3, 60, 100)


class Counting:
    """A sink that keeps a hash."""

    def __init__(self, delay=0.0):
        self.hash, self.size, self.delay, self.fields = hashlib.sha256(), 0, delay, {}
        ended["open"] += 1

    async def write(self, part):
        self.hash.update(part)
        self.size += len(part)
        if self.delay:
            await asyncio.sleep(self.delay)

    async def commit(self):
        ended["commit"] += 1
        return self.hash.hexdigest()

    async def abort(self):
        ended["abort"] += 1


class Memory:
    """An upload whose segments are committed each by itself."""

    def __init__(self, key, length):
        self.key, self.length, self.expires = key, length, int(time.time()) + 3600
        self.segments, self.gone, self.broken, self.delay = [], False, "", 0.0

    def expired(self):
        return self.gone

    async def offset(self):
        return sum(map(len, self.segments))

    async def append(self, offset, chunks):
        if self.broken == "write":
            raise OSError(28, "CANARY-in-an-oserror")
        async for part in chunks:
            await asyncio.sleep(self.delay)
            self.segments.append(part)
        if self.broken == "lies":
            self.segments.pop()
            return offset + 1_000_000
        return await self.offset()

    async def abort(self):
        self.gone = True
        self.segments.clear()


@app.post("/raw")
async def post_raw(request: Request):
    taken = await raw(request, Counting(), Bounds(LIMIT, grace=1.0, silence=2.0))
    return {"sha256": taken.kept, "size": taken.size}


@app.post("/small")
async def post_small(request: Request):
    return {"size": (await raw(request, Counting(), Bounds(1 << 20))).size}


@app.post("/slow-sink")
async def post_slow(request: Request):
    return {"size": (await raw(request, Counting(0.05), Bounds(LIMIT, grace=0.5, silence=0.5))).size}


@app.post("/form")
async def post_form(request: Request):
    seen = {}

    async def opened(fields):
        seen.update(fields)
        return Counting()

    taken = await multipart(request, opened, Bounds(LIMIT, grace=1.0, silence=2.0))
    return {"sha256": taken.kept, "size": taken.size, "fields": seen}


@app.post("/spooled")
async def post_spooled(request: Request):
    form = await request.form()
    return {"size": form["file"].size}


@app.post("/held")
async def post_held(request: Request):
    return {"size": len(await request.body())}


@app.get("/half")
async def half():
    async def body():
        yield b"x"
        raise KeyError("CANARY7f3a")

    return StreamingResponse(body())


@app.post("/tus")
async def create(request: Request):
    asked = uploads.creation(request)
    key = f"u{len(held)}"
    held[key] = Memory(key, asked.length)
    return uploads.created(held[key], f"/tus/{key}")


@app.options("/tus")
async def options():
    return uploads.options()


@app.api_route("/tus/{key}", methods=["HEAD", "PATCH", "PUT", "DELETE"], include_in_schema=False)
async def one(key: str, request: Request):
    return await uploads.respond(request, held[key])


@app.post("/tus/{key}/is/{what}")
async def become(key: str, what: str):
    if what == "gone":
        held[key].gone = True
    elif what == "slow":
        held[key].delay = 0.2
    else:
        held[key].broken = what


@app.get("/tus/{key}/hash")
async def hash_of(key: str):
    return {"sha256": hashlib.sha256(b"".join(held[key].segments)).hexdigest()}


class Asked(BaseModel):
    number: int


@app.post("/json")
async def typed(asked: Asked):
    return asked.number


@app.get("/boom/{what}")
async def boom(what: str):
    raise KeyError(what)


@app.get("/rate")
async def rated():
    return Response(headers=rate.take("one").headers())


@app.get("/ended")
async def seen():
    return ended


if __name__ == "__main__":
    listening = socket.create_server(("127.0.0.1", 0), backlog=256)
    print(listening.getsockname()[1], flush=True)
    uvicorn.Server(config(app)).run(sockets=[listening])
