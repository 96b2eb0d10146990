"""How DBOS writes what it keeps: ids, numbers, times and codes in JSON. Anything else is refused.

By itself it pickles arguments, results, and exceptions with all that they say. Here a text that is no id or code is
refused, and of an exception its class and our code are written, which is all that is read back. Each row says how it
was written, and DBOS would unpickle one that says so, whatever serializer it was given: who can write to the database
could run code in a worker. So its own serializer is taken out of the process.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import Enum
from typing import Any, NoReturn

from dbos import Serializer
from dbos._serialization import DefaultSerializer

from cloister.errors import CloisterError
from cloister.events.event import CODES

LONGEST = 2048
"""Bytes of what is written at most."""
_WORD = re.compile(r"[0-9A-Za-z_][0-9A-Za-z_-]{0,63}", re.ASCII)
_MOST = 1 << 53
_TIME, _ERROR, _CODE = "time", "error", "code"


class JobFailed(Exception):
    """How a job ended that did not come to a result: by an exception of a class; `code` is that of a refusal."""

    def __init__(self, kind: str, code: str = CloisterError.code) -> None:
        super().__init__()
        self.kind, self.code = kind, code if code in CODES else CloisterError.code

    @classmethod
    def of(cls, problem: BaseException) -> JobFailed:
        """What is kept of an exception. A class that stands in no module may be named by what was read."""
        kind = type(problem)
        stands = getattr(sys.modules.get(kind.__module__), kind.__name__, None) is kind
        code = problem.code if isinstance(problem, CloisterError) else CloisterError.code
        return cls(kind.__name__ if stands and _WORD.fullmatch(kind.__name__) else "Exception", code)


class Ids(Serializer):
    """The serializer."""

    def name(self) -> str:
        """How it is named in the rows that it wrote."""
        return "cloister_ids_1"

    def serialize(self, data: Any) -> str:  # noqa: ANN401 - whatever DBOS would keep
        """Write it; `ValueError` for what is not to be kept, without saying what that is."""
        written = json.dumps(_plain(data), separators=(",", ":"), allow_nan=False)
        if len(written) > LONGEST:
            raise ValueError("more than a job may keep")
        return written

    def deserialize(self, serialized_data: str) -> Any:  # noqa: ANN401 - what was written
        """Read it; `ValueError` for what was not written here."""
        if len(serialized_data) > LONGEST:
            raise ValueError("more than a job may keep")
        try:
            return _value(json.loads(serialized_data))
        except (ValueError, TypeError, KeyError, RecursionError):
            raise ValueError("not written by a job") from None


def _plain(data: object) -> object:
    if isinstance(data, Enum):
        data = data.value
    if isinstance(data, BaseException):
        failed = data if isinstance(data, JobFailed) else JobFailed.of(data)
        return {_ERROR: failed.kind, _CODE: failed.code}
    if isinstance(data, datetime):
        return {_TIME: data.astimezone(UTC).isoformat()}
    if isinstance(data, list | tuple):
        return [_plain(each) for each in data]
    if isinstance(data, Mapping):
        return {_word(name): _plain(each) for name, each in data.items()}
    return data if data is None or isinstance(data, bool) else _scalar(data)


def _scalar(data: object) -> object:
    return _number(data) if isinstance(data, int) else _word(data)


def _value(plain: Any) -> object:  # noqa: ANN401 - what JSON held
    if isinstance(plain, dict):
        if set(plain) == {_ERROR, _CODE}:
            return JobFailed(_word(plain[_ERROR]), _word(plain[_CODE]))
        if set(plain) == {_TIME}:
            return datetime.fromisoformat(plain[_TIME])
        return {_word(name): _value(each) for name, each in plain.items()}
    if isinstance(plain, list):
        return [_value(each) for each in plain]
    return _plain(plain)


def _word(text: object) -> str:
    if not isinstance(text, str) or not _WORD.fullmatch(text):
        raise ValueError("a job keeps no text but ids and codes")
    return text


def _number(number: int) -> int:
    if not -_MOST < number < _MOST:
        raise ValueError("a number that not every reader of JSON keeps")
    return number


def _refused(*_: object) -> NoReturn:
    raise ValueError("not written by a job")


def _written(_: object, data: object) -> str:
    return Ids().serialize(data)


DefaultSerializer.serialize = _written  # type: ignore[method-assign, assignment]
DefaultSerializer.deserialize = _refused  # type: ignore[method-assign, assignment]
