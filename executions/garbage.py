"""How often Python looks for cycles of objects that nobody needs any more."""

import gc


def look_seldom() -> None:
    """Have Python look for them seldom from now on, and never among what is loaded already.

    A burst and a request make objects by the thousand that all live until it is over, and next to none in cycles:
    looking through them again and again took a quarter of the time of a run of 10,000 nodes, and 7 % of that of a web
    process under load.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 10)
