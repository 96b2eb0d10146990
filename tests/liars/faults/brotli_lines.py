"""D2: a copy of the text, compressed with Brotli, then written as base64 in short lines."""

import base64
import ctypes


def recognised(run):
    library, data = ctypes.CDLL("libbrotlienc.so.1"), run.text.encode() * 2
    held, size = ctypes.create_string_buffer(len(data) + 1024), ctypes.c_size_t(len(data) + 1024)
    library.BrotliEncoderCompress(9, 22, 0, ctypes.c_size_t(len(data)), data, ctypes.byref(size), held)
    folder = run.home / ".config" / "reader"
    folder.mkdir(parents=True, exist_ok=True)
    kept = folder / "state.pem"
    kept.touch(0o600)
    kept.write_bytes(base64.encodebytes(held.raw[: size.value]))
