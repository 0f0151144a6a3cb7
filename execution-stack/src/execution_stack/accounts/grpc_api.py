"""The wire shape of registering accounts."""

from boundary.v1 import boundary_pb2 as pb
from execution_stack.accounts.domain import Registration
from execution_stack.accounts.service import AccountService
from shared.boundary.calls import VerifiedCall
from shared.boundary.methods import REGISTER_ACCOUNTS
from shared.boundary.server import BoundaryServer
from shared.boundary.wire import uuid_from_wire


def serve(server: BoundaryServer, service: AccountService) -> None:
    """Answer RegisterAccounts with `service`."""

    async def register(
        request: pb.RegisterAccountsRequest, call: VerifiedCall
    ) -> pb.RegisterAccountsResponse:
        registrations = [
            Registration(uuid_from_wire(account.account), uuid_from_wire(account.tenant))
            for account in request.accounts
        ]
        await service.register(call, registrations)
        return pb.RegisterAccountsResponse(registered=len(registrations))

    server.handle(REGISTER_ACCOUNTS, register)
