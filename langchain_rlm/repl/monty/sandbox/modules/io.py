class StringIO:
    def __init__(self, initial_value="", newline="\n"):
        self._text = initial_value or ""
        self._at = 0

    def _next_line(self):
        if self._at >= len(self._text):
            return ""
        end = self._text.find("\n", self._at)
        end = len(self._text) if end < 0 else end + 1
        line = self._text[self._at : end]
        self._at = end
        return line

    def __iter__(self):
        return self

    def __next__(self):
        line = self._next_line()
        if not line:
            raise StopIteration
        return line

    def __enter__(self):
        return self

    def __exit__(self, kind, error, traceback):
        return False

    def readline(self, size=-1):
        return self._next_line()

    def readlines(self, hint=-1):
        lines = self._text[self._at :].split("\n")
        self._at = len(self._text)
        whole = [line + "\n" for line in lines[:-1]]
        return whole + [lines[-1]] if lines[-1] else whole

    def read(self, size=-1):
        end = len(self._text) if size is None or size < 0 else self._at + size
        text = self._text[self._at : end]
        self._at = min(end, len(self._text))
        return text

    def write(self, text):
        self._text = self._text[: self._at] + text + self._text[self._at + len(text) :]
        self._at = self._at + len(text)
        return len(text)

    def writelines(self, lines):
        for line in lines:
            self.write(line)

    def getvalue(self):
        return self._text

    def seek(self, offset, whence=0):
        self._at = offset if whence == 0 else len(self._text)
        return self._at

    def tell(self):
        return self._at

    def truncate(self, size=None):
        self._text = self._text[: self._at if size is None else size]
        return len(self._text)

    def flush(self):
        return None

    def close(self):
        return None
