"""OpenGL 3.3 core: shaders, textures and the slice drawn into a picture that ImGui shows."""
