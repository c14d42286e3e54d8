"""Turns documents into deals and runs it all."""
