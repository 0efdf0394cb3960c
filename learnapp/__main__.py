"""The command `learnapp`: hands the factory to the command line, which stands below it."""

from learnapp import cli
from learnapp.app import create_app


def main() -> None:
    """Runs the command line."""
    cli.main(obj=create_app)


if __name__ == "__main__":
    main()
