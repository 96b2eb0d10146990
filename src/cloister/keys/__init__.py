"""Envelope encryption: content is sealed under keys of its own, which end with it.

`stream` seals and opens content; `envelope` wraps its key three times over; `store` holds the keys that are
destroyed; `providers` hold each tenant's key; `buckets` say when a key ends; `lookups` find what was seen before.
"""
