"""The menu of a feature: slices, boxes, files, order, library."""

from __future__ import annotations

import mrcfile
import numpy as np
import pytest
from imgui_bundle import imgui

from scseg.persistence.feature_library import library_path, load
from tests.fakes.gradient import SHAPE
from tests.gui.drawing import annotation, begin, drag, in_file, mask, save_as, settled

pytestmark = pytest.mark.gui


def opened_menu(user, number=0):
    feature = annotation(user).contents.features[number]
    user.ctx.item_click(
        f"//Panels/**/feature {feature.id}/###menu" if number else "//Panels/**/###menu"
    )
    user.ctx.yield_(2)


def choose(user, item):
    opened_menu(user)
    user.ctx.item_click(f"//$FOCUSED/###{item}")
    user.ctx.yield_(2)


def test_slices_are_shown_and_cleared(open_window, tomogram):
    def steps(user):
        begin(user)
        drag(user, [(30, 20)])
        user.press("Home")
        user.wait_until_shown()
        drag(user, [(10, 20)])
        opened_menu(user)
        user.ctx.item_click("**/###slice 6")
        user.ctx.yield_(2)
        user.wait_until_shown()
        assert user.session.active.z == 6
        below = user.ctx.item_info("**/###clear 6").rect_full.min.y
        user.ctx.item_click("**/###clear 0")
        user.ctx.yield_(4)
        assert {z for _, z in in_file(user).masks} == {6}
        # The pointer is in its gap now, not on the next one.
        assert user.ctx.item_info("**/###clear 6").rect_full.min.y == below
        user.press("Escape")
        user.press("Ctrl+Z")
        assert {z for _, z in in_file(user).masks} == {0, 6}

    open_window(steps, [tomogram])


def test_the_slices_begin_at_the_one_in_view(open_window, tomogram):
    def steps(user):
        begin(user)
        user.press("Home")
        for _ in range(SHAPE[0]):
            user.wait_until_shown()
            drag(user, [(30, 20)])
            user.press("Right")
        opened_menu(user)
        rows = user.ctx.window_info("//$FOCUSED/slices").window
        assert rows.scroll_max.y > 0
        assert rows.scroll.y == rows.scroll_max.y

    open_window(steps, [tomogram])


def test_the_dialog_of_a_mask_says_whose_it_will_be(open_window, tomogram):
    def steps(user):
        begin(user)
        choose(user, "import")
        window = user.ctx.get_window_by_ref("//###files")
        assert window.name.startswith("Choose the mask of Feature 1###")
        user.press("Escape")

    open_window(steps, [tomogram])


def test_boxes_along_the_mask_and_negatives_beside_it(open_window, tomogram):
    def steps(user):
        begin(user)
        user.ctx.item_input_value("//Panels/**/##boxes", 8)
        settled(user)
        drag(user, [(10, 20), (50, 20)])
        opened_menu(user)
        user.ctx.item_input_value("//$FOCUSED/###spacing", 10.0)
        user.ctx.item_click("//$FOCUSED/###along")
        user.ctx.yield_()
        feature = annotation(user).contents.features[0].id
        along = np.array(sorted(in_file(user).boxes[feature, 6]))
        assert 4 <= len(along) <= 6
        assert all(mask(user)[y, x] for y, x in along)
        apart = np.hypot(*(along[:, None] - along[None]).T) + 100 * np.eye(len(along))
        assert apart.min() >= 10
        user.ctx.item_input_value("//$FOCUSED/###count", 3)
        user.ctx.item_click("//$FOCUSED/###negatives")
        user.ctx.yield_()
        new = in_file(user).boxes[feature, 6] - {tuple(each) for each in along.tolist()}
        assert len(new) == 3
        for y, x in new:
            assert not mask(user)[y - 4 : y + 4, x - 4 : x + 4].any()
        user.press("Escape")
        user.press("Ctrl+Z")
        user.press("Ctrl+Z")
        assert not in_file(user).boxes

    open_window(steps, [tomogram])


def test_exports_are_what_is_drawn(open_window, tomogram):
    def steps(user):
        begin(user)
        drag(user, [(30, 20), (40, 25)])
        user.point_at((12, 7))
        user.ctx.key_down(user.imgui.Key.mod_shift)
        user.ctx.mouse_click(0)
        user.ctx.key_up(user.imgui.Key.mod_shift)
        user.ctx.yield_(2)
        for item, name in (
            ("boxes", "gradient__Feature_1_boxes.txt"),
            ("slice", "gradient__Feature_1_annotation_slice_6.mrc"),
            ("volume", "gradient__Feature_1_annotation.mrc"),
        ):
            choose(user, item)
            save_as(user)
            user.wait_for(lambda name=name: any(name in e.sentence for e in user.session.notices))
        steps.mask = mask(user)

    open_window(steps, [tomogram])
    folder = tomogram.parent
    assert (folder / "gradient__Feature_1_boxes.txt").read_text() == "12 7 6\n"
    drawn = (steps.mask == 1).astype(int)
    image = mrcfile.read(folder / "gradient__Feature_1_annotation_slice_6.mrc")
    assert np.array_equal(np.squeeze(image), drawn)
    volume = mrcfile.read(folder / "gradient__Feature_1_annotation.mrc")
    assert np.array_equal(volume[6], drawn)
    assert volume.sum() == drawn.sum()


def test_an_export_goes_where_the_user_says_and_asks_before_it_replaces(open_window, tomogram):
    folder = tomogram.parent / "results"
    folder.mkdir()
    old = folder / "mine.mrc"
    old.write_text("older")

    def steps(user):
        begin(user)
        drag(user, [(30, 20), (40, 25)])
        choose(user, "volume")
        # Another folder is shown before anything is written there.
        save_as(user, str(folder / "mine"))
        save_as(user)
        assert old.read_text() == "older"
        user.ctx.item_click("//###files/###cancel")
        user.ctx.yield_(2)
        choose(user, "volume")
        save_as(user, str(folder / "mine.mrc"))
        user.wait_for(lambda: user.ctx.item_exists("//###files/**/###mine.mrc"))
        user.ctx.item_click("//###files/**/###mine.mrc")
        save_as(user)
        save_as(user)
        user.wait_for(lambda: user.session.notices)
        assert user.session.notices[0].sentence == f"Written: {old}"
        steps.mask = mask(user)

    open_window(steps, [tomogram])
    assert np.array_equal(mrcfile.read(old)[6], steps.mask)
    assert [each.name for each in folder.iterdir()] == ["mine.mrc"]


def test_an_export_never_replaces_an_open_tomogram(open_window, tomogram, volume):
    def steps(user):
        begin(user)
        drag(user, [(30, 20)])
        choose(user, "slice")
        save_as(user, "gradient")
        assert not user.session.notices
        save_as(user)
        user.wait_for(lambda: user.session.notices)
        assert "is an open tomogram" in user.session.notices[0].sentence

    open_window(steps, [tomogram])
    assert np.array_equal(mrcfile.read(tomogram), volume)


def test_a_mask_of_another_program_is_one_step(open_window, tomogram):
    other = np.zeros(SHAPE, np.int8)
    other[2:5, 10:20, 10:30] = 1
    path = tomogram.parent / "other.mrc"
    with mrcfile.new(path) as file:
        file.set_data(other)

    def steps(user):
        begin(user)

        def chosen(kind, then, title):
            assert (kind, title) == ("tomogram", "Choose the mask of Feature 1")
            then((path,))

        user.monkeypatch.setattr(user.window.dialogs, "ask", chosen)
        choose(user, "import")
        user.wait_for(lambda: annotation(user).contents.masks)
        for z in range(SHAPE[0]):
            assert np.array_equal(mask(user, z=z), other[z])
        assert user.session.active.z == 6
        user.press("Ctrl+Z")
        assert not in_file(user).masks

    open_window(steps, [tomogram])


def asked_about(user, path, values):
    """Import a volume as far as the question what it means."""
    mrcfile.write(path, values)
    user.monkeypatch.setattr(user.window.dialogs, "ask", lambda _kind, then, _title: then((path,)))
    choose(user, "import")
    user.wait_for(lambda: user.session.mask_question is not None)
    user.ctx.yield_(3)


def test_which_label_of_a_volume_is_the_feature_is_asked(open_window, tomogram, rng):
    labels = rng.integers(0, 5, SHAPE).astype(np.int16)

    def steps(user):
        begin(user)
        asked_about(user, tomogram.parent / "labels.mrc", labels)
        user.ctx.item_click("//Import mask volume/###label")
        user.ctx.item_click("//$FOCUSED/###3")
        user.ctx.item_click("//Import mask volume/###ignore")
        user.ctx.item_click("//$FOCUSED/###4")
        user.ctx.item_click("//Import mask volume/###import")
        user.wait_for(lambda: annotation(user).contents.masks)
        assert user.session.mask_question is None
        for z in range(SHAPE[0]):
            assert np.array_equal(mask(user, z=z), (labels[z] == 3) + 2 * (labels[z] == 4))
        user.ctx.yield_(2)
        asked_about(user, tomogram.parent / "more.mrc", labels[:, ::-1])
        user.ctx.item_click("//Import mask volume/###above")
        user.ctx.item_input_value("//Import mask volume/###threshold", 2.0)
        user.ctx.item_click("//Import mask volume/###import")
        both = (labels[6] == 3) | (labels[6, ::-1] >= 2)
        user.wait_for(lambda: np.array_equal(mask(user) == 1, both))

    open_window(steps, [tomogram])


def test_a_threshold_of_scores_is_asked_and_can_be_left(open_window, tomogram, rng):
    scores = rng.random(SHAPE).astype(np.float32)

    def steps(user):
        begin(user)
        asked_about(user, tomogram.parent / "scores.mrc", scores)
        user.ctx.item_click("//Import mask volume/###cancel")
        user.ctx.yield_(3)
        assert user.session.mask_question is None
        assert not annotation(user).contents.masks
        asked_about(user, tomogram.parent / "again.mrc", scores)
        user.ctx.item_input_value("//Import mask volume/###threshold", 0.75)
        user.ctx.item_click("//Import mask volume/###import")
        user.wait_for(lambda: annotation(user).contents.masks)
        for z in range(SHAPE[0]):
            assert np.array_equal(mask(user, z=z), scores[z] >= 0.75)

    open_window(steps, [tomogram])


def test_features_move_in_the_list(open_window, tomogram):
    def steps(user):
        begin(user)
        first = annotation(user).contents.features[0].id
        user.ctx.item_click("//Panels/**/###add-feature")
        user.ctx.yield_(2)
        choose(user, "down")
        assert in_file(user).features[1].id == first
        user.press("Ctrl+Z")
        assert in_file(user).features[0].id == first

    open_window(steps, [tomogram])


def test_the_library_offers_what_was_kept(open_window, tomogram):
    def steps(user):
        begin(user, brush=7.5)
        user.ctx.item_click("//Panels/**/###name")
        user.ctx.key_chars_replace_enter("Carbon")
        settled(user)
        choose(user, "keep")
        assert "Carbon is in the library" in user.session.notices[0].sentence
        user.ctx.item_click("//Panels/**/###remove")
        user.ctx.yield_(2)
        user.ctx.item_click("//Panels/**/###add-feature")
        user.ctx.yield_(2)
        row = user.ctx.item_info("//$FOCUSED/###known Carbon").rect_full
        cross = user.ctx.item_info("//$FOCUSED/###forget Carbon").rect_full
        assert cross.min.x >= row.min.x + user.do(lambda: imgui.calc_text_size("Carbon").x)
        user.ctx.item_click("//$FOCUSED/###known Carbon")
        user.ctx.yield_(2)
        feature = in_file(user).features[0]
        assert (feature.name, feature.brush_px) == ("Carbon", 7.5)

    open_window(steps, [tomogram])
    assert [each.name for each in load(library_path())] == ["Carbon"]

    def later(user):
        assert user.session.library[0].name == "Carbon"
        user.wait_for(lambda: annotation(user) is not None)
        user.ctx.item_click("//Panels/**/###add-feature")
        user.ctx.yield_(2)
        user.ctx.item_click("//$FOCUSED/###forget Carbon")
        user.ctx.yield_(2)
        assert not user.session.library

    open_window(later, [tomogram])
    assert load(library_path()) == ()


def test_the_menu_stays_where_it_is(open_window, tomogram):
    """Boxes on a slice without any add a row above their buttons; the menu grew by some pixels a frame."""

    def steps(user):
        begin(user)
        user.ctx.item_input_value("//Panels/**/##boxes", 8)
        opened_menu(user)
        button = "//$FOCUSED/###negatives"
        begins, wide = place_of(user, button), user.ctx.window_info("//$FOCUSED").window.size.x
        user.ctx.item_click(button)
        user.ctx.yield_(20)
        assert annotation(user).contents.boxes
        assert place_of(user, button) == begins
        assert user.ctx.window_info("//$FOCUSED").window.size.x == wide

    open_window(steps, [tomogram])


def place_of(user, item):
    corner = user.ctx.item_info(item).rect_full.min
    return corner.x, corner.y
