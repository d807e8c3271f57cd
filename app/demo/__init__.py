"""The demo world: built through the services under a moved clock, never by SQL nor by written statuses."""
