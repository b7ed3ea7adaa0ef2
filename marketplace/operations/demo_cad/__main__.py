"""Write the demo parts into the folder named on the command line and print their index."""

import sys
from pathlib import Path

from marketplace.operations.demo_cad import INDEX_FILE, make_demo_parts


def main() -> None:
    """Make the parts; exits with 2 and a sentence when no folder is named."""
    if len(sys.argv) != 2:
        sys.exit("Usage: python -m marketplace.operations.demo_cad OUT_DIR")
    out_dir = Path(sys.argv[1])
    make_demo_parts(out_dir)
    sys.stdout.write((out_dir / INDEX_FILE).read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
