"""Worker processes of this machine: with our logging, and gone when the program that started them is gone.

It stands outside of `copytaster.beam` because that package imports Beam at once, which logs before it can be told not to.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
import time

from copytaster.logs import VARIABLE, set_up_logging


def main() -> None:
    """Serves the runner that the environment names until it hangs up."""
    start_worker(os.environ.get(VARIABLE, "info"))
    from apache_beam.runners.worker import sdk_worker_main  # after the logging, for it logs when it is imported

    logging.disable(logging.INFO)  # it sets the level back to INFO at its start
    sdk_worker_main.main(sys.argv)


def start_worker(log_level: str) -> None:
    """What every worker process does first."""
    set_up_logging(log_level)
    end_with_parent()


def end_with_parent() -> None:
    """Ends this process soon after its parent has died: a killed program must leave no worker behind that goes on."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os._exit(0)

    threading.Thread(target=watch, name="end with parent", daemon=True).start()


if __name__ == "__main__":
    main()
