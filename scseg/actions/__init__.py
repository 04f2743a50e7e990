"""Everything that changes the session, and the table of commands that menus, keys and help pages read.

One module per part of the session holds plain functions that panels call with values (`set_contrast`);
`table` lists those that a user can name, with label, tooltip, keys and when they are enabled.
"""
