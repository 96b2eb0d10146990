"""Eight-bit models, calibrated on inputs that the project drew itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import nncf

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cloister.ocr.engine.runtime import Pixels, ov


def quantise(model: ov.Model, inputs: Sequence[Pixels], keep: Sequence[str] = ()) -> ov.Model:
    """Give the eight-bit model; operations whose names match a pattern of `keep` stay as they are."""
    ignored = nncf.IgnoredScope(patterns=list(keep), validate=False) if keep else None
    quantised: ov.Model = nncf.quantize(
        model,
        nncf.Dataset(list(inputs)),
        subset_size=len(inputs),
        preset=nncf.QuantizationPreset.MIXED,
        fast_bias_correction=True,
        ignored_scope=ignored,
    )
    return quantised
