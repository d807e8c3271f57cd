"""Corridors as documents: the shipped `<code>.toml`, read and checked. Published versions live in the database."""
