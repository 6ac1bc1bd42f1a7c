class Lock:
    def __init__(self, value=1):
        self._value = value

    def __enter__(self):
        return self

    def __exit__(self, kind, error, traceback):
        return False

    def acquire(self, blocking=True, timeout=-1):
        return True

    def release(self):
        return None

    def locked(self):
        return False


RLock = Lock
Semaphore = Lock
BoundedSemaphore = Lock


class Thread:
    def __init__(self, group=None, target=None, name=None, args=(), kwargs=None, daemon=None):
        self._call = (target, args, kwargs or {})
        self._future = None
        self.name = name or "Thread-1"
        self.daemon = daemon

    def start(self):
        self._future = _rlm_submit(self._call[0], self._call[1], self._call[2])

    def join(self, timeout=None):
        self._future.done()

    def is_alive(self):
        return False
