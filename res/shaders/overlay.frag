// A prediction, over the slice drawn before: as an area or its contour (CONTOUR), or as a heat map (VALUES). Where RULED, what
// rules have taken away is hatched (HATCHES) or not drawn. With BLEND the light and dark of the slice show through.
uniform sampler2D prediction;  // 0 to 1, less where nothing is known
uniform usampler2D removed;    // by rules
uniform sampler2D voxels;
uniform float black;           // as in slice.frag
uniform float contrast;
uniform vec2 lowest;           // voxels (x, y) at the corners of what is predicted
uniform vec2 highest;
uniform float threshold;
uniform vec3 tint;
uniform float alpha;
uniform float line;            // width of a contour, in pixels of the screen
out vec4 colour;
const int UNKNOWN = -1, NOTHING = 0, MASK = 1, REMOVED = 2;

int state(vec2 place) {
    float value = sampled(prediction, place);
    if (value < 0.0) return UNKNOWN;
    if (value < threshold) return NOTHING;
    if (!RULED) return MASK;
    ivec2 voxel = ivec2(clamp(floor(place + 0.5), lowest, highest));
    return texelFetch(removed, voxel, 0).r == 0u ? MASK : REMOVED;
}

bool differs(vec2 place, int here) {
    int there = state(clamp(place, lowest, highest));
    return there != here && there != UNKNOWN;
}

// A contour lies inside of its area, as wide on the screen whatever the zoom; what is not predicted ends no area.
bool edge(vec2 place, int here) {
    vec2 reach = vec2(max(line * pixel, 1e-3), 0.0);
    return differs(place + reach, here) || differs(place - reach, here)
        || differs(place + reach.yx, here) || differs(place - reach.yx, here);
}

bool hatched() {
    return HATCHES && mod(gl_FragCoord.x - gl_FragCoord.y, 8.0) < 2.0;
}

float shown(vec2 place) {
    int here = state(place);
    if (here == REMOVED) return hatched() ? 1.0 : 0.0;
    if (here != MASK) return 0.0;
    return !CONTOUR || edge(place, here) ? 1.0 : 0.0;
}

float covered(vec2 place) {
    float part = 0.0;
    for (int j = 0; j < TAPS; ++j)
        for (int i = 0; i < TAPS; ++i)
            part += shown(tap(place, i, j));
    return part / float(TAPS * TAPS);
}

// From blue through red to yellow, lighter for the eye from step to step: within 0.03 of the colour map "plasma".
vec3 heat(float value) {
    return vec3(0.078, 0.029, 0.526)
        + value * (vec3(1.812, -0.502, 1.347)
        + value * (vec3(-0.524, 2.425, -4.004) + value * vec3(-0.412, -1.002, 2.278)));
}

// Black becomes a dark tone of a colour, middle grey the colour itself, white a light tone.
vec3 blended(vec3 shade, vec2 place) {
    float grey = clamp((sampled(voxels, place) - black) * contrast, 0.0, 1.0);
    return grey < 0.5 ? shade * (0.5 + grey) : mix(shade, vec3(1.0), (grey - 0.5) * 1.1);
}

void main() {
    vec2 place = pixel_place();
    float part;
    vec3 shade = tint;
    if (VALUES) {
        float value = mean(prediction, place);
        part = smoothstep(0.02, 0.3, value);
        shade = heat(value);
        if (RULED && state(place) == REMOVED) part = hatched() ? 1.0 : 0.0;
    } else {
        part = covered(place);
        // A thin line seen from afar would fade away with the pixels that it covers a part of.
        if (CONTOUR) part = sqrt(part);
    }
    if (part == 0.0) discard;
    colour = vec4(BLEND ? blended(shade, place) : shade, alpha * part);
}
