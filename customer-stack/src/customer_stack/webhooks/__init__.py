"""Webhooks: the one door for messages of providers.

Words. A *message* is one signed event of a provider; a *verifier* knows how the provider signs; a *handler*
is what a module does about it. A message whose handling failed too often is *held* for a person.

Guaranteed:
- a signature is verified over the raw bytes, and the message stored before the provider hears yes;
- one message per provider and event id; the same id with other bytes is refused;
- a handler is called until it succeeds, at most a bounded number of times, and again when a person asks;
- handlers must not rely on order: messages overtake each other and come again.

Tables owned: webhook_message, webhook_task, webhook_attempt. Events: none.
"""
