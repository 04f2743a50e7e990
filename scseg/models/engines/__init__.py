"""What runs networks without Keras. The only home of OpenVINO, imported by the prediction worker alone."""
