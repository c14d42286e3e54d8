"""Gets documents: HTTP, feeds, listings, folders. Knows nothing of deals or of the database."""
