"""The history of the tables. ``python -m storage.migrations "what changes"`` drafts the next step from the models."""
