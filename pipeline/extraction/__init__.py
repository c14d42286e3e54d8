"""From an article to its reports of deals. Pure: no clock, no network, no database."""
