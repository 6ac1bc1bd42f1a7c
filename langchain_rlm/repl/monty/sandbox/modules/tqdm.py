def tqdm(items=None, **options):
    return items


def trange(*args, **options):
    return range(*args)
