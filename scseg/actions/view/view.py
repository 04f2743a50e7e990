"""What is seen of a slice, and how the window looks."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from scseg.state.requests import RestartPrediction
from scseg.state.settings import BESIDES, SCALES

if TYPE_CHECKING:
    from scseg.base.rect import Rect
    from scseg.models.backends import BackendChoice
    from scseg.models.precision import PrecisionChoice
    from scseg.state.panel_layout import Stage
    from scseg.state.session import Page, Session
    from scseg.state.settings import Besides, Theme
    from scseg.state.tomograms import OpenTomogram, View

ZOOM_STEP = 1.25
SMALLEST_ZOOM, LARGEST_ZOOM = 0.02, 128.0


def set_view(opened: OpenTomogram, view: View) -> None:
    opened.view = replace(view, zoom=max(SMALLEST_ZOOM, min(view.zoom, LARGEST_ZOOM)))


def note_looked_at(opened: OpenTomogram, in_view: Rect, pointed: tuple[int, int] | None) -> None:
    """Note which part of the slice is on the screen, and the pixel (y, x) under the mouse."""
    opened.in_view, opened.pointed = in_view, pointed


def fit(session: Session) -> None:
    """Show the whole slice, and keep it whole when the window changes."""
    if session.active is not None:
        session.active.view = replace(session.active.view, fit=True)


def zoom(session: Session, factor: float) -> None:
    """Zoom about the middle of the view."""
    if session.active is not None:
        view = session.active.view
        set_view(session.active, replace(view, zoom=view.zoom * factor, fit=False))


def zoom_one_to_one(session: Session) -> None:
    if session.active is not None:
        set_view(session.active, replace(session.active.view, zoom=1.0, fit=False))


def toggle_overlays(session: Session) -> None:
    session.overlays = not session.overlays


def toggle_removed(session: Session) -> None:
    """Hatch what rules remove, or draw nothing there."""
    shows = not session.settings.shows_removed
    session.settings = replace(session.settings, shows_removed=shows)


def toggle_drawn(session: Session) -> None:
    """Draw annotation on the stage Models, too, or predictions alone."""
    draws = not session.settings.draws_with_models
    session.settings = replace(session.settings, draws_with_models=draws)


def set_predictions_beside(session: Session, how: Besides) -> None:
    """Choose how predictions are drawn on the stage Segmentation."""
    session.settings = replace(session.settings, predictions_beside=how)


def step_predictions_beside(session: Session) -> None:
    """Draw predictions on the stage Segmentation in the next way: outline, as on Models, off."""
    place = BESIDES.index(session.settings.predictions_beside)
    set_predictions_beside(session, BESIDES[(place + 1) % len(BESIDES)])


def toggle_inverted(session: Session) -> None:
    if session.active is not None:
        contrast = session.active.contrast
        session.active.contrast = replace(contrast, inverted=not contrast.inverted)


def toggle_auto(session: Session) -> None:
    """Switch automatic contrast; switched off, black and white stay where they are."""
    if session.active is not None:
        contrast = session.active.contrast
        low, high = contrast.limits(session.active.automatic)
        session.active.contrast = replace(
            contrast, minimum=low, maximum=high, auto=not contrast.auto
        )


def note_seen(opened: OpenTomogram, limits: tuple[float, float], padded: float) -> None:
    """Remember what is black and white by automatic contrast on the slice in view, what part is padding."""
    opened.automatic, opened.padded = limits, padded


def tell_thinned(session: Session, opened: OpenTomogram, step: int, largest: int) -> None:
    """Tell once that a slice is too large for the graphics card to show each voxel."""
    session.notify_once(
        "info",
        f"{opened.name} is shown thinned by {step}: the graphics card's textures are at most {largest} "
        "pixels wide. What is drawn, learnt, predicted and saved has every voxel.",
    )


def toggle_interpolate(session: Session) -> None:
    if session.active is not None:
        contrast = session.active.contrast
        session.active.contrast = replace(contrast, interpolate=not contrast.interpolate)


def set_theme(session: Session, theme: Theme) -> None:
    session.settings = replace(session.settings, theme=theme)


def set_scale(session: Session, scale: float) -> None:
    session.settings = replace(session.settings, scale=scale)


def step_scale(session: Session, by: int) -> None:
    """Make everything in the window larger or smaller by one step."""
    index = SCALES.index(session.settings.scale) + by
    set_scale(session, SCALES[max(0, min(index, len(SCALES) - 1))])


def toggle_restores(session: Session) -> None:
    """Let the next start bring this session back, or not."""
    session.settings = replace(session.settings, restores=not session.settings.restores)


def set_precision(session: Session, precision: PrecisionChoice) -> None:
    session.settings = replace(session.settings, precision=precision)


def set_scheduler(session: Session, address: str) -> None:
    """Have exports done by the workers of a Dask scheduler; by this computer where no address is given."""
    session.settings = replace(session.settings, scheduler=address.strip())


def set_backend(session: Session, backend: BackendChoice) -> None:
    """Choose the library that trains networks; what predicts is started anew, for a card may do that."""
    session.settings = replace(session.settings, backend=backend)
    session.requests.append(RestartPrediction())


def set_prediction_cache(session: Session, megabytes: int) -> None:
    """Choose how much memory predictions may take."""
    session.settings = replace(session.settings, prediction_cache_mb=megabytes)


def set_header(session: Session, label: str, *, opened: bool) -> None:
    """Remember that a header of the panels was opened or shut."""
    shut = session.panels.shut
    session.panels = replace(session.panels, shut=shut - {label} if opened else shut | {label})


def set_folded(session: Session, name: str, *, folded: bool) -> None:
    """Remember that the panel of a feature or a model, by its id, was folded or unfolded."""
    before = session.panels.folded
    now = before | {name} if folded else before - {name}
    session.panels = replace(session.panels, folded=now)


def set_panel_width(session: Session, width: float) -> None:
    """Remember how wide the panels are, in points."""
    if width != session.panels.width:
        session.panels = replace(session.panels, width=width)


def set_window_size(session: Session, size: tuple[int, int]) -> None:
    """Remember the window's size for the next start."""
    if size == session.settings.window:
        return
    session.settings = replace(session.settings, window=size)


def set_stage(session: Session, stage: Stage) -> None:
    """Bring the panels of a stage to the front."""
    session.panels = replace(session.panels, stage=stage)


def is_stage(session: Session, stage: Stage) -> bool:
    return session.stage == stage


def show_page(session: Session, page: Page | None) -> None:
    session.page = page
