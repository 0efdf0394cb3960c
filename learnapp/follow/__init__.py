"""The only caller of the readers' folds."""
