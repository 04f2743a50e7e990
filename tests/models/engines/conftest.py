from tests.keras_process import in_keras_process

__all__ = ["in_keras_process"]
