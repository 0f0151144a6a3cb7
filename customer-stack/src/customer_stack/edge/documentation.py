"""The page at /docs, served whole from here: a machine without the internet shows it too.

FastAPI's own page loads its scripts from elsewhere. The package fastapi-offline carries the same files.
"""

from importlib import resources
from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles

from customer_stack.edge.public import PUBLIC_ROUTES
from customer_stack.edge.schemas import REQUIRED_MARK

_TEXT: Final = {"type": "string"}
_PROBLEM: Final[dict[str, Any]] = {
    "type": "object",
    "description": "Why not, and what to do (RFC 9457). `code` is stable; never a value of the request.",
    "required": ["type", "title", "status", "detail", "code"],
    "properties": {
        "type": _TEXT,
        "title": _TEXT,
        "status": {"type": "integer"},
        "detail": _TEXT,
        "code": _TEXT,
        "errors": {
            "type": "array",
            "description": "With code request.invalid: each field that has to be corrected.",
            "items": {
                "type": "object",
                "required": ["field", "code", "advice"],
                "properties": {"field": _TEXT, "code": _TEXT, "advice": _TEXT},
            },
        },
    },
}
_REFUSED: Final = {
    "description": "Refused, with a stable code and what to do",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}
_BEARER: Final = {"type": "http", "scheme": "bearer", "description": "The token that a session began with."}


def add_documentation(app: FastAPI) -> None:
    """Add /docs and the files that it shows."""
    _describe_truthfully(app)
    assets = resources.files("fastapi_offline").joinpath("static")
    app.mount("/docs/assets", StaticFiles(directory=str(assets)), name="documentation")

    @app.get("/docs", include_in_schema=False)
    async def show_documentation() -> HTMLResponse:
        """Show every route with its shapes, and try them."""
        return get_swagger_ui_html(
            openapi_url="/openapi.json",
            title=app.title,
            swagger_js_url="/docs/assets/swagger-ui-bundle.js",
            swagger_css_url="/docs/assets/swagger-ui.css",
            swagger_favicon_url="/docs/assets/favicon.png",
        )


def _describe_truthfully(app: FastAPI) -> None:
    """Make /openapi.json say what the edge does: problems, sessions, keys that are required."""
    derive = app.openapi

    def describe() -> dict[str, Any]:
        if app.openapi_schema is None:
            schema = derive()
            components = schema.setdefault("components", {})
            shapes = components.setdefault("schemas", {})
            for name in ("HTTPValidationError", "ValidationError"):
                shapes.pop(name, None)
            shapes["Problem"] = _PROBLEM
            components["securitySchemes"] = {"session": _BEARER}
            for path, methods in schema.get("paths", {}).items():
                for method, operation in methods.items():
                    _correct(operation, is_public=(method.upper(), path) in PUBLIC_ROUTES)
        return derive()

    app.openapi = describe  # type: ignore[method-assign]


def _correct(operation: dict[str, Any], *, is_public: bool) -> None:
    """Correct one operation in place."""
    operation["responses"].pop("422", None)
    operation["responses"] |= {"4XX": _REFUSED, "5XX": _REFUSED}
    if not is_public:
        operation["security"] = [{"session": []}]
    for parameter in operation.get("parameters", ()):
        if parameter["schema"].pop(REQUIRED_MARK, False):
            parameter["required"] = True
            parameter["schema"] = _TEXT
