"""The words of each field, by language: terms that name such a paper (3), that belong to it (2), or hint at it (1).

Written from knowledge of such papers, not from the words that samples are drawn with; a test measures what they share.
"""
