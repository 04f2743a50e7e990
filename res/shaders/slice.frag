// The slice itself: contrast, inversion, interpolation and, where GRID is true, the lines between voxels.
uniform sampler2D voxels;
uniform float black;     // a grey value
uniform float contrast;  // from black to white for each unit of grey value
uniform float grid;      // strength of the lines
out vec4 colour;

void main() {
    vec2 place = pixel_place();
    float grey = clamp((mean(voxels, place) - black) * contrast, 0.0, 1.0);
    if (GRID) {
        vec2 edge = fract(place + 0.5) / pixel;
        if (min(edge.x, edge.y) < 1.0) grey = mix(grey, grey < 0.5 ? 1.0 : 0.0, grid);
    }
    colour = vec4(vec3(grey), 1.0);
}
