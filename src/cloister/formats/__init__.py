"""One writer a file. Text formats are written in the parent; PDF in the write jail."""
