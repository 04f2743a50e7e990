"""The program's own files in the user's folders: settings, sessions, models that are not saved yet.

Only formats are here; when they are written is decided in `runtime/saving`.
"""
