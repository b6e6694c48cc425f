"""How the load runs through the days: the shapes of ``./sphere local``, and two more.

Alone, it prints a load as CSV: ``python3 shapes.py --shape flash-crowd --day 8m --peak 300``.
"""

import argparse
import csv
import itertools
import math
import re
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

DAY_SECONDS = 86_400
STAGES_HEADER = "duration,users,spawn_rate"
NAMES = ("two-peak-day", "flash-crowd", "steady", "steps")


class LoadError(ValueError):
    """What was asked for is no load; says what was expected instead."""


class Shape(Protocol):
    """The load as a share of its peak; a function of the day and the time of day alone."""

    start: float
    """The time of day, as a fraction, at which a run starts."""

    def at(self, day: int, day_fraction: float) -> float: ...


def unit(seed: int, day: int, which: int) -> float:
    """A number from 0 to 1 (exclusive) that belongs to a day; that of Java's Seeded."""
    return (_mix(_mix(_mix(seed) + day) + which) >> 11) * 2.0**-53


def _mix(value: int) -> int:
    """The finalizer of SplitMix64 (Steele, Lea, Flood: Fast splittable PRNGs, OOPSLA 2014)."""
    bits = (1 << 64) - 1
    z = (value + 0x9E3779B97F4A7C15) & bits
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & bits
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & bits
    return z ^ (z >> 31)


@dataclass(frozen=True)
class TwoPeakDay:
    """A shop's day: a steep morning up to the peak, a weaker evening, a quiet night."""

    seed: int
    start: float = 0.16

    def at(self, day: int, day_fraction: float) -> float:
        share = 0.16
        # Yesterday's evening and tomorrow's morning count too, so that midnight is no jump.
        for other in (-1, 0, 1):
            time = day_fraction - other
            share += self._peak(day + other, 0, time, 0.735, 0.44, 0.06, 0.085)
            share += self._peak(day + other, 1, time, 0.645, 0.82, 0.055, 0.06)
            share += _bell(time - 0.63, 0.31, 0.12, 0.12)
        return min(1.0, share)

    def _peak(self, day: int, which: int, time: float, height: float, center: float, rise: float, fall: float) -> float:
        smaller = 0.06 * unit(self.seed, day, 2 * which)
        later = 0.006 * (2 * unit(self.seed, day, 2 * which + 1) - 1)
        return _bell(time - center - later, height * (1 - smaller), rise, fall)


def _bell(distance: float, height: float, rise: float, fall: float) -> float:
    widths = distance / (rise if distance < 0 else fall)
    return height * math.exp(-0.5 * widths * widths)


@dataclass(frozen=True)
class FlashCrowd:
    """Ordinary days, and from day 0 on a crowd each afternoon that triples the load within 1 % of the day."""

    seed: int
    start: float = 0.16

    def at(self, day: int, day_fraction: float) -> float:
        ordinary = 0.58 * TwoPeakDay(self.seed).at(day, day_fraction)
        if day < 0:
            return ordinary
        crowd_at = 0.62 + (0.68 - 0.62) * unit(self.seed, day, 9)
        return min(1.0, ordinary * (1 + 2 * _presence(day_fraction - crowd_at)))


def _presence(since: float) -> float:
    if since <= 0:
        return 0.0
    if since < 0.01:
        x = since / 0.01
        return x * x * (3 - 2 * x)
    return math.exp(-(since - 0.01) / 0.05)


@dataclass(frozen=True)
class SteadyLoad:
    """The peak, all day long."""

    start: float = 0.0

    def at(self, day: int, day_fraction: float) -> float:
        return 1.0


@dataclass(frozen=True)
class Steps:
    """Steps of equal length through the day, each at its share of the peak."""

    shares: tuple[float, ...]
    start: float = 0.0

    def at(self, day: int, day_fraction: float) -> float:
        return self.shares[min(int(day_fraction * len(self.shares)), len(self.shares) - 1)]

    @staticmethod
    def parse(text: str) -> "Steps":
        shares = tuple(_number(share.strip()) for share in text.split(","))
        if not all(share is not None and 0 <= share <= 1 for share in shares) or not any(shares):
            raise LoadError(f'steps "{text}": expected shares of the peak from 0 to 1, such as 0.25,0.5,1')
        return Steps(shares)


@dataclass(frozen=True)
class RecordedLoad:
    """The load of a file of ``timestamp,value``: one day of the file is one day of the run."""

    shares: tuple[float, ...]
    spacing: float
    first_day: int

    @staticmethod
    def parse(file: str, lines: list[str], first_day: int) -> "RecordedLoad":
        """Reads samples as evenly spaced as the first two; an empty value is missing, and interpolated.

        ``first_day`` is the day of the file on which the run starts; after the last whole day comes the first.
        """
        times: list[float] = []
        values: list[float | None] = []
        for number, line in _content(lines):
            if not values and line.replace(" ", "") == "timestamp,value":
                continue
            place = f"{file} line {number}"
            fields = line.split(",")
            if len(fields) != 2:
                raise LoadError(f'{place}: "{line}": expected two fields, timestamp,value')
            at = _seconds(place, fields[0].strip())
            value = _value(place, fields[1].strip())
            if len(times) == 1:
                _check_first_spacing(place, fields[0], at - times[0])
            elif len(times) > 1 and abs(at - times[-1] - (times[1] - times[0])) > 1e-3:
                raise LoadError(
                    f"{place}: {fields[0]}: {at - times[-1]:g} s after the line before; expected"
                    f" {times[1] - times[0]:g} s, evenly as the first two (write a missing value as an empty one)"
                )
            times.append(at)
            values.append(value)
        return RecordedLoad._of(file, times, values, first_day)

    @staticmethod
    def _of(file: str, times: list[float], values: list[float | None], first_day: int) -> "RecordedLoad":
        spacing = times[1] - times[0] if len(times) > 1 else 0.0
        if len(values) * spacing < DAY_SECONDS - 1e-6:
            over = f" over {len(values) * spacing:g} s" if spacing else ""
            raise LoadError(f"{file}: {len(values)} samples{over}; expected at least one day ({DAY_SECONDS} s)")
        peak = max((value for value in values if value is not None), default=0.0)
        if peak <= 0:
            raise LoadError(f"{file}: no value above 0; expected some load to scale to the peak")
        shares = _interpolated([None if value is None else value / peak for value in values])
        return RecordedLoad(tuple(shares), spacing, first_day)

    @property
    def days(self) -> int:
        """Whole days in the file."""
        return math.floor(len(self.shares) * self.spacing / DAY_SECONDS + 1e-9)

    def at(self, day: int, day_fraction: float) -> float:
        file_day = (day + self.first_day) % self.days
        position = (file_day + day_fraction) * DAY_SECONDS / self.spacing
        before = min(int(position), len(self.shares) - 1)
        used = math.ceil(self.days * DAY_SECONDS / self.spacing - 1e-9)
        after = before + 1 if before + 1 < used else 0
        return self.shares[before] + (position - before) * (self.shares[after] - self.shares[before])

    @property
    def start(self) -> float:
        """The time of the mean day around which, for an hour, the load is least."""
        moments = 96
        mean = [sum(self.at(day, i / moments) for day in range(self.days)) for i in range(moments)]
        best, least = 0, math.inf
        for i in range(moments):
            around = sum(mean[(i + j) % moments] for j in range(-2, 3))
            if around < least - 1e-12:
                best, least = i, around
        return best / moments


def _check_first_spacing(place: str, timestamp: str, spacing: float) -> None:
    if spacing <= 0:
        raise LoadError(f"{place}: {timestamp}: expected a time after the line before")
    if spacing > DAY_SECONDS / 4:
        raise LoadError(
            f"{place}: {timestamp}: {spacing:.0f} s after the line before; expected at most 6 hours between"
            " samples, as a day must show"
        )


def _interpolated(shares: list[float | None]) -> list[float]:
    """Fills what is missing from its neighbours; at the ends from the only neighbour."""
    known = [(i, share) for i, share in enumerate(shares) if share is not None]
    filled = [known[0][1]] * known[0][0] + [known[0][1]]
    for (i, share), (j, following) in itertools.pairwise(known):
        filled += [share + (k - i) / (j - i) * (following - share) for k in range(i + 1, j + 1)]
    return filled + [known[-1][1]] * (len(shares) - len(filled))


@dataclass(frozen=True)
class Load:
    """A shape in requests per second and in the run's time."""

    shape: Shape
    peak: float
    day_seconds: float

    def rate_at(self, seconds: float) -> float:
        """Requests per second at a time since the start of the run."""
        days = self.shape.start + seconds / self.day_seconds
        day = math.floor(days)
        return self.peak * self.shape.at(day, days - day)

    def users_at(self, seconds: float, user_rate: float) -> tuple[int, float]:
        """Users, each of whom sends ``user_rate`` requests per second, and how many may come in a second."""
        # Locust warns of more than 100 a second, and no shape here asks for more in one of its steps of 1 s.
        return round(self.rate_at(seconds) / user_rate), 100.0


@dataclass(frozen=True)
class Stage:
    duration: float
    users: int
    spawn_rate: float


@dataclass(frozen=True)
class Stages:
    """Numbers of users one after the other, each for a time; then the run ends."""

    stages: tuple[Stage, ...]

    @staticmethod
    def parse(file: str, lines: list[str]) -> "Stages":
        stages = []
        for number, line in _content(lines):
            if line.replace(" ", "") == STAGES_HEADER:
                continue
            place = f"{file} line {number}"
            fields = [field.strip() for field in line.split(",")]
            if len(fields) != 3:
                raise LoadError(f'{place}: "{line}": expected three fields, {STAGES_HEADER}')
            if not re.fullmatch(r"\d{1,6}", fields[1]):
                raise LoadError(f'{place}: users "{fields[1]}": expected a whole number not below 0')
            spawn_rate = _number(fields[2])
            if spawn_rate is None or spawn_rate <= 0:
                raise LoadError(f'{place}: spawn_rate "{fields[2]}": expected users per second above 0')
            try:
                length = duration(fields[0])
            except LoadError as e:
                raise LoadError(f"{place}: {e}") from None
            stages.append(Stage(length, int(fields[1]), spawn_rate))
        if not stages:
            raise LoadError(f"{file}: no stages; expected lines of {STAGES_HEADER}")
        return Stages(tuple(stages))

    def users_at(self, seconds: float, user_rate: float) -> tuple[int, float] | None:
        for stage in self.stages:
            if seconds < stage.duration:
                return stage.users, stage.spawn_rate
            seconds -= stage.duration
        return None


def load(name: str, *, day: float, peak: float, seed: int, steps: str, first_day: int) -> Load | Stages:
    """The load that a name or a file stands for."""
    shape: Shape
    match name:
        case "two-peak-day":
            shape = TwoPeakDay(seed)
        case "flash-crowd":
            shape = FlashCrowd(seed)
        case "steady":
            shape = SteadyLoad()
        case "steps":
            shape = Steps.parse(steps)
        case _ if name.endswith(".csv"):
            lines = _read(name)
            if any(line.replace(" ", "") == STAGES_HEADER for _, line in _content(lines)[:1]):
                return Stages.parse(name, lines)
            shape = RecordedLoad.parse(name, lines, first_day)
        case _:
            raise LoadError(
                f'shape "{name}": expected {", ".join(NAMES)} or a file whose name ends in .csv, with lines of'
                f" timestamp,value or of {STAGES_HEADER}"
            )
    return Load(shape, peak, day)


def duration(text: str) -> float:
    """Seconds of a text such as ``90s``, ``8m`` or ``1.5h``; without a unit they are seconds."""
    match = re.fullmatch(r"(\d+\.?\d*)(s|m|h|d)?", text)
    seconds = float(match[1]) * {"s": 1, "m": 60, "h": 3600, "d": DAY_SECONDS}[match[2] or "s"] if match else 0.0
    if seconds <= 0:
        raise LoadError(f'duration "{text}": expected a time above 0 such as 90s, 8m or 1.5h')
    return seconds


def positive(text: str) -> float:
    """A number above 0."""
    value = _number(text)
    if value is None or value <= 0:
        raise LoadError(f'"{text}": expected a number above 0')
    return value


def whole(text: str) -> int:
    """A whole number."""
    if not re.fullmatch(r"-?\d{1,18}", text, re.ASCII):
        raise LoadError(f'"{text}": expected a whole number')
    return int(text)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options that say which load it is; each has an environment variable in Locust."""

    def add(option: str, reader, default: str, text: str) -> None:
        def read(given: str):
            try:
                return reader(given)
            except LoadError as e:
                raise argparse.ArgumentTypeError(str(e)) from None

        variable = "LOCUST_" + option.upper().replace("-", "_")
        # Only Locust's parser knows these; the load is built before its web page is there.
        more = {} if type(parser) is argparse.ArgumentParser else {"env_var": variable, "include_in_web_ui": False}
        parser.add_argument(
            "--" + option, type=read, default=default, metavar="...", help=text + " (%(default)s)", **more
        )

    add("shape", str, "two-peak-day", f"{', '.join(NAMES)}, or a CSV file with timestamp,value or {STAGES_HEADER}")
    add("day", duration, "8m", "how long one day of the shape takes")
    add("peak", positive, "60", "requests per second at the top of the shape")
    add("shape-seed", whole, "1", "for the differences from day to day")
    add("steps", str, "0.25,0.5,0.75,1,0.75,0.5", "shares of the peak, with --shape steps")
    add("first-day", whole, "0", "the day of a file of timestamp,value on which the run starts")


def of(options: argparse.Namespace) -> Load | Stages:
    """The load of the options that ``add_arguments`` added."""
    return load(
        options.shape,
        day=options.day,
        peak=options.peak,
        seed=options.shape_seed,
        steps=options.steps,
        first_day=options.first_day,
    )


def _read(file: str) -> list[str]:
    try:
        return Path(file).read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError as e:
        raise LoadError(f"{file}: expected a text file in UTF-8") from e
    except OSError as e:
        raise LoadError(f"{file}: cannot be read: {e.strerror}; expected a file with lines of timestamp,value") from e


def _content(lines: list[str]) -> list[tuple[int, str]]:
    numbered = [(number, line.strip()) for number, line in enumerate(lines, 1)]
    return [(number, line) for number, line in numbered if line and not line.startswith("#")]


def _number(text: str) -> float | None:
    # float() also takes nan, inf and 1_000, none of which is meant.
    plain = re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,2})?", text, re.ASCII)
    return float(text) if plain else None


def _value(place: str, text: str) -> float | None:
    value = _number(text)
    if text and (value is None or value < 0):
        raise LoadError(f'{place}: value "{text}": expected a number not below 0, or nothing if it is missing')
    return value


def _seconds(place: str, text: str) -> float:
    epoch = _number(text)
    if epoch is not None:
        return epoch
    try:
        if not re.match(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d", text):
            raise ValueError(text)
        at = datetime.fromisoformat(text)
    except ValueError as e:
        raise LoadError(
            f'{place}: timestamp "{text}": expected epoch seconds or ISO-8601 such as 2026-11-21T08:30:00Z'
        ) from e
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()


def main() -> int:
    parser = argparse.ArgumentParser(description="Prints a load as CSV: seconds,requests_per_second")
    add_arguments(parser)
    parser.add_argument("--days", type=int, default=1, help="how many days are printed (%(default)s)")
    parser.add_argument("--moments", type=int, default=240, help="of each day (%(default)s)")
    options = parser.parse_args()
    try:
        curve = of(options)
        if isinstance(curve, Stages):
            raise LoadError(f"{options.shape}: stages are users, not requests; expected another shape to print")
    except LoadError as e:
        parser.error(str(e))
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow(["seconds", "requests_per_second"])
    for moment in range(options.days * options.moments):
        seconds = moment * options.day / options.moments
        out.writerow([seconds, curve.rate_at(seconds)])
    return 0


if __name__ == "__main__":
    sys.exit(main())
