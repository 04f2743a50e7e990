"""A prediction client without a worker process."""

from __future__ import annotations

import numpy as np

from scseg.compute.messages import Band, SliceDone
from tests.fakes.gradient import SHAPE


class FakeClient:
    """Answers like a prediction worker, but only what and when a test tells it to.

    The prediction of slice z is 1 in row z and 0 elsewhere.
    """

    def __init__(self, wake):
        self.wake = wake
        self.wanted = []
        self.replies = []
        self.at_once = True
        self.ready = True
        self.closed = False
        self.restarts = 0

    @property
    def busy(self):
        return False

    def want(self, requests, cache_bytes=0):
        self.cache_bytes = cache_bytes
        self.wanted.append(requests)
        if self.at_once:
            for request in requests:
                self.answer(request)

    def answer(self, request):
        values = np.zeros(SHAPE[1:], np.float32)
        values[request.z] = 1.0
        for start in range(0, SHAPE[1], 16):
            self.replies.append(Band(request, start, values[start : start + 16]))
        self.replies.append(SliceDone(request, 0.1, ()))
        self.wake()

    def drain(self):
        replies, self.replies = self.replies, []
        return replies

    def restart(self):
        self.restarts += 1

    def close(self):
        self.closed = True
