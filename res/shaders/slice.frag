#version 330 core
// The slice itself: contrast, inversion, interpolation, the voxel grid and what lies around the slice.
uniform sampler2D voxels;
uniform vec2 middle;       // the voxel (x, y) at the middle of the view
uniform vec2 viewport;     // in pixels
uniform float zoom;        // pixels per voxel
uniform vec2 limits;       // grey values of black and white
uniform bool inverted;
uniform bool smoothed;     // between voxels
uniform int taps;          // places along x and y whose mean a pixel shows
uniform vec3 surroundings;
uniform float grid;        // strength of the lines between voxels, 0 is none
out vec4 colour;

float sampled(vec2 place, vec2 size) {
    if (smoothed) return texture(voxels, (place + 0.5) / size).r;
    return texelFetch(voxels, ivec2(clamp(floor(place + 0.5), vec2(0.0), size - 1.0)), 0).r;
}

float mean(vec2 place, vec2 size) {
    if (taps == 1) return sampled(place, size);
    float sum = 0.0;
    for (int j = 0; j < taps; ++j)
        for (int i = 0; i < taps; ++i)
            sum += sampled(place + ((vec2(i, j) + 0.5) / float(taps) - 0.5) / zoom, size);
    return sum / float(taps * taps);
}

void main() {
    vec2 size = vec2(textureSize(voxels, 0));
    vec2 place = middle + (gl_FragCoord.xy - 0.5 * viewport) / zoom;
    vec2 inside = step(vec2(-0.5), place) * step(place, size - 0.5);
    if (inside.x * inside.y < 0.5) {
        colour = vec4(surroundings, 1.0);
        return;
    }
    float grey = clamp((mean(place, size) - limits.x) / (limits.y - limits.x), 0.0, 1.0);
    if (inverted) grey = 1.0 - grey;
    if (grid > 0.0) {
        vec2 edge = fract(place + 0.5) * zoom;
        if (min(edge.x, edge.y) < 1.0) grey = mix(grey, grey < 0.5 ? 1.0 : 0.0, grid);
    }
    colour = vec4(vec3(grey), 1.0);
}
