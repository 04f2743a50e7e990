// What is drawn of a feature, as an area or its contour; where the user is not sure (2), in stripes.
uniform usampler2D labels;
uniform vec3 tint;
uniform float alpha;
uniform float line;  // width of a contour, in pixels of the screen
out vec4 colour;

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

bool striped() {
    return mod(gl_FragCoord.x + gl_FragCoord.y, 8.0) < 4.0;
}

float shown(vec2 place, ivec2 size) {
    uint here = label(place, size);
    if (here == 0u || (here == 2u && !striped())) return 0.0;
    if (FILLED) return 1.0;
    return edge(place, size, here) ? 1.0 : 0.0;
}

void main() {
    ivec2 size = textureSize(labels, 0);
    vec2 place = pixel_place();
    float part = 0.0;
    for (int j = 0; j < TAPS; ++j)
        for (int i = 0; i < TAPS; ++i)
            part += shown(tap(place, i, j), size) / float(TAPS * TAPS);
    if (part == 0.0) discard;
    // Thin lines seen from afar would fade away with the pixels that they cover a part of.
    colour = vec4(tint, alpha * sqrt(part));
}
