"""A form comes out as it went in, however it is cut; and whatever comes is a form or is refused."""

from __future__ import annotations

import asyncio
import re
from contextlib import suppress
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request

from cloister.errors import CloisterError, EmptyFile, FormRefused, TooLarge
from cloister.service.intake.fields import boundary, name_of
from cloister.service.intake.form import Form, taken
from cloister.service.intake.sink import Bounds
from cloister.service.intake.tus import Uploads, metadata

MARK = b"xYz"
pieces = st.lists(
    st.sampled_from(
        [b"\r", b"\n", b"\r\n", b"--", b"-", b"\r\n--", b"\r\n--xY", b"--xYz", b"\r\n--xY--", b" ", b"data"]
    )
    | st.binary(max_size=9),
    max_size=30,
).map(b"".join)
files = pieces.filter(lambda held: held and b"\r\n--" + MARK not in b"\r\n" + held + b"\r\n")
texts = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "Zs"]), max_size=15).filter(str.isprintable)


class Kept:
    def __init__(self):
        self.held, self.state = b"", "open"

    async def write(self, part):
        assert self.state == "open"
        self.held += part

    async def commit(self):
        assert self.state == "open"
        self.state = "kept"
        return self.held

    async def abort(self):
        assert self.state == "open"
        self.state = "dropped"


def cut(body, cuts):
    ends = sorted({min(at, len(body)) for at in cuts} | {0, len(body)})
    return [body[a:b] for a, b in pairwise(ends)]


def take(chunks, mark=MARK, most=1 << 20):
    """What came of it: the fields, the sink if one was opened, and the error."""
    sinks, fields = [], {}

    async def body():
        for chunk in chunks:
            yield chunk

    async def opened(given_fields):
        fields.update(given_fields)
        sinks.append(Kept())
        return sinks[-1]

    async def all_of_it():
        return await taken(body(), Form(mark), opened, most)

    try:
        asyncio.run(all_of_it())
        error = None
    except CloisterError as refused:
        error = refused
    assert len(sinks) <= 1
    if sinks:
        assert sinks[0].state == ("dropped" if error else "kept")
    return fields, sinks[0] if sinks else None, error


def whole(file, fields):
    body = b"".join(
        b'--%s\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % (MARK, name.encode(), value.encode())
        for name, value in fields.items()
    )
    head = b'--%s\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\nContent-Type: image/png\r\n\r\n'
    return body + head % MARK + file + b"\r\n--%s--\r\n" % MARK


@given(files, st.dictionaries(st.sampled_from(["kind", "language", "formats"]), texts), st.lists(st.integers(0, 600)))
def test_what_comes_out_is_what_went_in_at_any_cut(file, fields, cuts):
    got, sink, error = take(cut(whole(file, fields), cuts))
    assert error is None
    assert got == fields
    assert sink.held == file


@given(files, st.integers(1, 40))
def test_one_byte_at_a_time_is_no_different(file, step):
    body = whole(file, {"kind": "k"})
    _, sink, error = take([body[at : at + step] for at in range(0, len(body), step)])
    assert (error, sink.held) == (None, file)


@given(files, st.data())
def test_a_form_that_is_cut_short_is_never_kept(file, data):
    body = whole(file, {"kind": "k"})
    end = data.draw(st.integers(0, len(body) - 3))
    _, _, error = take(cut(body[:end], data.draw(st.lists(st.integers(0, 300), max_size=5))))
    assert error is not None


@given(files, st.binary(min_size=1, max_size=20), st.lists(st.integers(0, 600)))
def test_nothing_may_follow_the_last_boundary(file, more, cuts):
    _, _, error = take(cut(whole(file, {}) + more, cuts))
    assert isinstance(error, FormRefused)


@given(st.lists(st.sampled_from([b"--xYz", b"\r\n", b"--", b"Content-Disposition: ", b'form-data; name="file"', b": ",
       b'form-data; name="kind"', b'; filename="', b"\r\n\r\n", b"\r\n--xYz--", b"v", b"\x00", b" ", b"\t"])
       | st.binary(max_size=6), max_size=40), st.lists(st.integers(0, 300), max_size=6))  # fmt: skip
def test_whatever_comes_is_a_form_or_refused_in_our_words(tokens, cuts):
    body = b"".join(tokens)
    _, _, error = take(cut(body, cuts))
    assert error is None or isinstance(error, FormRefused | EmptyFile)
    _, _, again = take([body])
    assert (error is None) == (again is None), "how it is cut decides nothing"


@given(st.binary(max_size=80))
def test_any_disposition_is_a_known_name_or_refused(value):
    with suppress(FormRefused):
        assert name_of([(b"Content-Disposition", value)]) in {"file", "kind", "language", "formats", "retention"}


@given(st.text(max_size=100) | st.from_regex(re.compile(r'multipart/form-data; boundary="?[ -~]{0,80}"?')))
def test_any_content_type_gives_a_boundary_of_the_rfc_or_is_refused(text):
    with suppress(FormRefused):
        assert re.fullmatch(rb"[0-9A-Za-z'()+_,./:=?-]{1,70}", boundary([text]))


@given(st.text(max_size=200) | st.from_regex(r"(kind|filename|x) [A-Za-z0-9=+/,]{0,40}"))
def test_any_metadata_is_known_fields_or_refused(text):
    with suppress(FormRefused):
        assert set(metadata(text)) <= {"kind", "language", "formats", "retention"}


class Held:
    key, length, expires = "k", 10, 2_000_000_000

    def __init__(self):
        self.at = 3

    def expired(self):
        return False

    async def offset(self):
        return self.at

    async def append(self, _, chunks):
        async for part in chunks:
            self.at += len(part)
        return self.at

    async def abort(self):
        self.at = 0


names = st.sampled_from(
    ["tus-resumable", "upload-offset", "upload-length", "upload-metadata", "upload-defer-length", "content-type",
     "content-length", "content-encoding", "transfer-encoding"]
)  # fmt: skip
values = st.sampled_from(["1.0.0", "0", "3", "7", "10", "application/offset+octet-stream", "-1", "+3", "3 ", "9" * 30])


@given(
    st.sampled_from(["HEAD", "PATCH", "PUT", "DELETE", "POST", "CREATE"]),
    st.lists(st.tuples(names, values | st.text(st.characters(max_codepoint=255), max_size=12)), max_size=6),
    st.binary(max_size=12),
    st.booleans(),
)
def test_any_headers_of_tus_are_answered_or_refused_below_500(method, headers, body, right):
    if right:
        headers = [
            ("tus-resumable", "1.0.0"), ("content-type", "application/offset+octet-stream"), ("upload-offset", "3"),
            *headers[:1],
        ]  # fmt: skip
    scope = {"type": "http", "method": method, "path": "/", "query_string": b"",
             "headers": [(name.encode(), value.encode("latin-1")) for name, value in headers]}  # fmt: skip
    sent = iter([{"type": "http.request", "body": body, "more_body": False}])

    async def receive():
        return next(sent)

    upload = Held()
    uploads = Uploads(Bounds(20))
    request = Request(scope, receive)
    try:
        if method == "CREATE":
            asked = uploads.creation(request)
            assert 0 < asked.length <= 20
        else:
            answer = asyncio.run(uploads.respond(request, upload))
            if method == "PATCH":
                assert answer.headers["upload-offset"] == str(upload.at) == str(3 + len(body))
        status = 200
    except CloisterError as refused:
        status = refused.status
    assert status < 500
    assert not uploads._writing


def test_a_file_above_its_bound_is_dropped():
    _, sink, error = take([whole(b"x" * 11, {})], most=10)
    assert isinstance(error, TooLarge)
    assert sink.state == "dropped"


def test_a_sink_that_fails_or_is_cancelled_is_dropped():
    class Failing(Kept):
        async def write(self, _):
            raise OSError(28, "x")

    class Waiting(Kept):
        async def write(self, _):
            await asyncio.sleep(60)

    async def run(sink):
        async def body():
            yield whole(b"x", {})

        async def opened(_):
            return sink

        async with asyncio.timeout(0.1):
            await taken(body(), Form(MARK), opened, 10)

    for sink, error in ((Failing(), OSError), (Waiting(), TimeoutError)):
        with pytest.raises(error):
            asyncio.run(run(sink))
        assert sink.state == "dropped"
