"""Refusals of customers."""

from typing import ClassVar

from shared.errors import Kind, Refusal


class AlreadyRegistered(Refusal):
    """The e-mail or the document belongs to an account. It never says which."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "customers.already_registered"


class BirthDateImpossible(Refusal):
    """A date of birth in the future or in another century but the last."""

    kind: ClassVar[Kind] = Kind.REFUSED
    code: ClassVar[str] = "customers.birth_date_impossible"


class SignInFailed(Refusal):
    """Tenant, e-mail or password is wrong. It never says which."""

    kind: ClassVar[Kind] = Kind.UNAUTHENTICATED
    code: ClassVar[str] = "customers.sign_in_failed"


class CustomerNotFound(Refusal):
    """No such customer of this tenant."""

    kind: ClassVar[Kind] = Kind.NOT_FOUND
    code: ClassVar[str] = "customers.not_found"


class StatusConflict(Refusal):
    """The customer's status does not allow this change."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "customers.status_conflict"
