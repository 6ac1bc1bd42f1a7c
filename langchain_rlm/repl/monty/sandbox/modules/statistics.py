import math as _math

StatisticsError = ValueError


def _checked(data, name, least=1):
    values = list(data)
    if len(values) < least:
        raise ValueError(name + " requires at least " + ("one data point" if least == 1 else "two data points"))
    return values


def _exact(values):
    # whole numbers and what they are divided by, or None: floats are sums of powers of two
    if all([isinstance(value, int) for value in values]):
        return ([int(value) for value in values], 1)
    if not all([isinstance(value, (int, float)) and _math.isfinite(value) for value in values]):
        return None
    parts = [_math.frexp(value) if isinstance(value, float) else (value, 0) for value in values]
    parts = [(int(part * 9007199254740992), power - 53) if isinstance(part, float) else (part, power) for part, power in parts]
    least = min([power for part, power in parts] + [0])
    return ([part << (power - least) for part, power in parts], 1 << -least)


def _divided(values, above, below):
    whole = all([isinstance(value, int) for value in values])
    return above // below if whole and above % below == 0 else above / below


def mean(data):
    values = _checked(data, "mean")
    exact = _exact(values)
    if exact is None:
        return sum(values) / len(values)
    return _divided(values, sum(exact[0]), exact[1] * len(values))


def fmean(data, weights=None):
    values = _checked(data, "fmean")
    if weights is None:
        return _math.fsum(values) / len(values)
    weights = list(weights)
    return _math.fsum([v * w for v, w in zip(values, weights)]) / _math.fsum(weights)


def median(data):
    values = sorted(_checked(data, "no median for empty data;"))
    middle = len(values) // 2
    if len(values) % 2:
        return values[middle]
    return (values[middle - 1] + values[middle]) / 2


def median_low(data):
    values = sorted(_checked(data, "no median for empty data;"))
    return values[(len(values) - 1) // 2]


def median_high(data):
    values = sorted(_checked(data, "no median for empty data;"))
    return values[len(values) // 2]


def _counts(data):
    counts = {}
    for value in data:
        counts[value] = counts.get(value, 0) + 1
    return counts


def mode(data):
    counts = _counts(_checked(data, "no mode for empty data;"))
    return max(counts, key=lambda value: counts[value])


def multimode(data):
    counts = _counts(data)
    most = max(counts.values()) if counts else 0
    return [value for value in counts if counts[value] == most]


def _squares(values, center):
    center = _math.fsum(values) / len(values) if center is None else center
    return _math.fsum([(value - center) ** 2 for value in values])


def _spread(values, center, less):
    # the variance as a pair of whole numbers, or as a float
    exact = _exact(values) if center is None else None
    if exact is None:
        return (_squares(values, center) / (len(values) - less), None)
    numbers, unit = exact
    count = len(numbers)
    above = count * sum([number * number for number in numbers]) - sum(numbers) ** 2
    return (above, count * (count - less) * unit * unit)


def variance(data, xbar=None):
    values = _checked(data, "variance", 2)
    above, below = _spread(values, xbar, 1)
    return above if below is None else _divided(values, above, below)


def pvariance(data, mu=None):
    values = _checked(data, "pvariance")
    above, below = _spread(values, mu, 0)
    return above if below is None else _divided(values, above, below)


def _root(above, below):
    if below is None:
        return _math.sqrt(above)
    shift = (len(bin(above)) - len(bin(below)) - 109) // 2
    if shift >= 0:
        return float(_odd_root(above, below << 2 * shift) << shift)
    return _odd_root(above << -2 * shift, below) / (1 << -shift)


def _odd_root(above, below):
    root = _math.isqrt(above // below)
    return root | (1 if root * root * below != above else 0)


def stdev(data, xbar=None):
    above, below = _spread(_checked(data, "stdev", 2), xbar, 1)
    return _root(above, below)


def pstdev(data, mu=None):
    above, below = _spread(_checked(data, "pstdev"), mu, 0)
    return _root(above, below)


def geometric_mean(data):
    values = _checked(data, "geometric_mean")
    return _math.exp(_math.fsum([_math.log(value) for value in values]) / len(values))


def harmonic_mean(data, weights=None):
    values = _checked(data, "harmonic_mean")
    return len(values) / _math.fsum([1 / value for value in values])


def quantiles(data, n=4, method="exclusive"):
    values = sorted(_checked(data, "quantiles", 2))
    size = len(values)
    result = []
    if method == "inclusive":
        for i in range(1, n):
            j, delta = divmod(i * (size - 1), n)
            result.append((values[j] * (n - delta) + values[j + 1] * delta) / n)
        return result
    for i in range(1, n):
        j = i * (size + 1) // n
        j = 1 if j < 1 else size - 1 if j > size - 1 else j
        delta = i * (size + 1) - j * n
        result.append((values[j - 1] * (n - delta) + values[j] * delta) / n)
    return result


def correlation(x, y):
    x, y = list(x), list(y)
    mx, my = _math.fsum(x) / len(x), _math.fsum(y) / len(y)
    top = _math.fsum([(a - mx) * (b - my) for a, b in zip(x, y)])
    return top / _math.sqrt(_squares(x, mx) * _squares(y, my))
