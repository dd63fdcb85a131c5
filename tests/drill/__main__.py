"""``make drill``: what may break, broken (:mod:`tests.drill.drill`), or an update (:mod:`tests.drill.upgrade`)."""

import sys

from tests.drill import drill, upgrade

__test__ = False

if __name__ == "__main__":
    if sys.argv[1:2] == ["upgrade"]:
        sys.exit(upgrade.main(*sys.argv[2:]))
    sys.exit(drill.main(*sys.argv[1:]))
