"""Private OCR that can be proven."""
