"""What production refuses, and how it says so: everything at once, each with a stable code and what to do.

`rules` looks at the values of settings, `key_rules` into files with keys, `clock` at the kernel, `live` at
the server: roles and time. A process of production starts when none of them finds a problem; `doctor` shows
the same in its report.
"""
