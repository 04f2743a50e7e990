"""`scseg segment --array`: jobs of a batch system share the volumes, and skip what is done."""

from __future__ import annotations

from pathlib import Path

import pytest

from scseg.cli import main
from tests.cli.commands import scseg
from tests.export.exports import write_named_model, write_tomogram
from tests.fakes.exporting import use_fake_network

COUNT = 3


@pytest.fixture
def folder(tmp_path, monkeypatch):
    use_fake_network(monkeypatch)
    monkeypatch.chdir(tmp_path)
    write_named_model(tmp_path / "a.scnm", "Membrane")
    for number in range(5):
        write_tomogram(tmp_path / "tomos" / f"t{number}.mrc", number)
    return tmp_path


def share(capsys, number, *more, count=COUNT):
    array = ("--array", f"{number}/{count}")
    return scseg(capsys, "segment", "tomos", "--model", "a.scnm", "-o", "out", *array, *more)


def made(out):
    return [Path(line).name for line in out.splitlines()]


@pytest.mark.usefixtures("folder")
def test_the_jobs_of_an_array_make_each_volume_once(capsys):
    found = []
    for number in range(1, COUNT + 1):
        code, out, err = share(capsys, number)
        assert code == 0
        assert f"Share {number} of {COUNT}" in err
        found += made(out)
    names = [f"t{number}__Membrane.mrc" for number in range(5)]
    assert sorted(found) == names
    expected = {name: Path("out", name).read_bytes() for name in names}
    scseg(capsys, "segment", "tomos", "--model", "a.scnm", "-o", "one")
    assert expected == {name: Path("one", name).read_bytes() for name in names}


def test_what_is_done_is_skipped_and_what_only_looks_so_is_made(capsys, folder, monkeypatch):
    counted = folder / "count"
    counted.touch()
    monkeypatch.setenv("SCSEG_FAKE_COUNT", str(counted))
    _, out, _ = share(capsys, 1)
    first, second = (Path("out", name) for name in made(out))
    whole, cost = first.read_bytes(), counted.stat().st_size
    assert share(capsys, 1)[2].count("is there already") == 2
    assert counted.stat().st_size == cost
    first.write_bytes(whole[: len(whole) // 2])
    code, _, err = share(capsys, 1)
    assert code == 0
    assert f"{second.name} is there already" in err
    assert f"{first.name} is there already" not in err
    assert first.read_bytes() == whole
    # A volume of that name made in another way is not it.
    assert "is there already" not in share(capsys, 1, "--overlap", "0.5")[2]


@pytest.mark.usefixtures("folder")
def test_an_array_larger_than_the_list_has_jobs_with_nothing_to_do(capsys):
    code, out, err = share(capsys, 7, count=8)
    assert (code, out) == (0, "")
    assert "0 of 5 volumes" in err


def test_volumes_of_one_name_are_refused_though_other_jobs_make_them(capsys, folder):
    write_tomogram(folder / "more" / "t0.mrc", 9)
    code, _, err = scseg(
        capsys, "segment", "tomos", "more", "--model", "a.scnm", "-o", "out", "--array", "2/6"
    )
    assert code == 1
    assert "would both be written as t0__Membrane.mrc" in err
    assert not Path("out").exists()


def test_a_share_that_is_none_is_told(capsys):
    with pytest.raises(SystemExit) as ended:
        main.run(("segment", "t.mrc", "--model", "m.scnm", "-o", "x", "--array", "0/4"))
    assert ended.value.code == 2
    assert "number the jobs of the array from 1" in capsys.readouterr().err
