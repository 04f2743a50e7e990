// Where a pixel of the slice view lies on the slice. SMOOTHED (between voxels) and TAPS are defined before this.
uniform vec2 origin;  // the voxel (x, y) at the lower left end of the view
uniform float pixel;  // voxels per pixel

vec2 pixel_place() {
    return origin + pixel * gl_FragCoord.xy;
}

// One of the TAPS x TAPS places whose mean a pixel shows.
vec2 tap(vec2 place, int i, int j) {
    return place + ((vec2(i, j) + 0.5) / float(TAPS) - 0.5) * pixel;
}

float sampled(sampler2D image, vec2 place) {
    vec2 size = vec2(textureSize(image, 0));
    if (SMOOTHED) return texture(image, (place + 0.5) / size).r;
    return texelFetch(image, ivec2(clamp(floor(place + 0.5), vec2(0.0), size - 1.0)), 0).r;
}

float mean(sampler2D image, vec2 place) {
    float sum = 0.0;
    for (int j = 0; j < TAPS; ++j)
        for (int i = 0; i < TAPS; ++i)
            sum += sampled(image, tap(place, i, j));
    return sum / float(TAPS * TAPS);
}
