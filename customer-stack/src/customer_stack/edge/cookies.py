"""Cookies: HttpOnly, SameSite=Strict, Secure wherever there is TLS."""

from fastapi import Response


def set_cookie(response: Response, name: str, token: str, *, secure: bool) -> None:
    """Give the browser a session."""
    response.set_cookie(name, token, httponly=True, secure=secure, samesite="strict", path="/")


def set_lasting_cookie(
    response: Response, name: str, text: str, *, path: str, seconds: int, secure: bool
) -> None:
    """Give the browser something to keep for long, sent to one path only."""
    response.set_cookie(
        name, text, httponly=True, secure=secure, samesite="strict", path=path, max_age=seconds
    )


def drop_cookie(response: Response, name: str, *, secure: bool) -> None:
    """Take the session from the browser."""
    response.delete_cookie(name, httponly=True, secure=secure, samesite="strict", path="/")
