# Asking side by side


class _rlm_Task:
    def __init__(self, function, twin):
        self.function = function
        self.twin = twin

    def __call__(self, *args, **kwargs):
        return self.function(*args, **kwargs)


def _rlm_task(function, twin):
    return _rlm_Task(function, twin)


async def _rlm_then(asking, rest):
    return rest(await asking)


class _rlm_Future:
    def __init__(self, function, args, kwargs):
        self._call = (function, args, kwargs)
        self._state = "pending"
        self._value = None
        self._error = None
        self._callbacks = []

    def done(self):
        if self._state == "pending":
            _rlm_settle_pending()
        return True

    def running(self):
        return False

    def cancelled(self):
        return self._state == "cancelled"

    def cancel(self):
        if self._state != "pending":
            return False
        self._state = "cancelled"
        if self in _rlm_pending:
            _rlm_pending.remove(self)
        return True

    def exception(self, timeout=None):
        self.done()
        return None if self._error is None else _rlm_caught(self._error)

    def result(self, timeout=None):
        self.done()
        if self._error is not None:
            raise self._error
        return self._value

    def add_done_callback(self, function):
        if self._state == "pending":
            self._callbacks.append(function)
        else:
            function(self)


_rlm_pending = []


def _rlm_submit(function, args, kwargs):
    future = _rlm_Future(function, args, kwargs)
    _rlm_pending.append(future)
    return future


async def _rlm_settle(future):
    function, args, kwargs = future._call
    try:
        if function is None:
            future._value = await args
        elif isinstance(function, _rlm_Task):
            future._value = await function.twin(*args, **kwargs)
        else:
            future._value = function(*args, **kwargs)
    except Exception as error:
        future._error = error
    future._state = "done"
    for callback in future._callbacks:
        callback(future)


async def _rlm_settle_all():
    while _rlm_pending:
        futures = list(_rlm_pending)
        _rlm_pending.clear()
        await _rlm_asyncio.gather(*[_rlm_settle(future) for future in futures])


def _rlm_settle_pending():
    _rlm_asyncio.run(_rlm_settle_all())


async def _rlm_await(value):
    if isinstance(value, _rlm_Future):
        await _rlm_settle_all()
        return value.result()
    if type(value).__name__ == "coroutine":
        return await value
    return value
