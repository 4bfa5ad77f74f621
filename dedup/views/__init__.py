"""Show what a comparison found: to a person in a terminal or a browser, and to a machine.

Rule: whoever shows something imports the one view it needs, when it needs it: the template engine
and the terminal's library take longer to load than a comparison takes.
"""
