"""Print the requirements of setup.cfg, one a line: requirements.py [EXTRA...]"""

import configparser
import pathlib
import sys

SETUP = pathlib.Path(__file__).resolve().parent.parent / "setup.cfg"


def requirements(extras):
    config = configparser.ConfigParser()
    config.read(SETUP)
    lists = [config["options"]["install_requires"]]
    lists += [config["options.extras_require"][extra] for extra in extras]
    lines = [line.strip() for text in lists for line in text.splitlines()]
    return [line for line in lines if line and not line.startswith("#")]


if __name__ == "__main__":
    print("\n".join(requirements(sys.argv[1:])))
