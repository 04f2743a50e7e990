#version 330 core
// A prediction as a mask: what reaches the threshold is coloured, over the slice drawn before.
uniform sampler2D prediction;
uniform sampler2D voxels;
uniform vec2 middle;       // what follows, up to taps, as in slice.frag
uniform vec2 viewport;
uniform float zoom;
uniform vec2 limits;
uniform bool inverted;
uniform bool smoothed;
uniform int taps;
uniform float threshold;
uniform vec3 tint;
uniform float alpha;
uniform bool blend;        // let the slice's light and dark show through the colour
out vec4 colour;

float sampled(sampler2D image, vec2 place, vec2 size) {
    if (smoothed) return texture(image, (place + 0.5) / size).r;
    return texelFetch(image, ivec2(clamp(floor(place + 0.5), vec2(0.0), size - 1.0)), 0).r;
}

float covered(vec2 place, vec2 size) {
    if (taps == 1) return sampled(prediction, place, size) >= threshold ? 1.0 : 0.0;
    float sum = 0.0;
    for (int j = 0; j < taps; ++j)
        for (int i = 0; i < taps; ++i) {
            vec2 tap = place + ((vec2(i, j) + 0.5) / float(taps) - 0.5) / zoom;
            sum += sampled(prediction, tap, size) >= threshold ? 1.0 : 0.0;
        }
    return sum / float(taps * taps);
}

void main() {
    vec2 size = vec2(textureSize(prediction, 0));
    vec2 place = middle + (gl_FragCoord.xy - 0.5 * viewport) / zoom;
    vec2 inside = step(vec2(-0.5), place) * step(place, size - 0.5);
    if (inside.x * inside.y < 0.5) discard;
    float part = covered(place, size);
    if (part == 0.0) discard;

    vec3 shade = tint;
    if (blend) {
        float grey = clamp((sampled(voxels, place, size) - limits.x) / (limits.y - limits.x), 0.0, 1.0);
        if (inverted) grey = 1.0 - grey;
        // Black becomes a dark tone of the colour, middle grey the colour itself, white a light tone.
        shade = grey < 0.5 ? tint * (0.5 + grey) : mix(tint, vec3(1.0), (grey - 0.5) * 1.1);
    }
    colour = vec4(shade, alpha * part);
}
