"""Who is who on a statement, as the modules know that own the names."""

from uuid import UUID

from customer_stack.customers.service import CustomersService
from customer_stack.tenancy.service import TenancyService
from customer_stack.transfers.service.reading import TransfersService


class RegisterNames:
    """Operators and departments by name, customers by account code."""

    def __init__(
        self, tenancy: TenancyService, customers: CustomersService, transfers: TransfersService
    ) -> None:
        """Ask these services."""
        self._tenancy = tenancy
        self._customers = customers
        self._transfers = transfers

    async def name_operator(self, tenant_id: UUID) -> str:
        """Return the operator's name."""
        return next(each.name for each in await self._tenancy.list_tenants() if each.id == tenant_id)

    async def name_department(self, tenant_id: UUID, department_id: UUID) -> str:
        """Return a department's name."""
        departments = await self._tenancy.list_departments(tenant_id)
        return next(each.name for each in departments if each.id == department_id)

    async def code_customer(self, tenant_id: UUID, customer_id: UUID) -> str:
        """Return a customer's account code, which is made on first demand."""
        return await self._transfers.get_account_code(tenant_id, customer_id)

    async def department_of(self, tenant_id: UUID, customer_id: UUID) -> UUID:
        """Return the department that serves a customer."""
        return (await self._customers.read_account(tenant_id, customer_id)).department_id
