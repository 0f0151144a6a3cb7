"""Password hashing with argon2id (RFC 9106), in threads of its own.

One hash takes tens of milliseconds and megabytes of memory on purpose. Two threads bound what a flood of
sign-ins can take, and the event loop never waits for one.
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

THREADS: Final = 2


class Passwords:
    """Hashes and verifies passwords."""

    def __init__(self, *, memory_kib: int, passes: int, lanes: int) -> None:
        """Work with these parameters; hashes made with others still verify."""
        self._hasher = PasswordHasher(time_cost=passes, memory_cost=memory_kib, parallelism=lanes)
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="argon2")
        self._nobody = self._hasher.hash("the password of nobody")

    async def hash(self, password: str) -> str:
        """Return the hash of a password, with its parameters and salt."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._hasher.hash, password)

    async def verify(self, stored: str | None, password: str) -> bool:
        """Tell whether `password` is the one of `stored`. With None it takes as long and says no."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._verify, stored, password)

    def _verify(self, stored: str | None, password: str) -> bool:
        try:
            self._hasher.verify(stored or self._nobody, password)
        except (VerificationError, InvalidHashError):
            return False
        return stored is not None

    def close(self) -> None:
        """End the threads."""
        self._threads.shutdown(wait=False, cancel_futures=True)
