"""The history of the tables, one module of ``versions`` a step.

A change of ``storage.models`` needs a new step and ``storage.schema.CURRENT`` raised to it; tests compare all three.
"""
