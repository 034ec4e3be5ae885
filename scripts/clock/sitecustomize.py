"""What Python reads first under on_clock (scripts/lib.sh).

libfaketime breaks the call that ``time.sleep`` makes since Python 3.11: it gives a real
moment to a clock that is not faked, and the sleeper gets "Invalid argument".
"""

import select
import time


def sleep(seconds):
    """As ``time.sleep``, without naming a clock."""
    select.select([], [], [], seconds)


time.sleep = sleep
