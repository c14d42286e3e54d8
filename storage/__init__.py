"""Keeps records: the vocabulary, the tables, the queries, the migrations. Knows nothing of HTTP or extraction."""
