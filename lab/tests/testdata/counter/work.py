"""Works beside the pages, and serves nothing."""
import os
import time
from signal import SIGTERM, signal

signal(SIGTERM, lambda *_: os._exit(0))
print("works on", os.environ["QUEUE_URL"], flush=True)
while True:
    time.sleep(1)
