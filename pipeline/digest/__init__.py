"""Digests: the deals of a period, or what is new since the last one, as files, mails and webhooks.

``periods`` says which days, ``writing`` puts deals into a form (``table`` is the CSV contract, ``markdown``, ``page``),
``making`` writes a digest down together with its deliveries, ``outbox`` sends those (``mail``, ``webhook``), ``jobs``
is what the service does when.
"""
