"""What the service refuses before anything of a request is kept."""

from __future__ import annotations

from enum import Enum

from cloister.errors.documents import BadArguments
from cloister.errors.refusal import CloisterError
from cloister.errors.settings import Refused


class BadRequest(BadArguments):
    """A request that is not of the form that is documented."""

    code = "bad-request"
    says = "This request is not well formed. /openapi.json says how it has to be."


class AmbiguousLength(BadRequest):
    """Two statements of where the body ends."""

    code = "ambiguous-length"
    says = "The request says in two ways where its body ends. Send Content-Length or Transfer-Encoding, not both."


class HeadersTooLarge(BadRequest):
    """More headers than are taken."""

    code, status = "headers-too-large", 431
    says = "The headers of this request are too large or too many. Send fewer."


class NoSuchAddress(BadRequest):
    """Nothing answers at this path."""

    code, status = "no-such-address", 404
    says = "Nothing answers at this address. /openapi.json lists what does."


class WrongMethod(BadRequest):
    """The path has other methods."""

    code, status = "wrong-method", 405
    says = "This address does not answer to this method. The header Allow says to which it does."


class InvalidRequest(BadRequest):
    """Fields or parameters that cannot be."""

    code, status = "invalid-request", 422
    says = "Of this request {number} fields or parameters are missing or cannot be. /openapi.json says which can."


class WrongMediaType(BadRequest):
    """A body of another media type or coding than is taken here."""

    code, status = "wrong-media-type", 415
    says = "A body of this media type or encoding is not taken here. /openapi.json says which is."


class FormFlaw(Enum):
    """Why a form is not taken."""

    BOUNDARY = "its boundary is missing or cannot be"
    SYNTAX = "it is not multipart/form-data"
    HEADERS = "the headers of a part cannot be"
    UNKNOWN = "it has a field that is not known here"
    REPEATED = "it has a field or a file twice"
    LENGTH = "a field is too long"
    TEXT = "a field is no plain text"
    ORDER = "a field comes after the file; put the file last"
    NO_FILE = "it has no file"
    UNFINISHED = "it ends before its last boundary"
    TRAILING = "something follows its last boundary"


class FormRefused(BadRequest):
    """A form that is not exactly one file, after a few short fields."""

    code = "form-refused"
    says = "This form is not taken: {why}."


class UploadCutShort(BadRequest):
    """The client went away in the middle."""

    code = "upload-cut-short"
    says = "The upload ended before it was whole, and nothing of it was kept. Send it again."


class UploadTooSlow(BadRequest):
    """Less than the least rate, or longer than the longest time."""

    code, status = "upload-too-slow", 408
    says = "The upload came too slowly and was ended after {seconds} seconds. Send it again over a faster line."


class WrongOffset(BadRequest):
    """A part of an upload that does not go on where it stands."""

    code, status = "wrong-offset", 409
    says = "The upload stands elsewhere, or another request is adding to it. Ask with HEAD where, and go on from there."


class WrongUploadVersion(BadRequest):
    """Another version of tus than 1.0.0, or none."""

    code, status = "wrong-upload-version", 412
    says = "Resumable uploads need the header Tus-Resumable: 1.0.0."


class UploadGone(Refused):
    """An upload that expired or was ended."""

    code, status = "upload-gone", 410
    says = "This upload is over: it expired, or was ended. Begin a new one."


class UploadNotKept(CloisterError):
    """The store did not keep what it was given, or says so and shows otherwise."""

    code, status, exit = "upload-not-kept", 500, 5
    says = "What was sent could not be kept. Ask with HEAD where the upload stands, and go on from there."


class TooManyRequests(Refused):
    """More requests in a time than one principal may send."""

    code, status = "too-many-requests", 429
    says = "More than {limit} requests in {window} seconds. Wait {seconds} seconds."


class QuotaOf(Enum):
    """What a tenant may have so much of a day."""

    DOCUMENTS = "documents"
    BYTES = "bytes"


class QuotaUsedUp(Refused):
    """A tenant has sent what it may send in a day."""

    code, status = "quota-used-up", 429
    says = "Your organisation may send {limit} {quota} a day. Wait {seconds} seconds, or ask who runs this service."


class Busy(CloisterError):
    """Taking more would cost memory or disk that is not there."""

    code, status = "busy", 503
    says = "The service takes no more at the moment. Nothing was kept; send it again in {seconds} seconds."


class Unexpected(CloisterError):
    """A flaw of Cloister's own, met while answering."""

    code, status = "unexpected", 500
    says = "Something went wrong that should not. Tell who runs this service, with the number of this incident."
