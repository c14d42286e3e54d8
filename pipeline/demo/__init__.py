"""A bundled newsroom to try dealwire on: four invented outlets in three languages, served on loopback.

Apart from the 2017 agreement of Nokia and Xiaomi (retold in our own words from what both made public), every company
and person in it is invented.
"""
