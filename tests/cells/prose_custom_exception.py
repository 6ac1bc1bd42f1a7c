class ExtractionError(Exception):
    """Raised when nothing was found."""

class EmptyError(ExtractionError):
    def __init__(self, what):
        super().__init__(f"empty: {what}")
        self.what = what

def extract(key):
    if key == "x":
        raise EmptyError(key)
    if key not in context:
        raise ExtractionError(f"{key} not found")
    return context.index(key)

result = []
for key in ["storm", "zzz", "x"]:
    try:
        result.append(extract(key))
    except EmptyError as e:
        result.append(("empty", e.what, str(e)))
    except ExtractionError as e:
        result.append(("missing", str(e)))
    finally:
        print("checked", key)
