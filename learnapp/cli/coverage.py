from __future__ import annotations

import click


@click.group("coverage")
def group() -> None:
    """To be written."""
