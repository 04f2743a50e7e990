#version 330 core
// A prediction as a mask: what reaches the threshold is coloured, over the slice drawn before.
uniform sampler2D prediction;
uniform sampler2D voxels;
uniform vec2 middle;
uniform vec2 viewport;
uniform float zoom;
uniform vec2 limits;
uniform bool inverted;
uniform bool interpolate;
uniform float threshold;
uniform vec3 tint;
uniform float alpha;
uniform bool blend;        // let the slice's light and dark show through the colour
out vec4 colour;

float sampled(sampler2D image, vec2 place, vec2 size) {
    if (interpolate) return texture(image, (place + 0.5) / size).r;
    return texelFetch(image, ivec2(clamp(floor(place + 0.5), vec2(0.0), size - 1.0)), 0).r;
}

void main() {
    vec2 size = vec2(textureSize(prediction, 0));
    vec2 place = middle + (gl_FragCoord.xy - 0.5 * viewport) / zoom;
    vec2 inside = step(vec2(-0.5), place) * step(place, size - 0.5);
    if (inside.x * inside.y < 0.5) discard;
    int taps = clamp(int(ceil(1.0 / zoom - 0.01)), 1, 4);
    float covered = 0.0;
    for (int j = 0; j < taps; ++j)
        for (int i = 0; i < taps; ++i) {
            vec2 tap = place + ((vec2(i, j) + 0.5) / float(taps) - 0.5) / zoom;
            covered += sampled(prediction, tap, size) >= threshold ? 1.0 : 0.0;
        }
    covered /= float(taps * taps);
    if (covered == 0.0) discard;

    vec3 shade = tint;
    if (blend) {
        float grey = clamp((sampled(voxels, place, size) - limits.x) / (limits.y - limits.x), 0.0, 1.0);
        if (inverted) grey = 1.0 - grey;
        // Black becomes a dark tone of the colour, middle grey the colour itself, white a light tone.
        shade = grey < 0.5 ? tint * (0.35 + 1.3 * grey) : mix(tint, vec3(1.0), (grey - 0.5) * 1.1);
    }
    colour = vec4(shade, alpha * covered);
}
