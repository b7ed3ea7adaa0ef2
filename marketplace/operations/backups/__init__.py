"""Backups of database and files: written sealed, tried out on a scratch database, restored."""
