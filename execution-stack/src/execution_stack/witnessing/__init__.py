"""Witnessing: the audits of both stacks, each held and signed by the other.

What a witness may sign, and its tables, are the kernel's (`shared.audit.witness`): both stacks run the same.
Here are the wire shape, the task that writes cosigned checkpoints to a file, and the operator's commands.

Tables owned: none. Events published: none.
"""
