// Objects, each in a colour of its own with a strong edge; the chosen one (255) is white.
uniform float alpha;
out vec4 colour;

vec3 tint(uint number) {
    if (number == 255u) return vec3(1.0);
    // Steps of the golden angle: numbers that follow one another look most different.
    vec3 wave = abs(fract(float(number) * 0.618034 + vec3(0.0, 2.0, 1.0) / 3.0) * 6.0 - 3.0) - 1.0;
    return mix(vec3(1.0), clamp(wave, 0.0, 1.0), 0.75);
}

void main() {
    ivec2 size = textureSize(labels, 0);
    vec2 place = pixel_place();
    vec4 sum = vec4(0.0);
    for (int j = 0; j < TAPS; ++j)
        for (int i = 0; i < TAPS; ++i) {
            vec2 at = tap(place, i, j);
            uint here = label(at, size);
            if (here == 0u) continue;
            float strength = here == 255u ? max(alpha, 0.6) : alpha;
            if (edge(at, size, here)) strength = min(1.0, 1.8 * strength);
            sum += vec4(tint(here) * strength, strength);
        }
    if (sum.a == 0.0) discard;
    colour = vec4(sum.rgb / sum.a, sum.a / float(TAPS * TAPS));
}
