// One of the two passes of a filter: along x from grey values, then (LAST) along y from the results of that. Two kernels at
// once; the filtered value is the length of their results (MAGNITUDE), else the sum.
const int MOST_TAPS = 161;
uniform sampler2D image;   // grey values in the first pass, the two results of the first in the last
uniform sampler2D before;  // grey values
uniform vec2 taps[MOST_TAPS];
uniform vec2 sums;         // of the taps
uniform int count;         // of the taps
uniform float weight;
out vec4 result;

vec2 fetched(ivec2 place, ivec2 highest) {
    vec2 both = texelFetch(image, clamp(place, ivec2(0), highest), 0).rg;
    return LAST ? both : both.rr;
}

void main() {
    ivec2 highest = textureSize(image, 0) - 1;
    ivec2 place = ivec2(gl_FragCoord.xy);
    ivec2 along = LAST ? ivec2(0, 1) : ivec2(1, 0);
    ivec2 start = place - count / 2 * along;
    // Differences are summed first, or grey values far from 0 would lose what little contrast they have.
    vec2 here = fetched(place, highest);
    vec2 both = vec2(0.0);
    for (int i = 0; i < count; ++i)
        both += taps[i] * (fetched(start + i * along, highest) - here);
    both += sums * here;
    if (!LAST) {
        result = vec4(both, 0.0, 1.0);
        return;
    }
    float filtered = MAGNITUDE ? length(both) : both.r + both.g;
    result = vec4(mix(texelFetch(before, place, 0).r, filtered, weight), 0.0, 0.0, 1.0);
}
