"""What is kept of documents, as ciphertext: sealed blobs in a folder, and records with wrapped keys in a database.

Nothing here can open anything: no key reaches this package, and it imports none that could ask for one.
"""
