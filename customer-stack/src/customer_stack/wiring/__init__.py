"""Wiring of the parts that have providers of their own: settings -> providers -> services -> routers.

`main` opens them with the rest of the stack. Nothing here decides, and nothing else imports it.
"""
