"""Takes messages from the queue until it is told to end, and finishes the one in hand."""
import hashlib
import signal
import sys
import time

import sqs

ending = False


def end(*_):
    global ending
    ending = True


def work(text):
    """What a job is: here, a hash that takes a moment."""
    return hashlib.pbkdf2_hmac("sha256", text.encode(), b"salt", 100_000).hex()[:12]


def main():
    signal.signal(signal.SIGTERM, end)
    while not ending:
        try:
            messages = sqs.call("ReceiveMessage", WaitTimeSeconds=5, MaxNumberOfMessages=1).get("Messages", [])
            for m in messages:
                print("done:", work(m["Body"]), flush=True)
                sqs.call("DeleteMessage", ReceiptHandle=m["ReceiptHandle"])
        except OSError as err:  # the queue is away, or says no: others may have better luck
            print("queue:", err, file=sys.stderr, flush=True)
            time.sleep(2)


if __name__ == "__main__":
    main()
