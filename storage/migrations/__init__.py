"""The history of the tables, one module of ``versions`` a step.

A change of ``storage.models`` needs a new step, ``storage.schema.CURRENT`` raised to it, and a stored database of the
new version (``python -m tests.storage.stored_schemas``); tests compare all four. What was released is not edited.
"""
