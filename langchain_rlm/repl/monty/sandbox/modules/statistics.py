import math as _math

StatisticsError = ValueError


def _checked(data, name, least=1):
    values = list(data)
    if len(values) < least:
        raise ValueError(name + " requires at least " + ("one data point" if least == 1 else "two data points"))
    return values


def mean(data):
    values = _checked(data, "mean")
    if all([isinstance(value, int) for value in values]):
        total = sum(values)
        return total // len(values) if total % len(values) == 0 else total / len(values)
    return _math.fsum(values) / len(values)


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


def variance(data, xbar=None):
    values = _checked(data, "variance", 2)
    return _tidy(values, _squares(values, xbar) / (len(values) - 1))


def pvariance(data, mu=None):
    values = _checked(data, "pvariance")
    return _tidy(values, _squares(values, mu) / len(values))


def _tidy(values, result):
    whole = all([isinstance(value, int) for value in values])
    return int(result) if whole and result == int(result) else result


def stdev(data, xbar=None):
    values = _checked(data, "stdev", 2)
    return _math.sqrt(_squares(values, xbar) / (len(values) - 1))


def pstdev(data, mu=None):
    values = _checked(data, "pstdev")
    return _math.sqrt(_squares(values, mu) / len(values))


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
