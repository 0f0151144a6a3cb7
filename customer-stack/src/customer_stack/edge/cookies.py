"""Session cookies: HttpOnly, SameSite=Strict, Secure wherever there is TLS."""

from fastapi import Response


def set_cookie(response: Response, name: str, token: str, *, secure: bool) -> None:
    """Give the browser a session."""
    response.set_cookie(name, token, httponly=True, secure=secure, samesite="strict", path="/")


def drop_cookie(response: Response, name: str, *, secure: bool) -> None:
    """Take the session from the browser."""
    response.delete_cookie(name, httponly=True, secure=secure, samesite="strict", path="/")
