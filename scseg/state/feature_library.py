"""Features that the user works with in every project: offered whenever one is added."""

from __future__ import annotations

from dataclasses import dataclass

from scseg.annotations.feature import Colour, Feature


@dataclass(frozen=True)
class Template:
    """A feature as it begins in a new project; `brush_px` is a radius, `box_size` a side, in pixels."""

    name: str
    colour: Colour
    brush_px: float = 10.0
    box_size: int = 64

    @classmethod
    def of(cls, feature: Feature) -> Template:
        return cls(feature.name, feature.colour, feature.brush_px, feature.box_size)

    def feature(self) -> Feature:
        """Return a new feature, with an id of its own."""
        return Feature(self.name, self.colour, brush_px=self.brush_px, box_size=self.box_size)


Library = tuple[Template, ...]


def with_template(library: Library, template: Template) -> Library:
    """Return the library with a template, in place of the one of that name if there is one."""
    return (*without(library, template.name), template)


def without(library: Library, name: str) -> Library:
    return tuple(each for each in library if each.name != name)
