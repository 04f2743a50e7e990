// A prediction as a mask: what reaches the threshold is coloured, over the slice drawn before.
uniform sampler2D prediction;
uniform sampler2D voxels;
uniform float black;      // as in slice.frag
uniform float contrast;
uniform float threshold;
uniform vec3 tint;
uniform float alpha;
out vec4 colour;

float covered(vec2 place) {
    float sum = 0.0;
    for (int j = 0; j < TAPS; ++j)
        for (int i = 0; i < TAPS; ++i)
            sum += sampled(prediction, tap(place, i, j)) >= threshold ? 1.0 : 0.0;
    return sum / float(TAPS * TAPS);
}

void main() {
    vec2 place = pixel_place();
    float part = covered(place);
    if (part == 0.0) discard;
    vec3 shade = tint;
    if (BLEND) {
        // Black becomes a dark tone of the colour, middle grey the colour itself, white a light tone.
        float grey = clamp((sampled(voxels, place) - black) * contrast, 0.0, 1.0);
        shade = grey < 0.5 ? tint * (0.5 + grey) : mix(tint, vec3(1.0), (grey - 0.5) * 1.1);
    }
    colour = vec4(shade, alpha * part);
}
