"""The only home of Keras. Imported by the worker process alone."""
