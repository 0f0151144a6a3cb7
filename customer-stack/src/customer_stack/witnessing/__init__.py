"""Witnessing: the audits of both stacks, each held and signed by the other.

What a witness may sign, and its tables, are the kernel's (`shared.audit.witness`): both stacks run the same.
Here are the worker's tasks: exchange checkpoints with the execution stack, write them to a file.

Tables owned: none. Events published: none.
"""
