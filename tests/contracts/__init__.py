"""The contracts that carry the secrecy, and planted violations that must break them."""
