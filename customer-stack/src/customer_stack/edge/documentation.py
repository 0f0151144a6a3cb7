"""The page at /docs, served whole from here: a machine without the internet shows it too.

FastAPI's own page loads its scripts from elsewhere. The package fastapi-offline carries the same files.
"""

from importlib import resources

from fastapi import FastAPI
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles


def add_documentation(app: FastAPI) -> None:
    """Add /docs and the files that it shows."""
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
