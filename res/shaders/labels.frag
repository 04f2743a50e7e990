// What is drawn of a feature, as an area or its contour; where the user is not sure (2), in stripes.
uniform vec3 tint;
uniform float alpha;
out vec4 colour;

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
