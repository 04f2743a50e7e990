"""The file of an annotation (.scna), and who may write it. What an annotation is lies one folder up."""
