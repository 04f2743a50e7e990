"""Bodies of known size as masks, and how a mask is measured."""

from __future__ import annotations

import numpy as np

from scseg.objects.components import objects_of
from scseg.objects.measuring import measure


def coordinates(shape, voxel_size, middle=0.13):
    """Return the places of voxels, z, y, x, from near the middle of a volume of this shape."""
    axes = [
        (np.arange(n) - (n - 1) / 2 + middle) * size
        for n, size in zip(shape, voxel_size, strict=True)
    ]
    return np.meshgrid(*axes, indexing="ij")


def volume_for(half_sizes, voxel_size, margin=6):
    return [
        int(2 * half / size) + 2 * margin for half, size in zip(half_sizes, voxel_size, strict=True)
    ]


def ball(radius, voxel_size):
    z, y, x = coordinates(volume_for([radius] * 3, voxel_size), voxel_size)
    return z**2 + y**2 + x**2 <= radius**2


def rod(radius, length, axis, voxel_size):
    halves = [length / 2 if each == axis else radius for each in range(3)]
    places = coordinates(volume_for(halves, voxel_size), voxel_size)
    across = sum(places[each] ** 2 for each in range(3) if each != axis)
    return (across <= radius**2) & (np.abs(places[axis]) <= length / 2)


def endless_rod(radius, length, axis, voxel_size):
    """Return a rod that leaves the volume at both ends."""
    mask = rod(radius, 2 * length, axis, voxel_size)
    spare = (mask.shape[axis] - round(length / voxel_size[axis])) // 2
    inner = slice(spare, spare + round(length / voxel_size[axis]))
    return mask[tuple(inner if each == axis else slice(None) for each in range(3))]


def torus(ring, radius, tilt, voxel_size):
    half = ring + radius
    z, y, x = coordinates(volume_for([half] * 3, voxel_size), voxel_size)
    height, across = z * np.cos(tilt) - x * np.sin(tilt), z * np.sin(tilt) + x * np.cos(tilt)
    return (np.hypot(y, across) - ring) ** 2 + height**2 <= radius**2


def endless_slab(thickness, tilt, voxel_size, size=90):
    """Return a slab that leaves the volume on all sides."""
    shape = [round(size / each) for each in voxel_size]
    z, _, x = coordinates(shape, voxel_size)
    return np.abs(z * np.cos(tilt) + x * np.sin(tilt)) <= thickness / 2


def measured(mask, voxel_size_nm):
    """Return what is measured of a mask as one object, voxels in nm."""
    size = tuple(10 * each for each in voxel_size_nm)
    objects = objects_of(mask.astype(np.uint8), size)
    (row,) = measure(objects, objects.kept())
    return row
