"""Routes that ask for no principal, each with the reason. The routes' test knows this list."""

from typing import Final

PUBLIC_ROUTES: Final[dict[tuple[str, str], str]] = {
    ("POST", "/v1/customers"): "registers a customer, who has no session yet",
    ("GET", "/v1/privacy/texts"): "shows what somebody agrees to before they register",
    ("POST", "/v1/sessions"): "signs a customer in",
    ("POST", "/webhooks/issuer/authorisations"): "the card network signs every question",
    ("POST", "/webhooks/{provider}"): "providers sign every message, and the signature is checked",
    ("POST", "/staff/sessions"): "signs a staff member in",
}
