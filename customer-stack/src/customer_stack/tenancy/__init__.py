"""Tenants (licensed operators), their tree of departments, and what is switched on for them.

Words. A *department* is a branch, brand or franchisee; the root department of a tenant has no parent.
A *capability* is a part of the product that a contract or a licence opens; off until switched on.

Guaranteed:
- a tenant has exactly one root department;
- switching a capability appends; who asks for one that was never switched is told it is off.

Tables owned: tenancy_tenant, tenancy_department, tenancy_capability_switch.
"""
