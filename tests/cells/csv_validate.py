class ValidationError(Exception):
    def __init__(self, row, errors):
        self.row = row
        self.errors = errors
        super().__init__(f"row {row}: {', '.join(errors)}")
def validate(i, line):
    errors = []
    parts = line.split(",")
    if len(parts) != 6:
        errors.append(f"{len(parts)} columns")
    if not parts[0].isdigit():
        errors.append("bad id")
    if errors:
        raise ValidationError(i, errors)
    return parts
ok, failed = 0, []
for i, line in enumerate(context.strip().splitlines()):
    try:
        validate(i, line)
        ok += 1
    except ValidationError as err:
        failed.append((err.row, err.errors, str(err)))
result = (ok, failed)
