TimeoutError = _rlm_TimeoutError
CancelledError = RuntimeError


async def _result(value):
    return await _rlm_await(value)


async def _kept(value):
    try:
        return await _rlm_await(value)
    except Exception as error:
        return error


async def gather(*values, return_exceptions=False):
    if return_exceptions:
        return await _rlm_asyncio.gather(*[_kept(value) for value in values])
    return await _rlm_asyncio.gather(*[_result(value) for value in values])


async def sleep(delay, result=None):
    return result


def run(value, debug=None):
    return _rlm_asyncio.run(_result(value))


def create_task(value, name=None):
    return _rlm_submit(None, value, {})


def ensure_future(value, loop=None):
    return value if isinstance(value, _rlm_Future) else _rlm_submit(None, value, {})


async def wait_for(value, timeout=None):
    return await _rlm_await(value)


async def shield(value):
    return await _rlm_await(value)


async def _called(function, args, kwargs):
    if isinstance(function, _rlm_Task):
        return await function.twin(*args, **kwargs)
    return function(*args, **kwargs)


def to_thread(function, *args, **kwargs):
    return _called(function, args, kwargs)


def as_completed(values, timeout=None):
    return [ensure_future(value) for value in values]


async def wait(values, timeout=None, return_when="ALL_COMPLETED"):
    futures = [ensure_future(value) for value in values]
    await _rlm_settle_all()
    return (set(futures), set())


class Semaphore:
    def __init__(self, value=1):
        self._value = value

    def __enter__(self):
        return self

    def __exit__(self, kind, error, traceback):
        return False

    async def acquire(self):
        return True

    def release(self):
        return None

    def locked(self):
        return False


def _in_executor(executor, function, *args):
    return _called(function, args, {})


_loop = _rlm_Module("loop")
_loop.run_until_complete = run
_loop.create_task = create_task
_loop.run_in_executor = _in_executor
_loop.is_running = lambda: False
_loop.is_closed = lambda: False
_loop.close = lambda: None
BoundedSemaphore = Semaphore
Lock = Semaphore


def get_event_loop():
    return _loop


def get_running_loop():
    return _loop


def new_event_loop():
    return _loop


def set_event_loop(loop):
    return None


def iscoroutinefunction(function):
    return False
