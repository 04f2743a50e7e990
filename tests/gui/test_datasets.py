"""The panel Datasets in the real window: a long list, its order, its menu, and files that were moved."""

from __future__ import annotations

import threading

import mrcfile
import numpy as np
import pytest
from imgui_bundle import imgui

from scseg.annotations.storage.reading import read_database
from scseg.gui.panels.tomograms import tomogram_row
from scseg.runtime.display import tomogram_texts
from scseg.runtime.inbox import Inbox
from scseg.runtime.tomograms import file_watch
from scseg.runtime.tomograms.file_watch import FileWatch
from tests.fakes.gradient import SHAPE, write_volume
from tests.gui.drawing import begin, drag, in_file, mask, settled

pytestmark = pytest.mark.gui

LIST = "//Panels/**/"


@pytest.fixture
def make(tmp_path):
    """Return a function that writes a small tomogram."""

    def made(name, shape=(4, 6, 8)):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        with mrcfile.new(path) as file:
            file.set_data(np.arange(np.prod(shape)).reshape(shape).astype(np.float32))
            file.voxel_size = 10.0
        return path

    return made


@pytest.fixture
def looks_often(monkeypatch):
    monkeypatch.setattr(file_watch.FileWatch.__init__, "__defaults__", (0.05,))


def names(tomograms):
    return [each.name for each in tomograms]


def active(user):
    return user.session.active.name


def right_click(user, name):
    user.ctx.item_click(f"{LIST}###{name}", 1)
    user.ctx.yield_()


def test_of_hundreds_of_tomograms_only_those_in_sight_are_drawn(open_window, make, monkeypatch):
    paths = [make(f"TS_{number}.mrc") for number in range(200)]
    drawn = []
    plain = tomogram_row.draw

    def counted(session, row, ui):
        drawn.append(row.label)
        plain(session, row, ui)

    monkeypatch.setattr(tomogram_row, "draw", counted)

    def steps(user):
        user.wait_for(lambda: len(user.session.tomograms) == 200)
        user.ctx.yield_(3)
        drawn.clear()
        user.ctx.yield_()
        assert 8 <= len(drawn) <= 12
        user.ctx.item_click(f"{LIST}###filter")
        user.ctx.key_chars("19")
        user.ctx.yield_(2)
        user.press("Enter")
        user.press("Down")
        assert active(user) == "TS_19.mrc"
        for name in ("TS_119.mrc", "TS_190.mrc", "TS_191.mrc"):
            user.press("Down")
            assert active(user) == name
        for _ in range(12):
            user.press("Down")
        assert active(user) == "TS_199.mrc"
        drawn.clear()
        user.ctx.yield_(2)
        assert "TS_199.mrc" in drawn

    open_window(steps, paths)


def test_the_list_is_sorted_from_its_menu_and_the_keys_follow_it(open_window, make):
    paths = [make(name) for name in ("b/TS_10.mrc", "a/TS_9.mrc", "b/TS_1.mrc")]

    def sort(user, label):
        user.ctx.item_click(f"{LIST}###sort")
        user.ctx.item_click(f"//$FOCUSED/{label}")
        user.ctx.yield_(2)

    def walked(user):
        for _ in paths:
            user.press("Up")
        found = []
        for _ in paths:
            found.append(active(user))
            user.press("Down")
        return found

    def steps(user):
        user.wait_for(lambda: len(user.session.tomograms) == 3)
        assert walked(user) == ["TS_10.mrc", "TS_9.mrc", "TS_1.mrc"]
        sort(user, "By name")
        assert walked(user) == ["TS_1.mrc", "TS_9.mrc", "TS_10.mrc"]
        sort(user, "By folder")
        assert walked(user) == ["TS_9.mrc", "TS_1.mrc", "TS_10.mrc"]
        sort(user, "Reversed")
        assert walked(user) == ["TS_10.mrc", "TS_1.mrc", "TS_9.mrc"]

    open_window(steps, paths)


def test_the_menu_of_a_row_corrects_the_pixel_size_and_copies_the_path(open_window, make):
    paths = [make("a.mrc"), make("b.mrc")]

    def steps(user):
        user.wait_for(lambda: len(user.session.tomograms) == 2)
        first, second = user.session.tomograms
        right_click(user, "b.mrc")
        user.ctx.item_click("//$FOCUSED/###apix")
        user.ctx.key_chars_replace_enter("13.92")
        user.wait_for(lambda: second.apix == pytest.approx(13.92))
        assert first.apix == pytest.approx(10.0)
        right_click(user, "b.mrc")
        user.ctx.item_click("//$FOCUSED/###apix-z")
        user.ctx.key_chars_replace_enter("50")
        user.wait_for(lambda: second.as_told.voxel_size == pytest.approx((50, 13.92, 13.92)))
        assert first.apix_z is None
        right_click(user, "b.mrc")
        user.press("Escape")
        user.ctx.yield_(2)
        assert not user.ctx.item_exists("//$FOCUSED/Copy path")
        right_click(user, "b.mrc")
        user.ctx.item_click("//$FOCUSED/Copy path")
        assert user.do(imgui.get_clipboard_text) == str(paths[1])
        assert user.session.active is first

    open_window(steps, paths)


def test_rows_are_closed_one_by_one_but_one_and_all(open_window, make):
    paths = [make(f"{name}.mrc") for name in "abcd"]

    def steps(user):
        user.wait_for(lambda: len(user.session.tomograms) == 4)
        user.ctx.item_click(f"{LIST}###b.mrc")
        right_click(user, "b.mrc")
        user.ctx.item_click("//$FOCUSED/Close")
        assert names(user.session.tomograms) == ["a.mrc", "c.mrc", "d.mrc"]
        assert active(user) == "c.mrc"
        right_click(user, "d.mrc")
        user.ctx.item_click("//$FOCUSED/Close others")
        assert names(user.session.tomograms) == ["d.mrc"]
        assert active(user) == "d.mrc"
        user.wait_until_shown()
        right_click(user, "d.mrc")
        user.ctx.item_click("//$FOCUSED/Close all")
        user.ctx.yield_(2)
        assert user.session.tomograms == []
        assert user.session.notices == []
        assert user.ctx.item_exists(f"{LIST}###open")

    open_window(steps, paths)


def test_a_feature_is_told_in_the_row_once_something_is_drawn_or_boxed(open_window, tomogram, make):
    def steps(user):
        begin(user)
        opened = user.session.active
        assert tomogram_texts.annotated_features(opened) == []
        drag(user, [(10, 10), (20, 20)])
        (feature,) = tomogram_texts.annotated_features(opened)
        assert f"annotated: {feature.name}" in tomogram_texts.about(opened, "")
        user.press("Ctrl+Z")
        assert tomogram_texts.annotated_features(opened) == []
        other = user.session.tomograms[1]
        assert tomogram_texts.annotated_features(other) == []

    open_window(steps, [tomogram, make("other.mrc")])


def test_before_strokes_that_cannot_be_saved_are_closed_the_user_is_asked(
    open_window, make, tmp_path
):
    path, other = make("gone/a.mrc", SHAPE), make("b.mrc", SHAPE)
    question = "//Close without saving?/"

    def steps(user):
        user.wait_for(lambda: len(user.session.tomograms) == 2)
        begin(user)
        (tmp_path / "gone").rename(tmp_path / "away")
        drag(user, [(10, 10), (20, 20)])
        user.wait_for(lambda: user.session.active.annotated.state.problem)
        right_click(user, "b.mrc")
        user.ctx.item_click("//$FOCUSED/Close others")
        user.wait_for(lambda: user.ctx.item_exists(f"{question}###keep"))
        user.ctx.item_click(f"{question}###keep")
        user.ctx.yield_(2)
        assert names(user.session.tomograms) == ["a.mrc", "b.mrc"]
        user.press("Down")
        user.press("Up")
        user.press("Ctrl+W")
        user.wait_for(lambda: user.ctx.item_exists(f"{question}###close"))
        user.ctx.item_click(f"{question}###close")
        user.ctx.yield_(2)
        assert names(user.session.tomograms) == ["b.mrc"]
        user.press("Ctrl+W")
        assert user.session.tomograms == []
        (tmp_path / "away").rename(tmp_path / "gone")
        user.wait_for(lambda: not user.session.jobs)
        contents, _ = read_database(path.with_name("a.mrc.scna"), SHAPE)
        assert len(contents.masks) == 1

    open_window(steps, [path, other])


def browse(user, *path):
    """Choose a file in the window's browser, which is at the folder of the files."""
    *folders, name = path
    for each in (*folders, name):
        user.wait_for(lambda each=each: user.ctx.item_exists(f"//###files/**/###{each}"))
        user.ctx.item_click(f"//###files/**/###{each}")
    user.ctx.item_click("//###files/###open")


@pytest.mark.usefixtures("looks_often")
def test_a_moved_file_is_told_in_its_row_and_relinked(open_window, make, monkeypatch, tmp_path):
    path = make("a.mrc", shape=(12, 6, 8))
    make("moved/other.mrc", shape=(12, 6, 9))
    monkeypatch.chdir(tmp_path)

    def steps(user):
        user.press("Home")
        user.wait_until_shown()
        user.press("I")
        assert not user.ctx.item_exists(f"{LIST}###relink")
        path.rename(tmp_path / "moved" / "b.mrc")
        user.wait_for(lambda: user.session.active.vanished)
        user.ctx.yield_(2)
        user.ctx.item_click(f"{LIST}###relink")
        browse(user, "moved", "other.mrc")
        user.wait_for(lambda: user.session.notices)
        assert "9 x 6 x 12 voxels" in user.session.notices[0].sentence
        assert "choose the file that was moved" in user.session.notices[0].sentence
        assert user.session.active.ref.path == str(path)
        user.press("Escape")
        user.ctx.item_click(f"{LIST}###relink")
        browse(user, "b.mrc")
        user.wait_for(lambda: active(user) == "b.mrc")
        user.wait_until_shown()
        opened = user.session.active
        assert (opened.z, opened.contrast.inverted, opened.vanished) == (0, True, False)
        assert len(user.session.tomograms) == 1
        user.press("Right")
        user.wait_until_shown()
        assert user.session.notices == []
        assert not user.ctx.item_exists(f"{LIST}###relink")

    open_window(steps, [path])


def test_what_is_drawn_follows_a_file_that_was_moved_alone(
    open_window, make, monkeypatch, tmp_path
):
    path, moved = make("a.mrc", SHAPE), tmp_path / "b.mrc"
    monkeypatch.chdir(tmp_path)

    def relink(user, label):
        user.ctx.item_click(f"{LIST}###{label}", 1)
        user.ctx.item_click("//$FOCUSED/Relink…")

    def first(user):
        begin(user)
        drag(user, [(10, 10), (20, 20)])
        drawn = mask(user)
        settled(user)
        path.rename(moved)
        relink(user, "a.mrc")
        browse(user, "b.mrc")
        user.wait_for(lambda: active(user) == "b.mrc" and user.session.active.annotation)
        assert drawn.any()
        assert np.array_equal(mask(user), drawn)
        drag(user, [(30, 10), (40, 20)])
        assert len(in_file(user).masks) == 1
        drawn_now.append(mask(user))

    def second(user):
        user.do(user.window.restore)
        user.wait_for(lambda: user.session.missing and not user.session.jobs)
        relink(user, "b.mrc")
        browse(user, "a.mrc")
        user.wait_for(lambda: user.session.active and user.session.active.annotation)
        assert active(user) == "a.mrc"
        assert np.array_equal(mask(user), drawn_now[0])

    drawn_now = []
    open_window(first, [path])
    (tmp_path / "a.mrc.scna").unlink()
    moved.rename(path)
    open_window(second)


@pytest.mark.usefixtures("looks_often")
def test_a_file_that_comes_back_is_no_longer_told_missing(open_window, make, tmp_path):
    path = make("a.mrc")

    def steps(user):
        away = path.rename(tmp_path / "away")
        user.wait_for(lambda: user.session.active.vanished)
        away.rename(path)
        user.wait_for(lambda: not user.session.active.vanished)

    open_window(steps, [path])


def test_a_disk_that_hangs_does_not_hold_up_the_watched_list(monkeypatch):
    hangs, woken = threading.Event(), threading.Event()
    monkeypatch.setattr(file_watch, "is_there", lambda _: hangs.wait(10.0) and False)
    watch = FileWatch(Inbox(woken.set), seconds=0.001)
    watch.watch(["/a", "/b"])
    assert watch.gone == frozenset()
    hangs.set()
    assert woken.wait(10.0)
    assert watch.gone == {"/a", "/b"}
    watch.close()


def test_paths_that_no_disk_can_hold_are_not_there(tmp_path):
    assert file_watch.is_there(str(tmp_path))
    assert not file_watch.is_there(str(tmp_path / "missing"))
    assert not file_watch.is_there("/nul\0l")
    assert not file_watch.is_there("/" + "long" * 2000)


def test_padding_of_the_slice_in_view_is_told_at_its_tomogram(open_window, tmp_path, rng):
    voxels = rng.normal(100.0, 9.0, (3, 80, 100)).astype(np.float32)
    voxels[1, :, :17] = 0
    path = write_volume(tmp_path / "padded.mrc", voxels)

    def steps(user):
        assert "padding: 17 % of slice 2" in tomogram_texts.about(user.session.active, "")
        user.ctx.mouse_move(f"{LIST}###padded.mrc")
        user.wait_for(lambda: user.ctx.window_info("//##Tooltip_00").id_)
        user.press("Right")
        user.wait_until_shown()
        assert tomogram_texts.padding(user.session.active) == ""

    open_window(steps, [path])
