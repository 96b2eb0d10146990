"""What makes PDFs inside the write jail. Nothing here is imported outside it."""
