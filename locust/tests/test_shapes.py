"""That the shapes are those of ``./sphere local`` is shown by LocustIT, which compares them."""

import pytest

import shapes

HOURS = [f"{hour * 3600},{10 + hour}" for hour in range(48)]


def load(name, **more):
    options = {"day": 100.0, "peak": 60.0, "seed": 7, "steps": "0.25,0.5,1", "first_day": 0}
    return shapes.load(name, **(options | more))


def file(folder, *lines):
    path = folder / "load.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return str(path)


def test_compresses_a_day_and_scales_to_the_peak():
    steps = load("steps")

    assert [steps.rate_at(seconds) for seconds in (0, 33, 34, 66, 67, 99, 100, 134)] == [15, 15, 30, 30, 60, 60, 15, 30]


def test_has_as_many_users_as_send_the_rate():
    assert load("steady").users_at(0, 0.5)[0] == 120
    assert load("steady").users_at(0, 2)[0] == 30


def test_runs_through_stages_and_ends(tmp_path):
    stages = load(file(tmp_path, "# two", "duration,users,spawn_rate", "10,5,1", "1m, 20, 2.5"))

    assert stages.users_at(0, 0.5) == (5, 1.0)
    assert stages.users_at(9.9, 0.5) == (5, 1.0)
    assert stages.users_at(10, 0.5) == (20, 2.5)
    assert stages.users_at(70, 0.5) is None


def test_takes_the_days_of_a_file_one_after_the_other_and_begins_again(tmp_path):
    name = file(tmp_path, "timestamp,value", *HOURS)
    recorded = load(name).shape

    assert recorded.days == 2
    assert recorded.at(0, 0.5) * 57 == pytest.approx(22)
    assert recorded.at(1, 0.5) * 57 == pytest.approx(46)
    assert recorded.at(2, 0.5) == recorded.at(0, 0.5)
    assert load(name, first_day=1).shape.at(0, 0.5) == recorded.at(1, 0.5)


def test_interpolates_between_samples_and_where_one_is_missing(tmp_path):
    missing = [line if hour != 5 else "18000," for hour, line in enumerate(HOURS)]

    recorded = load(file(tmp_path, *missing)).shape

    assert recorded.at(0, 5 / 24) * 57 == pytest.approx(15)
    assert recorded.at(0, 5.5 / 24) * 57 == pytest.approx(15.5)


def test_reads_dates_with_and_without_a_zone(tmp_path):
    lines = [f"2026-11-21{'T '[hour % 2]}{hour:02}:00:00{('', 'Z', '+00:00')[hour % 3]},{hour}" for hour in range(24)]

    assert load(file(tmp_path, *lines)).shape.days == 1


@pytest.mark.parametrize(
    ("lines", "error"),
    [
        (["0,1", "3600"], 'line 2: "3600": expected two fields, timestamp,value'),
        (["0,1", "noon,2"], 'line 2: timestamp "noon": expected epoch seconds or ISO-8601'),
        (["0,1", "2026-11-21,2"], 'line 2: timestamp "2026-11-21": expected epoch seconds or ISO-8601'),
        (["0,1", "3600,-2"], 'line 2: value "-2": expected a number not below 0'),
        (["0,1", "3600,nan"], 'line 2: value "nan": expected a number not below 0'),
        (["0,1", "0,2"], "line 2: 0: expected a time after the line before"),
        (["0,1", "30000,2"], "line 2: 30000: 30000 s after the line before; expected at most 6 hours"),
        (["0,1", "60,2", "180,3"], "line 3: 180: 120 s after the line before; expected 60 s, evenly"),
        (HOURS[:5], "5 samples over 18000 s; expected at least one day (86400 s)"),
        (["# nothing"], "0 samples; expected at least one day"),
        ([f"{hour * 3600},0" for hour in range(24)], "no value above 0"),
        (["duration,users,spawn_rate"], "no stages; expected lines of duration,users,spawn_rate"),
        (["duration,users,spawn_rate", "10,5"], 'line 2: "10,5": expected three fields'),
        (["duration,users,spawn_rate", "x,5,1"], 'line 2: duration "x": expected a time above 0'),
        (["duration,users,spawn_rate", "10,-5,1"], 'line 2: users "-5": expected a whole number'),
        (["duration,users,spawn_rate", "10,5,0"], 'line 2: spawn_rate "0": expected users per second above 0'),
    ],
)
def test_says_which_line_is_wrong_and_what_was_expected(tmp_path, lines, error):
    name = file(tmp_path, *lines)

    with pytest.raises(shapes.LoadError) as e:
        load(name)

    assert str(e.value).startswith(name)
    assert error in str(e.value)


def test_says_if_a_file_cannot_be_read(tmp_path):
    (tmp_path / "binary.csv").write_bytes(b"\xff\xfe\x00")

    with pytest.raises(shapes.LoadError, match=r"none\.csv: cannot be read: No such file"):
        load(str(tmp_path / "none.csv"))
    with pytest.raises(shapes.LoadError, match=r"binary\.csv: expected a text file in UTF-8"):
        load(str(tmp_path / "binary.csv"))


@pytest.mark.parametrize(
    ("name", "more", "error"),
    [
        ("saw", {}, 'shape "saw": expected two-peak-day, flash-crowd, steady, steps or a file'),
        ("steps", {"steps": "0.5,2"}, 'steps "0.5,2": expected shares of the peak from 0 to 1'),
        ("steps", {"steps": "0,0"}, 'steps "0,0": expected shares'),
        ("steps", {"steps": ""}, 'steps "": expected shares'),
    ],
)
def test_says_which_shapes_there_are(name, more, error):
    with pytest.raises(shapes.LoadError) as e:
        load(name, **more)

    assert error in str(e.value)


@pytest.mark.parametrize(("text", "seconds"), [("90", 90), ("90s", 90), ("8m", 480), ("1.5h", 5400), ("1d", 86400)])
def test_reads_durations(text, seconds):
    assert shapes.duration(text) == seconds


@pytest.mark.parametrize("text", ["", "m", "0s", "-1m", "8 m", "8min"])
def test_refuses_what_is_no_duration(text):
    with pytest.raises(shapes.LoadError, match="expected a time above 0 such as 90s"):
        shapes.duration(text)
