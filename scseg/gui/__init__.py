"""The only home of ImGui, GLFW and OpenGL."""
