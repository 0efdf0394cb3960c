from __future__ import annotations

import click


@click.group("content")
def group() -> None:
    """To be written."""
