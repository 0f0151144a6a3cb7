"""Opens a file as what it says it is, before it is kept."""

import asyncio
import io
from typing import Final

from PIL import Image, UnidentifiedImageError

from customer_stack.files.domain import POINTS_LIMIT, SIZE_LIMIT_BYTES, Format, recognise
from customer_stack.files.errors import FileTooLarge, FileUnusable

_THUMB: Final = (512, 512)
_AT_ONCE: Final = 2
"""Pictures that are decoded at one time: a progressive JPEG of the largest size needs some 200 MB."""

Image.MAX_IMAGE_PIXELS = POINTS_LIMIT


class Examiner:
    """Examines files beside the loop, a few at a time."""

    def __init__(self) -> None:
        """Begin with nothing in hand."""
        self._examining = asyncio.Semaphore(_AT_ONCE)

    async def examine(self, raw: bytes) -> Format:
        """Return what a file is, after opening it as that. Raises FileUnusable, FileTooLarge."""
        async with self._examining:
            return await asyncio.to_thread(examine, raw)


def examine(raw: bytes) -> Format:
    """Return what a file is, after opening it as that. Raises FileUnusable, FileTooLarge."""
    if len(raw) > SIZE_LIMIT_BYTES:
        raise FileTooLarge(f"A file has at most {SIZE_LIMIT_BYTES} bytes. Send a smaller picture.")
    kind = recognise(raw)
    if kind is None:
        raise FileUnusable("Send a JPEG or PNG picture, or a PDF. The file is none of these.")
    if kind is not Format.PDF:
        _open_picture(raw, kind)
    return kind


def _open_picture(raw: bytes, kind: Format) -> None:
    """Decode a picture as what it says it is, a JPEG at an eighth of its size, to see a broken one."""
    try:
        with Image.open(io.BytesIO(raw), formats=[kind.value.upper()]) as picture:
            if picture.width * picture.height > POINTS_LIMIT:
                raise FileTooLarge(f"A picture has at most {POINTS_LIMIT} points. Send a smaller one.")
            if kind is Format.JPEG:
                picture.draft("RGB", _THUMB)
                picture.load()
            else:
                picture.verify()
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise FileTooLarge(f"A picture has at most {POINTS_LIMIT} points. Send a smaller one.") from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise FileUnusable("The picture cannot be opened. Take it again and send that.") from error
