from __future__ import annotations

import click


@click.group("points")
def group() -> None:
    """To be written."""
