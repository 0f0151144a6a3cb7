"""Staff: who they are, which roles they have, what a role permits.

Words. A *role* is a file in `access/roles`, reviewed like code; it gives *permissions*
`{scope}.{module}.{action}`. An *assignment* gives a role to a staff member.

Guaranteed:
- a permission exists only through a role file, and a session carries the roles of the moment it is used;
- staff sign in with names of functions, so that this module holds no personal data;
- nobody proposes and approves alike: no role gives both, and the service that decides checks the person.

Tables owned: access_staff, access_assignment, access_session.
"""
