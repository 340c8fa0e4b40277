"""``python -m nets`` is ``nets``."""

from nets.cli import main

if __name__ == "__main__":
    main()
