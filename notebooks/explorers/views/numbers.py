"""How a number is written where there is little room."""

LETTERS = 5


def compact(value, decimals):
    """Write a number in at most five letters: a real minus sign, no 0 before the point, "0" for exactly 0.

    Whole numbers below 10,000 have no point, others as many of the decimals as fit. What would then show zeros only,
    though its size is at least 10**-decimals, or does not fit, has a power of ten ("3e−4"), or is "tiny" or "huge".
    """
    size, sign = abs(value), "−" if value < 0 else ""
    if size < 10000 and size == int(size):
        return f"{sign}{size:.0f}" if size else "0"
    nudged = size * (1 + 1e-12)  # away from ties: the last bit of a number moves no digit
    for digits in range(decimals, -1, -1) if size < 9999.5 else ():
        text = f"{nudged:.{digits}f}".removeprefix("0" if digits else "")
        if len(sign + text) <= LETTERS:
            if text.strip(".0"):
                return sign + text
            if size < 10.0**-decimals:
                return text
            break
    power = f"{nudged:.0e}".replace("e+", "e").replace("e0", "e").replace("e-0", "e-")
    text = sign + power.replace("-", "−")
    return text if len(text) <= LETTERS else f"{sign}{'tiny' if size < 1 else 'huge'}"
