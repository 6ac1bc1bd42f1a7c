FIRST_COMPLETED = "FIRST_COMPLETED"
FIRST_EXCEPTION = "FIRST_EXCEPTION"
ALL_COMPLETED = "ALL_COMPLETED"
Future = _rlm_Future
TimeoutError = _rlm_TimeoutError


class _Results:
    def __init__(self, futures):
        self._futures = futures
        self._at = 0

    def __iter__(self):
        return self

    def __next__(self):
        if self._at >= len(self._futures):
            raise StopIteration
        future = self._futures[self._at]
        self._at = self._at + 1
        if future._error is not None:
            raise future._error
        return future._value


class ThreadPoolExecutor:
    def __init__(self, max_workers=None, thread_name_prefix="", initializer=None, initargs=()):
        self._max_workers = max_workers

    def __enter__(self):
        return self

    def __exit__(self, kind, error, traceback):
        _rlm_settle_pending()
        return False

    def submit(self, function, *args, **kwargs):
        return _rlm_submit(function, args, kwargs)

    def map(self, function, *iterables, timeout=None, chunksize=1):
        futures = [_rlm_submit(function, args, {}) for args in zip(*iterables)]
        _rlm_settle_pending()
        if any([future._error is not None for future in futures]):
            return _Results(futures)
        return iter([future._value for future in futures])

    def shutdown(self, wait=True, cancel_futures=False):
        _rlm_settle_pending()


ProcessPoolExecutor = ThreadPoolExecutor


def as_completed(futures, timeout=None):
    _rlm_settle_pending()
    return iter(list(futures))


class _Waited:
    def __init__(self, done):
        self.done = done
        self.not_done = set()

    def __iter__(self):
        return iter([self.done, self.not_done])

    def __getitem__(self, index):
        return [self.done, self.not_done][index]


def wait(futures, timeout=None, return_when="ALL_COMPLETED"):
    _rlm_settle_pending()
    return _Waited(set(futures))
