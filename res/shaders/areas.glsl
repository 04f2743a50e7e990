// What lies where in an image of whole numbers, and where its areas end.
uniform usampler2D labels;
uniform float line;  // width of a contour, in pixels of the screen

uint label(vec2 place, ivec2 size) {
    ivec2 voxel = ivec2(floor(place + 0.5));
    if (any(lessThan(voxel, ivec2(0))) || any(greaterThanEqual(voxel, size))) return 0u;
    return texelFetch(labels, voxel, 0).r;
}

// A contour lies inside of its area, as wide on the screen whatever the zoom; the slice's edge ends no area.
bool edge(vec2 place, ivec2 size, uint here) {
    float reach = max(line * pixel, 1e-3);
    vec2 far = vec2(size) - 1.0;
    vec2 low = clamp(place - reach, vec2(0.0), far), high = clamp(place + reach, vec2(0.0), far);
    vec2 at = clamp(place, vec2(0.0), far);
    return label(vec2(low.x, at.y), size) != here || label(vec2(high.x, at.y), size) != here
        || label(vec2(at.x, low.y), size) != here || label(vec2(at.x, high.y), size) != here;
}
