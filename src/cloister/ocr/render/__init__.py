"""The render jail: hostile bytes in, pixels and trustworthy text layers out."""
